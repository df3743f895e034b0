import { isEngineError } from '../errors.ts';
import { type Descriptor, descriptorFromJson } from '../oci/descriptor.ts';
import { type Digest, isDigest } from '../oci/digest.ts';
import type { JsonObject } from '../oci/json.ts';
import { type Platform, platformToJson } from '../oci/platform.ts';
import {
  canonicalReference,
  isTag,
  parseName,
  type Reference,
  type TaggedReference,
} from '../oci/reference.ts';

/** `registry/repository@digest`: what a registry calls an image, for ever. */
export type RepoDigest = Reference & { readonly digest: Digest };

/** One descriptor of `index.json`: a tag, or an image without one. */
export interface StoreEntry {
  readonly descriptor: Descriptor;
  /** `org.opencontainers.image.ref.name` as it stands there: other tools write anything. */
  readonly name?: string;
  /** The name, where it is a canonical reference with a tag. */
  readonly reference?: TaggedReference;
  readonly repoDigests: readonly RepoDigest[];
  /** The config's digest. This and what follows is absent in entries that other tools wrote. */
  readonly imageId?: Digest;
  readonly created?: Date;
  /** Bytes of the files of all layers, unpacked. */
  readonly size?: number;
  /** When a person last gave the image this tag. */
  readonly tagged?: Date;
  /** The entry as it stands in the file, with fields and annotations that are not ours. */
  readonly json: JsonObject;
}

/** What an entry says of its image, so that listing need not read blobs. */
export interface StoredImageFacts {
  /** Of the platform's manifest. */
  readonly manifest: Descriptor;
  readonly platform?: Platform | undefined;
  /** The config's digest. */
  readonly id?: Digest | undefined;
  readonly created?: Date | undefined;
  /** Bytes of the files of all layers, unpacked. */
  readonly size?: number | undefined;
  /** When a person gave it the tag that it is given; absent where it comes with a pull. */
  readonly tagged?: Date | undefined;
}

export const annotation = {
  refName: 'org.opencontainers.image.ref.name',
  imageId: 'dev.strata.image.id',
  created: 'dev.strata.image.created',
  size: 'dev.strata.image.size',
  tagged: 'dev.strata.image.tagged',
  repoDigests: 'dev.strata.repo-digests',
} as const;

/**
 * Our annotations are hints that can be had from the blobs: what does not parse counts as absent.
 * @throws `Corrupt`, `Invalid`, `Unsupported` where the entry is no descriptor
 */
