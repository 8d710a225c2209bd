// Drives the gRPC door with the public Node client. Prints one line for each step, which a test compares.
// Usage: node open_inference.js ADDRESS PROTO
'use strict';

const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const [address, proto] = process.argv.slice(2);
const options = { keepCase: true, longs: Number, defaults: true, oneofs: true };
const { inference } = grpc.loadPackageDefinition(protoLoader.loadSync(proto, options));
const healthProto = `
  syntax = "proto3"; package grpc.health.v1;
  message HealthCheckRequest { string service = 1; }
  message HealthCheckResponse { int32 status = 1; }
  service Health { rpc Check(HealthCheckRequest) returns (HealthCheckResponse); }`;
const health = grpc.loadPackageDefinition(
  protoLoader.fromJSON(require('protobufjs').parse(healthProto).root.toJSON(), options)).grpc.health.v1;

const plaintext = grpc.credentials.createInsecure();
const client = new inference.GRPCInferenceService(address, plaintext);
const checks = new health.Health(address, plaintext);

const call = (of, method, request, metadata) => new Promise((resolve, reject) =>
  of[method](request, metadata ?? new grpc.Metadata(), (error, answer) => (error ? reject(error) : resolve(answer))));
const print = (...words) => console.log(words.join(' '));

function raw(values) {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => bytes.writeFloatLE(value, i * 4));
  return bytes;
}

function floats(bytes) {
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
}

const x = { name: 'x', datatype: 'FP32', shape: [1, 4] };
const values = [0.5, -1, 2, 0.25];
const rawRequest = (id) => ({ model_name: 'batch_mlp', id, inputs: [x], raw_input_contents: [raw(values)] });

async function stream() {
  const both = client.ModelStreamInfer();
  const lines = [];
  const ended = new Promise((resolve, reject) => {
    both.on('data', (answer) => lines.push(answer.error_message
      ? `${answer.infer_response.id}: ${answer.error_message}`
      : `${answer.infer_response.id}: ok`));
    both.on('end', resolve);
    both.on('error', reject);
  });
  both.write(rawRequest('s1'));
  both.write({ model_name: 'nobody', id: 's2' });
  both.write(rawRequest('s3'));
  both.end();
  await ended;
  lines.forEach((line) => print('stream', line));
}

async function refused(what, request) {
  try {
    await call(client, 'ModelInfer', request);
    print(what, 'answered');
  } catch (error) {
    print(what, grpc.status[error.code], error.details);
  }
}

async function main() {
  print('health', (await call(checks, 'Check', { service: '' })).status);
  print('live', (await call(client, 'ServerLive', {})).live);
  print('ready', (await call(client, 'ModelReady', { name: 'batch_mlp' })).ready);
  const metadata = await call(client, 'ModelMetadata', { name: 'batch_mlp' });
  print('metadata', metadata.inputs[0].name, metadata.inputs[0].datatype, metadata.inputs[0].shape.join(','));

  const answer = await call(client, 'ModelInfer', rawRequest('r1'));
  const y = floats(answer.raw_output_contents[0]);
  print('raw', answer.id, answer.model_version, answer.outputs[0].shape.join(','), y.length);
  print('parameters', answer.parameters.variant.string_param, answer.parameters.prediction_id.string_param.length);

  const typed = await call(client, 'ModelInfer',
    { model_name: 'batch_mlp', inputs: [{ ...x, contents: { fp32_contents: values } }] });
  print('typed', JSON.stringify(floats(typed.raw_output_contents[0])) === JSON.stringify(y));

  await stream();
  await refused('unknown', { model_name: 'nobody' });
  await refused('missing', { model_name: 'batch_mlp' });
  await refused('mixed', {
    model_name: 'batch_mlp', inputs: [{ ...x, contents: { fp32_contents: values } }], raw_input_contents: [raw(values)],
  });
  client.close();
  checks.close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
