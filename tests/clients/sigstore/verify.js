// verify.js PUBLIC_KEY BUNDLE...: reads each bundle and verifies it by the key, without a transparency log, as a verifier
// does that knows nothing of Fairlead. A line for each: what was signed, or why it is not believed.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const { bundleFromJSON } = require('@sigstore/bundle');
const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');

const [keyFile, ...bundles] = process.argv.slice(2);
const pem = fs.readFileSync(keyFile, 'utf8');
const hint = crypto.createHash('sha256').update(pem).digest('hex');
const nobody = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
const believed = toTrustMaterial(nobody, {
  [hint]: {
    rawBytes: crypto.createPublicKey(pem).export({ type: 'spki', format: 'der' }),
    keyDetails: 5, // PKIX_ECDSA_P256_SHA_256
    validFor: { start: new Date(0) },
  },
});
const verifier = new Verifier(believed, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });

for (const file of bundles) {
  try {
    const bundle = bundleFromJSON(JSON.parse(fs.readFileSync(file, 'utf8')));
    verifier.verify(toSignedEntity(bundle));
    const { payload, payloadType } = bundle.content.dsseEnvelope;
    const statement = JSON.parse(payload.toString('utf8'));
    console.log([
      'verified', bundle.mediaType, payloadType, statement._type, statement.predicateType, statement.subject[0].name,
      ...statement.predicate.resources.map((file) => `${file.name}=${file.algorithm}:${file.digest}`),
    ].join(' '));
  } catch (failure) {
    console.log(`refused ${failure.code ?? failure.name} ${failure.message}`);
  }
}
