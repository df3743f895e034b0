/** What a manifest says of an image, as far as its types tell. */
export type ReferrerKind = 'signature' | 'sbom' | 'provenance' | 'attestation' | 'other';

/** By parts of artifact types, media types and in-toto predicate types; the first that fits. */
const signs: readonly (readonly [pattern: RegExp, kind: ReferrerKind])[] = [
  // A predicate says more than the envelope around it.
  [/spdx|cyclonedx|\bsyft\b|\bsbom\b/, 'sbom'],
  [/slsa\.dev\/provenance/, 'provenance'],
  [
    /simplesigning|cncf\.notary\.signature|cosign\.artifact\.sig|sigstore\.dev\/cosign\/sign\b|message-signature/,
    'signature',
  ],
  [/in-toto|dsse|sigstore\.bundle|attestation/, 'attestation'],
];

/** @param types whatever is known, the most telling first */
export function referrerKind(...types: readonly (string | undefined)[]): ReferrerKind {
  for (const [pattern, kind] of signs) {
    if (types.some((type) => type !== undefined && pattern.test(type.toLowerCase()))) return kind;
  }
  return 'other';
}

type Annotations = Readonly<Record<string, string>> | undefined;

/** What the statement inside is about (a URI), where its annotations say so: BuildKit's, cosign's and sigstore's names for it. */
export function predicateTypeOf(annotations: Annotations): string | undefined {
  return (
    annotations?.['in-toto.io/predicate-type'] ??
    annotations?.predicateType ??
    annotations?.['dev.sigstore.bundle.predicateType']
  );
}
