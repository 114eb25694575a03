// SPDX-License-Identifier: Apache-2.0
// verify.mjs BUNDLE KEY [SUBJECT-FILE...]: exit 0 when the bundle's signature by the key holds and
// each file's digest is that of the subject of its name; else 1 and the reason.
import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

import { bundleFromJSON } from '@sigstore/bundle';
import { Verifier, toSignedEntity, toTrustMaterial } from '@sigstore/verify';

const [bundlePath, keyPath, ...filePaths] = process.argv.slice(2);

try {
  const bundle = bundleFromJSON(JSON.parse(readFileSync(bundlePath, 'utf8')));
  const publicKey = createPublicKey(readFileSync(keyPath));
  const trust = toTrustMaterial(
    { tlogs: [], ctlogs: [], certificateAuthorities: [], timestampAuthorities: [] },
    () => ({ publicKey, validFor: () => true }));
  new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, tsaThreshold: 0 })
    .verify(toSignedEntity(bundle));
  for (const filePath of filePaths) {
    const statement = JSON.parse(bundle.content.dsseEnvelope.payload.toString('utf8'));
    const digest = createHash('sha256').update(readFileSync(filePath)).digest('hex');
    const subject = statement.subject.find((each) => each.name === basename(filePath));
    if (subject?.digest.sha256 !== digest) throw new Error(`${basename(filePath)} is not a subject`);
  }
  console.log('verified');
} catch (error) {
  console.log(`refused: ${error.code ?? ''} ${error.message}`);
  process.exit(1);
}
