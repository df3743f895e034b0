import { EngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, digestHex } from '../oci/digest.ts';
import { asArray, asObject, asSize, asString, type JsonObject } from '../oci/json.ts';
import { type Platform, platformFromJson, platformToJson } from '../oci/platform.ts';
import {
  canonicalName,
  canonicalReference,
  isTag,
  type Reference,
  type TaggedReference,
  withDigest,
} from '../oci/reference.ts';
import { canonicalTag, parseRepoDigests, type RepoDigest } from '../store/entries.ts';

/** Bytes of a SHA-256. */
const hashBytes = 32;

/** Where each field of an image's record is, and how long a record is: numbers are little-endian. */
const field = {
  id: 0,
  manifest: hashBytes,
  /** Float64, bytes. */
  manifestSize: 64,
  size: 72,
  /** Float64, milliseconds since 1970; NaN where the image does not say. */
  created: 80,
  /** Uint32: place in `kinds`. */
  kind: 88,
  /** Uint32: place in `repositories` of the one that its first tag is in. */
  repository: 92,
  /** Uint32: where its tags end in the text; they begin where the digests of the record before end. */
  tagsEnd: 96,
  /** Uint32: where its repo digests end; they begin where its tags end. */
  digestsEnd: 100,
} as const;
const recordBytes = 104;

/** Stands for the image's own manifest in the repository of its first tag: what nearly every image's only repo digest is. */
const ownDigest = '@';

/** What most images have in common. */
interface ImageKind {
  readonly mediaType: string;
  readonly platform: Platform;
}

/**
 * Images as bytes: a record each, then the text of their names, with blanks between; of an image's first tag only what
 * stands behind the repository. `facts` is JSON that belongs to them.
 */
export interface ImageRecords {
  readonly facts: JsonObject;
  readonly bytes: Uint8Array;
}

/** @returns `undefined` where an image does not fit into a record: its digests are not sha256 */
export function recordsOf(images: readonly StoredImage[]): ImageRecords | undefined {
  if (!images.every(({ id, manifest }) => isSha256(id) && isSha256(manifest.digest))) return undefined;
  const records = Buffer.alloc(images.length * recordBytes);
  const kinds = new Map<string, number>();
  const repositories = new Map<string, number>();
  let text = '';
  for (const [place, image] of images.entries()) {
    const { id, manifest, tags, repoDigests, size, created } = image;
    const at = place * recordBytes;
    records.write(digestHex(id), at + field.id, 'hex');
    records.write(digestHex(manifest.digest), at + field.manifest, 'hex');
    records.writeDoubleLE(manifest.size, at + field.manifestSize);
    records.writeDoubleLE(size, at + field.size);
    records.writeDoubleLE(created?.getTime() ?? Number.NaN, at + field.created);
    records.writeUInt32LE(placeOf(kinds, kindText(image)), at + field.kind);
    const [first, ...others] = tags;
    if (first) records.writeUInt32LE(placeOf(repositories, canonicalName(first)), at + field.repository);
    text += [...(first ? [first.tag] : []), ...others.map(canonicalReference)].join(' ');
    records.writeUInt32LE(text.length, at + field.tagsEnd);
    const own = first && canonicalReference(withDigest(first, manifest.digest));
    text += repoDigests
      .map(canonicalReference)
      .map((name) => (name === own ? ownDigest : name))
      .join(' ');
    records.writeUInt32LE(text.length, at + field.digestsEnd);
  }
  return {
    facts: {
      images: images.length,
      kinds: Array.from(kinds.keys(), (kind) => JSON.parse(kind)),
      repositories: [...repositories.keys()],
    },
    bytes: Buffer.concat([records, Buffer.from(text, 'latin1')]),
  };
}

function isSha256(digest: Digest): boolean {
  return digest.startsWith('sha256:');
}

function placeOf(places: Map<string, number>, key: string): number {
  const place = places.get(key) ?? places.size;
  places.set(key, place);
  return place;
}

function kindText({ manifest, platform }: StoredImage): string {
  return JSON.stringify({ mediaType: manifest.mediaType, platform: platformToJson(platform) });
}

/**
 * The images that {@link recordsOf} was given, each read when somebody looks at it: thousands that nobody looks at cost
 * little more than their bytes.
 * @throws `Corrupt`
 */