export function entryFromJson(json: unknown, what: string): StoreEntry {
  const descriptor = descriptorFromJson(json, what);
  const notes = descriptor.annotations ?? {};
  const name = notes[annotation.refName];
  const reference = name === undefined ? undefined : canonicalTag(name);
  const imageId = notes[annotation.imageId];
  const created = parseTime(notes[annotation.created]);
  const size = parseSize(notes[annotation.size]);
  const tagged = parseTime(notes[annotation.tagged]);
  const repoDigests = parseRepoDigests(notes[annotation.repoDigests], descriptor.digest);
  // Put together piece by piece: spreading what may be there takes several times as long, and lists are long.
  const entry: Writable<StoreEntry> = { descriptor, repoDigests, json: json as JsonObject };
  if (name !== undefined) entry.name = name;
  if (reference) entry.reference = reference;
  if (imageId !== undefined && isDigest(imageId)) entry.imageId = imageId;
  if (created) entry.created = created;
  if (size !== undefined) entry.size = size;
  if (tagged) entry.tagged = tagged;
  return entry;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The reference of a name in exactly its canonical form with a tag; `undefined` for any other name. */
export function canonicalTag(name: string): TaggedReference | undefined {
  const reference = canonicalOrUndefined(name);
  return reference && isTagOnly(reference) ? reference : undefined;
}

function isTagOnly(reference: Reference): reference is TaggedReference {
  return reference.tag !== undefined && reference.digest === undefined;
}

/** Taken apart by hand: an expression that finds the ends of three parts is slow, and a list has thousands of names. */
function canonicalOrUndefined(name: string, likely?: Digest): Reference | undefined {
  const at = name.indexOf('@');
  const tagged = at < 0 ? name : name.slice(0, at);
  const colon = tagged.lastIndexOf(':');
  const hasTag = colon > tagged.lastIndexOf('/');
  const repository = canonicalRepository(hasTag ? tagged.slice(0, colon) : tagged);
  if (!repository || !(hasTag || at >= 0)) return undefined;
  const tag = tagged.slice(colon + 1);
  const digest = name.slice(at + 1);
  // Nearly all are the entry's own digest, which is known to be one.
  if ((hasTag && !isTag(tag)) || (at >= 0 && digest !== likely && !isDigest(digest))) return undefined;
  const reference: Writable<Reference> = { registry: repository.registry, repository: repository.repository };
  if (hasTag) reference.tag = tag;
  if (at >= 0) reference.digest = digest as Digest;
  return reference;
}

/** Thousands of entries share few repositories, and a name's rules are by far the dearest part of reading an entry. */
const repositories = new Map<string, Reference | undefined>();
const maxRepositories = 10_000;

function canonicalRepository(path: string): Reference | undefined {
  const known = repositories.get(path);
  if (known !== undefined || repositories.has(path)) return known;
  const parsed = parseRepository(path);
  if (repositories.size >= maxRepositories) repositories.clear();
  repositories.set(path, parsed);
  return parsed;
}

function parseRepository(path: string): Reference | undefined {
  try {
    const { registry, repository, tag, digest } = parseName(path);
    const bare = tag === undefined && digest === undefined;
    return bare && `${registry}/${repository}` === path ? { registry, repository } : undefined;
  } catch (error) {
    // Not a repository at all: other tools give names such as `latest build`.
    if (isEngineError(error, 'Invalid')) return undefined;
    throw error;
  }
}

const noRepoDigests: readonly RepoDigest[] = [];

export function parseRepoDigests(text: string | undefined, own: Digest): readonly RepoDigest[] {
  if (!text) return noRepoDigests;
  if (text.includes(' ')) return text.split(' ').flatMap((name) => repoDigest(name, own));
  return repoDigest(text, own);
}

function repoDigest(name: string, own: Digest): readonly RepoDigest[] {
  const reference = canonicalOrUndefined(name, own);
  return isRepoDigest(reference) ? [reference] : noRepoDigests;
}

function isRepoDigest(reference: Reference | undefined): reference is RepoDigest {
  return reference?.digest !== undefined;
}

function parseTime(text: string | undefined): Date | undefined {
  const date = text === undefined ? undefined : new Date(text);
  return date && Number.isFinite(date.getTime()) ? date : undefined;
}

function parseSize(text: string | undefined): number | undefined {
  const size = text !== undefined && /^[0-9]{1,16}$/.test(text) ? Number(text) : undefined;
  return size !== undefined && Number.isSafeInteger(size) ? size : undefined;
}

/** Gives the image the tag, taking it from the image that had it, which stays: untagged where this was its last tag. */
export function tagImage(
  entries: readonly StoreEntry[],
  image: StoredImageFacts,
  reference: TaggedReference,
): readonly StoreEntry[] {
  const name = canonicalReference(reference);
  const others = entries.map((entry) => (holds(entry, name, image) ? renamed(entry, undefined) : entry));
  const there = others.findIndex((entry) => isOf(entry, image) && entry.name === name);
  const spare =
    there >= 0 ? there : others.findIndex((entry) => isOf(entry, image) && entry.name === undefined);
  const tagged = describe(renamed(others[spare] ?? newEntry(image.manifest), name), image);
  return tidy(entries, spare < 0 ? [...others, tagged] : others.with(spare, tagged));
}

/** Takes the tag from its image, which stays: untagged where this was its last tag. */
export function untag(entries: readonly StoreEntry[], reference: TaggedReference): readonly StoreEntry[] {
  const name = canonicalReference(reference);
  return tidy(
    entries,
    entries.map((entry) => (entry.name === name ? renamed(entry, undefined) : entry)),
  );
}

/** Removes the image with all its tags. */
export function removeImage(entries: readonly StoreEntry[], manifest: Digest): readonly StoreEntry[] {
  return tidy(
    entries,
    entries.filter(({ descriptor }) => descriptor.digest !== manifest),
  );
}

/** Adds an image without a tag; one that is there already stays as it is. */
export function addImage(entries: readonly StoreEntry[], image: StoredImageFacts): readonly StoreEntry[] {
  if (entries.some((entry) => isOf(entry, image))) return entries;
  return tidy(entries, [...entries, describe(newEntry(image.manifest), image)]);
}

/** Records what a registry calls the image; an image that is not there yet is added untagged. */
export function addRepoDigest(
  entries: readonly StoreEntry[],
  image: StoredImageFacts,
  repoDigest: RepoDigest,
): readonly StoreEntry[] {
  const there = entries.some((entry) => isOf(entry, image));
  const all = there ? entries : [...entries, describe(newEntry(image.manifest), image)];
  return tidy(
    entries,
    all.map((entry) =>
      isOf(entry, image) ? withRepoDigests(entry, [...entry.repoDigests, repoDigest]) : entry,
    ),
  );
}

/** Forgets what a registry calls the image. */
export function removeRepoDigest(
  entries: readonly StoreEntry[],
  manifest: Digest,
  repoDigest: RepoDigest,
): readonly StoreEntry[] {
  const gone = canonicalReference(repoDigest);
  return tidy(
    entries,
    entries.map((entry) =>
      entry.descriptor.digest === manifest
        ? withRepoDigests(
            entry,
            entry.repoDigests.filter((known) => canonicalReference(known) !== gone),
          )
        : entry,
    ),
  );
}

function holds(entry: StoreEntry, name: string, other: StoredImageFacts): boolean {
  return entry.name === name && !isOf(entry, other);
}

function isOf({ descriptor }: StoreEntry, { manifest }: StoredImageFacts): boolean {
  return descriptor.digest === manifest.digest;
}

/**
 * Holds what is true of every edited list: an image has either tags or one untagged entry, and all its entries know all
 * its repo digests. Gives `before` itself where nothing changed.
 */
function tidy(before: readonly StoreEntry[], after: readonly StoreEntry[]): readonly StoreEntry[] {
  const known = new Set(before);
  const touched = new Set<Digest>();
  for (const entry of after) if (!known.has(entry)) touched.add(entry.descriptor.digest);
  if (touched.size === 0 && before.length === after.length) return before;
  let tidied = after;
  for (const digest of touched) tidied = tidyImage(tidied, digest);
  return tidied;
}

function tidyImage(entries: readonly StoreEntry[], digest: Digest): readonly StoreEntry[] {
  const own = entries.filter((entry) => entry.descriptor.digest === digest);
  const kept = new Set(own.some(isNamed) ? own.filter(isNamed) : own.slice(0, 1));
  // A removed repo digest is gone from all entries alike, so a union never brings it back.
  const repoDigests = own.flatMap((entry) => entry.repoDigests);
  return entries.flatMap((entry) => {
    if (entry.descriptor.digest !== digest) return [entry];
    return kept.has(entry) ? [withRepoDigests(entry, repoDigests)] : [];
  });
}

function isNamed({ name }: StoreEntry): boolean {
  return name !== undefined;
}

function newEntry({ mediaType, digest, size }: Descriptor): StoreEntry {
  return entryFromJson({ mediaType, digest, size }, 'entry');
}

function renamed(entry: StoreEntry, name: string | undefined): StoreEntry {
  return entry.name === name ? entry : annotated(entry, { [annotation.refName]: name });
}

function withRepoDigests(entry: StoreEntry, repoDigests: readonly RepoDigest[]): StoreEntry {
  const names = [...new Set(repoDigests.map(canonicalReference))].sort();
  const same = names.join(' ') === entry.repoDigests.map(canonicalReference).join(' ');
  return same ? entry : annotated(entry, { [annotation.repoDigests]: names.join(' ') || undefined });
}

function describe(entry: StoreEntry, { platform, id, created, size, tagged }: StoredImageFacts): StoreEntry {
  const json = platform ? { ...entry.json, platform: platformToJson(platform) } : entry.json;
  return annotated(
    { ...entry, json },
    {
      ...(id !== undefined && { [annotation.imageId]: id }),
      ...(created && { [annotation.created]: created.toISOString() }),
      ...(size !== undefined && { [annotation.size]: String(size) }),
      ...(tagged && { [annotation.tagged]: tagged.toISOString() }),
    },
    entry,
  );
}

/** `undefined` removes an annotation. Gives `same` where nothing changes. */
function annotated(
  entry: StoreEntry,
  changes: Readonly<Record<string, string | undefined>>,
  same: StoreEntry = entry,
): StoreEntry {
  const kept = Object.entries({ ...(entry.json.annotations ?? {}), ...changes }).filter(
    ([, value]) => value !== undefined,
  );
  const { annotations: _, ...rest } = entry.json;
  const json = kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) };
  return JSON.stringify(json) === JSON.stringify(same.json) ? same : entryFromJson(json, 'entry');
}
