using System.Buffers;
using System.Diagnostics.Metrics;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Batching;
using Fairlead.Inference.Loading;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Routing;
using Fairlead.Serving.Telemetry;
using EndpointState = Fairlead.Serving.Routing.EndpointState;

namespace Fairlead.Serving.Tests.Predict;

/// <summary>A call from the pool knows nothing of the request that it carried before.</summary>
public sealed class RecycledCallTests : IDisposable
{
    private static readonly Signature OneNumber = new(
        [new TensorSpec("x", ElementType.Float32, [-1])], [new TensorSpec("y", ElementType.Float32, [-1])]);

    private readonly RoutingTable _table = new();
    private readonly RunGate _gate = new(1, TimeProvider.System);
    private readonly ServingInstruments _instruments;
    private readonly PredictPipeline _pipeline;

    public RecycledCallTests()
    {
        _instruments = new ServingInstruments(_table, new RefusalMeter(), new Meters());
        _pipeline = new PredictPipeline(
            _table, new KeyRates(TimeProvider.System), new OneKey(), new RequestRandomness(1), _instruments,
                TimeProvider.System);
    }

    public void Dispose()
    {
        _instruments.Dispose();
        _gate.Dispose();
    }

    [Fact]
    public async Task Recycled_call_refused_at_the_door_counts_no_run()
    {
        using var served = Variant(capacity: 1);
        using var full = Variant(capacity: 0);
        _table.Replace([Endpoint("served", served), Endpoint("full", full)]);
        var call = new PredictCall();

        (await AskAsync(call, "served", new Rows(3))).ShouldBe(PredictFailure.None);
        (await AskAsync(call, "full", new Rows(3))).ShouldBe(PredictFailure.Overloaded);

        served.Meter.Rows.ShouldBe(3);
        full.Meter.Count(PredictFailure.Overloaded).ShouldBe(1);
        full.Meter.Rows.ShouldBe(0);
        full.Meter.BatchRows.ShouldBe(0);
        CountOf(full.Meter.Queue).ShouldBe(0);
        CountOf(full.Meter.Compute).ShouldBe(0);
    }

    [Fact]
    public async Task Recycled_call_whose_inputs_cannot_be_read_counts_no_run()
    {
        using var served = Variant(capacity: 1);
        _table.Replace([Endpoint("served", served)]);
        var call = new PredictCall();

        (await AskAsync(call, "served", new Rows(3))).ShouldBe(PredictFailure.None);
        (await AskAsync(call, "served", new Rows(-1))).ShouldBe(PredictFailure.InvalidInput);

        served.Meter.Rows.ShouldBe(3);
        CountOf(served.Meter.Compute).ShouldBe(1);
        CountOf(served.Meter.Total).ShouldBe(2);
    }

    private async Task<PredictFailure> AskAsync(PredictCall call, string endpoint, Rows codec)
    {
        call.Begin(endpoint, Principal.Local, codec, TimeProvider.System.GetTimestamp(), CancellationToken.None);
        var outcome = await _pipeline.PredictAsync(call);
        call.Clear();
        return outcome;
    }

    private VariantState Variant(int capacity)
    {
        var spec = new VariantSpec(VariantName.Parse("stable"), new VersionId(ModelName.Parse("m"), 1),
            1)
        { ArmNumber = 1 };
        var placed = new PlacedVersion(
            spec.Version!.Value, new Echo(), new ProbeReport(OneNumber, 0, 0), TimeSpan.Zero);
        return new VariantState(spec, placed, _gate, capacity);
    }

    private static EndpointState Endpoint(string name, VariantState variant)
    {
        var spec = new VariantSpec(variant.Name, variant.Version, 1) { ArmNumber = variant.ArmNumber };
        var endpoint = new EndpointState(EndpointName.Parse(name));
        var route = new EndpointRoute(new EndpointSpec(endpoint.Name, [spec]), endpointNumber: 1, generation: 1,
            salt: 0);
        endpoint.Swap(new EndpointServing(route, [variant]));
        return endpoint;
    }

    private static long CountOf(LatencyHistogram histogram) =>
        histogram.Read(stackalloc long[LatencyHistogram.Bounds.Length + 1]).Count;

    /// <summary>A request of so many rows; a negative number cannot be read.</summary>
    private sealed class Rows(int count) : IRequestCodec
    {
        public bool TryReadUnit(UnitRule rule, out ulong unitHash)
        {
            unitHash = 0;
            return false;
        }

        public void ReadInputs(Signature signature, TensorSet inputs)
        {
            if (count < 0)
                throw new RequestException(PredictFailure.InvalidInput, "The rows cannot be read.");
            inputs[0].Reset(ElementType.Float32, [count]);
            inputs[0].Bytes.Clear();
        }

        public void WriteAnswer(PredictCall call, IBufferWriter<byte> body) => body.Write(call.Outputs![0].Bytes);
    }

    private sealed class Echo : IModelRuntime
    {
        public Signature Signature => OneNumber;

        public ValueTask RunAsync(TensorSet inputs, TensorSet outputs, RunControl control)
        {
            outputs.Resize(1);
            outputs[0].CopyRows(inputs[0], 0, inputs[0].Shape[0]);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class OneKey : IPredictionKeys
    {
        public PredictionKey Current { get; } = new(1, new byte[32]);

        public ReadOnlyMemory<byte> Find(byte id) => Current.Secret;
    }

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
