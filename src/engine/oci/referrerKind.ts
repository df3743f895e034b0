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

/** How far a kind tells what there is to read. */
const tellingKinds: ReadonlySet<ReferrerKind> = new Set(['signature', 'sbom', 'provenance']);

/** Of what is known of a part and of the whole: an envelope's kind says less than a bill of materials'. */
export function moreTellingKind(part: ReferrerKind, whole: ReferrerKind): ReferrerKind {
  return part === 'other' || (part === 'attestation' && tellingKinds.has(whole)) ? whole : part;
}

/** https://github.com/sigstore/cosign/blob/v2.4.0/specs/SIGNATURE_SPEC.md#tag-based-discovery */
export const cosignTags: readonly (readonly [suffix: string, kind: ReferrerKind])[] = [
  ['sig', 'signature'],
  ['att', 'attestation'],
  ['sbom', 'sbom'],
];

const referrerTag = /^sha(?:256-[0-9a-f]{64}|512-[0-9a-f]{64}(?:[0-9a-f]{64})?)(?:\.([a-z]+))?$/;

/**
 * What a tag leads to that holds what refers to a digest, as cosign's do and the lists of registries without the
 * referrers' API (`other`); `undefined` for the tags that people give.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema
 */
export function referrerTagKind(tag: string): ReferrerKind | undefined {
  const match = referrerTag.exec(tag);
  if (!match) return undefined;
  const [, suffix] = match;
  return suffix === undefined ? 'other' : cosignTags.find(([known]) => known === suffix)?.[1];
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