export function imagesOfRecords({ facts, bytes }: ImageRecords): readonly StoredImage[] {
  const count = asSize(facts.images, 'images');
  if (bytes.length < count * recordBytes) throw new EngineError('Corrupt', 'there are too few records');
  const shelf: Shelf = {
    kinds: asArray(facts.kinds, 'kinds').map(kindFromJson),
    repositories: asArray(facts.repositories, 'repositories').map(repositoryFromJson),
    records: Buffer.from(bytes.buffer, bytes.byteOffset, count * recordBytes),
    text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).subarray(count * recordBytes),
  };
  return Array.from({ length: count }, (_, place) => {
    kindAt(shelf, place * recordBytes);
    return new RecordedImage(shelf, place * recordBytes);
  });
}

function kindFromJson(json: unknown): ImageKind {
  const { mediaType, platform } = asObject(json, 'a kind');
  return { mediaType: asString(mediaType, 'mediaType'), platform: platformFromJson(platform, 'platform') };
}

/** Its rules are not looked into again: that would take longer than all the rest. */
function repositoryFromJson(json: unknown): Reference {
  const name = asString(json, 'a repository');
  const slash = name.indexOf('/');
  return { registry: name.slice(0, slash), repository: name.slice(slash + 1) };
}

interface Shelf {
  readonly kinds: readonly ImageKind[];
  readonly repositories: readonly Reference[];
  readonly records: Buffer;
  readonly text: Buffer;
}

const none: readonly never[] = [];

class RecordedImage implements StoredImage {
  readonly #shelf: Shelf;
  /** Where its record begins. */
  readonly #at: number;
  /** Everybody asks for them, again and again. */
  #tags: readonly TaggedReference[] | undefined;

  constructor(shelf: Shelf, at: number) {
    this.#shelf = shelf;
    this.#at = at;
  }

  get id(): Digest {
    return this.#digest(field.id);
  }

  get manifest(): Descriptor {
    const { mediaType } = this.#kind;
    return { mediaType, digest: this.#digest(field.manifest), size: this.#double(field.manifestSize) };
  }

  get tags(): readonly TaggedReference[] {
    this.#tags ??= this.#readTags();
    return this.#tags;
  }

  #readTags(): readonly TaggedReference[] {
    const start = this.#at === 0 ? 0 : this.#uint32(field.digestsEnd - recordBytes);
    const text = this.#text(start, this.#uint32(field.tagsEnd));
    const blank = text.indexOf(' ');
    const tag = blank < 0 ? text : text.slice(0, blank);
    const own = this.#repository;
    if (!own || !isTag(tag)) return none;
    const first = { registry: own.registry, repository: own.repository, tag };
    if (blank < 0) return [first];
    const others = text.slice(blank + 1).split(' ');
    return [first, ...others.flatMap((name) => canonicalTag(name) ?? [])];
  }

  get repoDigests(): readonly RepoDigest[] {
    const start = this.#uint32(field.tagsEnd);
    const end = this.#uint32(field.digestsEnd);
    if (start === end) return none;
    const text = this.#text(start, end);
    const digest = this.#digest(field.manifest);
    const own = this.#repository;
    if (text === ownDigest && own) return [withDigest(own, digest)];
    return text.split(' ').flatMap((name) => {
      if (name !== ownDigest) return parseRepoDigests(name, digest);
      return own ? [withDigest(own, digest)] : none;
    });
  }

  get platform(): Platform {
    return this.#kind.platform;
  }

  get created(): Date | undefined {
    const time = this.#double(field.created);
    return Number.isNaN(time) ? undefined : new Date(time);
  }

  get size(): number {
    return this.#double(field.size);
  }

  get #kind(): ImageKind {
    return kindAt(this.#shelf, this.#at);
  }

  get #repository(): Reference | undefined {
    return this.#shelf.repositories[this.#uint32(field.repository)];
  }

  #digest(at: number): Digest {
    const start = this.#at + at;
    return `sha256:${this.#shelf.records.toString('hex', start, start + hashBytes)}` as Digest;
  }

  #double(at: number): number {
    return this.#shelf.records.readDoubleLE(this.#at + at);
  }

  #uint32(at: number): number {
    return this.#shelf.records.readUInt32LE(this.#at + at);
  }

  #text(start: number, end: number): string {
    return this.#shelf.text.toString('latin1', start, end);
  }
}

/** @throws `Corrupt` */
function kindAt({ kinds, records }: Shelf, at: number): ImageKind {
  const kind = kinds[records.readUInt32LE(at + field.kind)];
  if (!kind) throw new EngineError('Corrupt', 'a record is of a kind that is not there');
  return kind;
}
