import { EngineError, isEngineError } from '../errors.ts';
import type { Referrer } from '../image.ts';
import { runnableManifests } from '../oci/choosePlatform.ts';
import { type Descriptor, plainDescriptor } from '../oci/descriptor.ts';
import { type Digest, digestAlgorithm, digestHex, isDigest } from '../oci/digest.ts';
import { type Index, type Manifest, parseManifest } from '../oci/manifest.ts';
import { bestMatch, type Platform } from '../oci/platform.ts';
import { cosignTags, predicateTypeOf, type ReferrerKind, referrerKind } from '../oci/referrerKind.ts';
import type { Target } from '../target.ts';

/** Rows of one image: far above what any has, low enough for who keeps them all. */
const maxReferrers = 20_000;

interface Subject {
  readonly digest: Digest;
  readonly platform?: Platform;
}

/** An index or manifest as its repository has it. */
export interface ReferredImage {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/**
 * What the repository has about an image: attestations in its index, then what names the index, and the platform's
 * manifest, as its subject or by cosign's tags. Each manifest once; what refers to those is not followed.
 * @param wanted of an index, the platform whose manifest is asked about too; the first there is where none fits
 * @throws `TooLarge` behind 20,000 rows
 */
export async function* findReferrers(
  repository: Target,
  { descriptor, bytes }: ReferredImage,
  wanted: Platform,
  signal?: AbortSignal,
): AsyncGenerator<Referrer, void, undefined> {
  const value = parseManifest(bytes, descriptor.mediaType);
  const subjects = subjectsOf(descriptor, value, wanted);
  const seen = new Set<Digest>(subjects.map(({ digest }) => digest));
  for await (const referrer of allReferrers(repository, value, subjects, signal)) {
    const { digest } = referrer.descriptor;
    if (seen.has(digest)) continue;
    if (seen.size > maxReferrers)
      throw new EngineError('TooLarge', `the image has more than ${maxReferrers} referrers`);
    seen.add(digest);
    yield referrer;
  }
}

async function* allReferrers(
  repository: Target,
  value: Index | Manifest,
  subjects: readonly Subject[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Referrer, void, undefined> {
  if (value.kind === 'index') yield* attestationsIn(value);
  for (const subject of subjects) {
    const found = repository.referrers?.({ ...noContent, digest: subject.digest }, signal) ?? [];
    for await (const row of found) yield referrerOf(row, subject, 'subject');
    yield* signedByTag(repository, subject, signal);
  }
}

/** Asking by digest needs no more. */
const noContent = { mediaType: 'application/octet-stream', size: 0 };

function subjectsOf(descriptor: Descriptor, value: Index | Manifest, wanted: Platform): readonly Subject[] {
  const whole = { digest: descriptor.digest };
  if (value.kind === 'manifest') return [whole];
  const platforms = runnableManifests(value);
  const chosen = bestMatch(platforms, wanted) ?? platforms[0];
  return chosen ? [whole, { digest: chosen.digest, platform: chosen.platform }] : [whole];
}

/** https://github.com/moby/buildkit/blob/v0.20.0/docs/attestations/attestation-storage.md */
function* attestationsIn(index: Index): Generator<Referrer, void, undefined> {
  const platforms = new Map(runnableManifests(index).map((entry) => [entry.digest, entry.platform]));
  for (const entry of index.manifests) {
    if (entry.annotations?.['vnd.docker.reference.type'] !== 'attestation-manifest') continue;
    const digest = entry.annotations['vnd.docker.reference.digest'] ?? '';
    if (!isDigest(digest)) continue;
    const platform = platforms.get(digest);
    const subject = { digest, ...(platform && { platform }) };
    yield referrerOf(entry, subject, 'index', 'attestation');
  }
}

async function* signedByTag(
  repository: Target,
  subject: Subject,
  signal: AbortSignal | undefined,
): AsyncGenerator<Referrer, void, undefined> {
  const base = `${digestAlgorithm(subject.digest)}-${digestHex(subject.digest)}`;
  const found = await Promise.all(
    cosignTags.map(([suffix]) => resolveIfThere(repository, `${base}.${suffix}`, signal)),
  );
  for (const [position, [, kind]] of cosignTags.entries()) {
    const descriptor = found[position];
    if (descriptor) yield referrerOf(descriptor, subject, 'tag', kind);
  }
}

async function resolveIfThere(
  repository: Target,
  tag: string,
  signal: AbortSignal | undefined,
): Promise<Descriptor | undefined> {
  try {
    return await repository.resolve(tag, signal);
  } catch (error) {
    if (isEngineError(error, 'NotFound')) return undefined;
    throw error;
  }
}

function referrerOf(
  row: Descriptor,
  subject: Subject,
  foundBy: Referrer['foundBy'],
  kind?: ReferrerKind,
): Referrer {
  const { annotations, artifactType } = row;
  const predicateType = predicateTypeOf(annotations);
  const created = dateOf(annotations?.['org.opencontainers.image.created']);
  return {
    kind:
      kind ??
      referrerKind(predicateType, annotations?.['dev.sigstore.bundle.content'], artifactType, row.mediaType),
    descriptor: plainDescriptor(row),
    subject: subject.digest,
    ...(subject.platform && { platform: subject.platform }),
    ...(artifactType !== undefined && { artifactType }),
    ...(predicateType !== undefined && { predicateType }),
    ...(created && { created }),
    foundBy,
  };
}

/** What somebody wrote of their own accord: no date where it is none. */
function dateOf(text: string | undefined): Date | undefined {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}
