import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Descriptor, descriptorFromJson, plainDescriptor } from '../oci/descriptor.ts';
import { type Digest, digestAlgorithm, digestHex, digestOf } from '../oci/digest.ts';
import { asObject, asString, parseJson } from '../oci/json.ts';
import { canonicalName, type Reference } from '../oci/reference.ts';

/** What a tag pointed to when the registry was last asked. */
export interface TagAnswer {
  readonly descriptor: Descriptor;
  readonly lookedUp: Date;
}

/** Documents beyond this many are dropped, the ones unused for longest first. A document is some kilobytes. */
const maxDocuments = 4000;

/**
 * The registries' answers on disk, for hovers at once and offline: tags with the time of the answer, and documents
 * (indexes, manifests, configs) by digest. Everything in it can be had again, so what cannot be read or written is
 * treated as absent and reported to `onWarning`.
 */
export class RemoteCache {
  readonly #directory: string;
  readonly #onWarning: (message: string, error: unknown) => void;
  #documentsWritten = 0;

  constructor(directory: string, onWarning: (message: string, error: unknown) => void) {
    this.#directory = directory;
    this.#onWarning = onWarning;
  }

  async tag(reference: Reference & { readonly tag: string }): Promise<TagAnswer | undefined> {
    return (await this.tags(reference)).get(reference.tag);
  }

  /** All remembered tags of the reference's repository. */
  async tags(reference: Reference): Promise<ReadonlyMap<string, TagAnswer>> {
    try {
      return parseTags(await readFile(this.#tagsFile(reference)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#onWarning('cannot read remembered tags', error);
      return new Map();
    }
  }

  async rememberTag(reference: Reference & { readonly tag: string }, answer: TagAnswer): Promise<void> {
    const tags = new Map(await this.tags(reference)).set(reference.tag, answer);
    await this.#writeTags(reference, tags);
  }

  /** Forgets the tags of a repository that a registry no longer has. */
  async forgetTags(reference: Reference, isGone: (tag: string, answer: TagAnswer) => boolean): Promise<void> {
    const tags = [...(await this.tags(reference))];
    const left = tags.filter(([tag, answer]) => !isGone(tag, answer));
    if (left.length < tags.length) await this.#writeTags(reference, new Map(left));
  }

  async #writeTags(reference: Reference, tags: ReadonlyMap<string, TagAnswer>): Promise<void> {
    const rows = [...tags].map(([tag, { descriptor, lookedUp }]) => [
      tag,
      { descriptor: plainDescriptor(descriptor), lookedUp: lookedUp.toISOString() },
    ]);
    await this.#write(this.#tagsFile(reference), JSON.stringify(Object.fromEntries(rows)));
  }

  /** The bytes that the digest names, checked. */
  async document(digest: Digest): Promise<Uint8Array | undefined> {
    try {
      const bytes = await readFile(this.#documentFile(digest));
      return digestOf(bytes, digestAlgorithm(digest)) === digest ? bytes : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#onWarning('cannot read a remembered document', error);
      return undefined;
    }
  }

  async rememberDocument(digest: Digest, bytes: Uint8Array): Promise<void> {
    await this.#write(this.#documentFile(digest), bytes);
    if (++this.#documentsWritten % 100 === 1) await this.#dropOldDocuments();
  }

  #tagsFile(reference: Reference): string {
    const key = createHash('sha256').update(canonicalName(reference)).digest('hex');
    return join(this.#directory, 'tags', `${key}.json`);
  }

  #documentFile(digest: Digest): string {
    return join(this.#directory, 'documents', digestAlgorithm(digest), digestHex(digest));
  }

  async #write(file: string, content: string | Uint8Array): Promise<void> {
    const temporary = `${file}.${randomUUID()}.tmp`;
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o755 });
      await writeFile(temporary, content, { mode: 0o644 });
      await rename(temporary, file);
    } catch (error) {
      this.#onWarning('cannot remember a registry’s answer', error);
      await rm(temporary, { force: true });
    }
  }

  async #dropOldDocuments(): Promise<void> {
    const directory = join(this.#directory, 'documents', 'sha256');
    try {
      const names = await readdir(directory);
      if (names.length <= maxDocuments) return;
      const files = await Promise.all(
        names.map(async (name) => ({ name, used: (await stat(join(directory, name))).atimeMs })),
      );
      files.sort((a, b) => a.used - b.used);
      const surplus = files.slice(0, files.length - maxDocuments * 0.9);
      await Promise.all(surplus.map(({ name }) => rm(join(directory, name), { force: true })));
    } catch (error) {
      this.#onWarning('cannot tidy remembered documents', error);
    }
  }
}

function parseTags(bytes: Uint8Array): ReadonlyMap<string, TagAnswer> {
  const rows = Object.entries(asObject(parseJson(bytes, 'remembered tags'), 'remembered tags'));
  return new Map(
    rows.map(([tag, row]) => {
      const { descriptor, lookedUp } = asObject(row, tag);
      return [
        tag,
        {
          descriptor: descriptorFromJson(descriptor, tag),
          lookedUp: new Date(asString(lookedUp, 'lookedUp')),
        },
      ];
    }),
  );
}
