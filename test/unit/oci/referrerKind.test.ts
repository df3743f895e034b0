import assert from 'node:assert/strict';
import {
  moreTellingKind,
  predicateTypeOf,
  type ReferrerKind,
  referrerKind,
  referrerTagKind,
} from '../../../src/engine/oci/referrerKind.ts';

describe('the kind of a referrer', () => {
  const cases: readonly (readonly [types: readonly (string | undefined)[], kind: ReferrerKind])[] = [
    [['application/vnd.cncf.notary.signature'], 'signature'],
    [['application/vnd.dev.cosign.artifact.sig.v1+json'], 'signature'],
    [['application/vnd.dev.cosign.simplesigning.v1+json'], 'signature'],
    [['https://sigstore.dev/cosign/sign/v1', 'application/vnd.dev.sigstore.bundle.v0.3+json'], 'signature'],
    [[undefined, 'message-signature', 'application/vnd.dev.sigstore.bundle.v0.3+json'], 'signature'],
    [['application/spdx+json'], 'sbom'],
    [['text/spdx'], 'sbom'],
    [['application/vnd.cyclonedx+xml'], 'sbom'],
    [['https://cyclonedx.org/bom', 'application/vnd.in-toto+json'], 'sbom'],
    [['https://slsa.dev/provenance/v0.2', 'application/vnd.in-toto+json'], 'provenance'],
    [['https://openvex.dev/ns/v0.2.0', 'application/vnd.in-toto+json'], 'attestation'],
    [['application/vnd.dsse.envelope.v1+json'], 'attestation'],
    [['application/vnd.example.helm'], 'other'],
    [[undefined], 'other'],
    [[], 'other'],
  ];
  for (const [types, kind] of cases) {
    it(`is ${kind} for ${types.join(', ') || 'nothing'}`, () => assert.equal(referrerKind(...types), kind));
  }

  const tags: readonly (readonly [tag: string, kind: ReferrerKind | undefined])[] = [
    [`sha256-${'a'.repeat(64)}.sig`, 'signature'],
    [`sha512-${'a'.repeat(128)}.att`, 'attestation'],
    [`sha256-${'0'.repeat(64)}.sbom`, 'sbom'],
    [`sha256-${'0'.repeat(64)}`, 'other'],
    [`sha512-${'0'.repeat(64)}`, 'other'],
    [`sha256-${'0'.repeat(63)}`, undefined],
    [`sha256-${'0'.repeat(64)}.exe`, undefined],
    ['1.0', undefined],
  ];
  for (const [tag, kind] of tags) {
    it(`is ${kind} by the tag ${tag}`, () => assert.equal(referrerTagKind(tag), kind));
  }

  const partsAndWholes: readonly (readonly [part: ReferrerKind, whole: ReferrerKind, kind: ReferrerKind])[] =
    [
      ['sbom', 'attestation', 'sbom'],
      ['attestation', 'provenance', 'provenance'],
      ['attestation', 'other', 'attestation'],
      ['other', 'sbom', 'sbom'],
    ];
  for (const [part, whole, kind] of partsAndWholes) {
    it(`is ${kind} for a part that is ${part} of what is ${whole}`, () =>
      assert.equal(moreTellingKind(part, whole), kind));
  }

  it('is told by what BuildKit, cosign and sigstore call the predicate', () => {
    for (const name of ['in-toto.io/predicate-type', 'predicateType', 'dev.sigstore.bundle.predicateType']) {
      assert.equal(predicateTypeOf({ [name]: 'https://x' }), 'https://x');
    }
    assert.equal(predicateTypeOf(undefined), undefined);
  });
});
