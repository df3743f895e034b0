import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  type Digest,
  Digester,
  digestAlgorithm,
  digestHex,
  digestOf,
  isDigest,
} from '../../../src/engine/oci/digest.ts';

export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/**
 * A registry's content in a folder: `blobs/ALGORITHM/HEX` for the bytes of all repositories and, for each repository,
 * links to what it may give out. Folders that begin with `_` cannot be part of a repository's name.
 */
export class RegistryStorage {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Bytes; `undefined` where the repository does not have the blob. */
  async blobSize(repository: string, digest: Digest): Promise<number | undefined> {
    if ((await readIfThere(this.#link(repository, '_blobs', digest))) === undefined) return undefined;
    return (await stat(this.#blobFile(digest))).size;
  }

  openBlob(digest: Digest, span?: { readonly first: number; readonly last: number }) {
    return createReadStream(this.#blobFile(digest), span && { start: span.first, end: span.last });
  }

  async addBlob(repository: string, bytes: Uint8Array): Promise<Digest> {
    const digest = digestOf(bytes);
    await this.#writeBlob(digest, bytes);
    await writeWhole(this.#link(repository, '_blobs', digest), '');
    return digest;
  }

  /** Takes a verified file's place in the store; the file is gone afterwards. */
  async adoptBlob(repository: string, digest: Digest, file: string): Promise<void> {
    await mkdir(path.dirname(this.#blobFile(digest)), { recursive: true });
    await rename(file, this.#blobFile(digest));
    await writeWhole(this.#link(repository, '_blobs', digest), '');
  }

  /** False where the other repository does not have it. */
  async mountBlob(repository: string, digest: Digest, from: string): Promise<boolean> {
    if ((await this.blobSize(from, digest)) === undefined) return false;
    await writeWhole(this.#link(repository, '_blobs', digest), '');
    return true;
  }

  /** Unlinks it from the repository; other repositories keep it. */
  async removeBlob(repository: string, digest: Digest): Promise<void> {
    await rm(this.#link(repository, '_blobs', digest), { force: true });
  }

  async manifest(repository: string, tagOrDigest: string): Promise<StoredManifest | undefined> {
    const digest = isDigest(tagOrDigest) ? tagOrDigest : await this.tagDigest(repository, tagOrDigest);
    if (digest === undefined) return undefined;
    const mediaType = await readIfThere(this.#link(repository, '_manifests', digest));
    if (mediaType === undefined) return undefined;
    return { digest, mediaType, bytes: await readFile(this.#blobFile(digest)) };
  }

  async putManifest(
    repository: string,
    { digest, mediaType, bytes }: StoredManifest,
    tag?: string,
  ): Promise<void> {
    await this.#writeBlob(digest, bytes);
    await writeWhole(this.#link(repository, '_manifests', digest), mediaType);
    if (tag !== undefined) await writeWhole(this.#tagFile(repository, tag), digest);
  }

  /** With all tags that name it. */
  async removeManifest(repository: string, digest: Digest): Promise<void> {
    await rm(this.#link(repository, '_manifests', digest), { force: true });
    for (const tag of await this.tags(repository)) {
      if ((await this.tagDigest(repository, tag)) === digest) await this.removeTag(repository, tag);
    }
  }

  async removeTag(repository: string, tag: string): Promise<void> {
    await rm(this.#tagFile(repository, tag), { force: true });
  }

  async tagDigest(repository: string, tag: string): Promise<Digest | undefined> {
    const text = await readIfThere(this.#tagFile(repository, tag));
    return text !== undefined && isDigest(text) ? text : undefined;
  }

  /** In byte order, as the specification wants them. */
  async tags(repository: string): Promise<string[]> {
    return (await namesIn(path.join(this.#repository(repository), '_tags'))).sort();
  }

  async manifests(repository: string): Promise<StoredManifest[]> {
    const root = path.join(this.#repository(repository), '_manifests');
    const found: StoredManifest[] = [];
    for (const algorithm of await namesIn(root)) {
      for (const hex of (await namesIn(path.join(root, algorithm))).sort()) {
        const manifest = await this.manifest(repository, `${algorithm}:${hex}`);
        if (manifest) found.push(manifest);
      }
    }
    return found;
  }

  async hasRepository(repository: string): Promise<boolean> {
    const names = await namesIn(this.#repository(repository));
    return names.some((name) => name.startsWith('_'));
  }

  /** Those that have a manifest, in byte order. */
  async repositories(): Promise<string[]> {
    return (await this.#repositoriesBelow('')).sort();
  }

  async #repositoriesBelow(parent: string): Promise<string[]> {
    const found: string[] = [];
    for (const name of await namesIn(this.#repository(parent))) {
      if (name.startsWith('_')) {
        if (name === '_manifests') found.push(parent);
      } else {
        found.push(...(await this.#repositoriesBelow(path.posix.join(parent, name))));
      }
    }
    return found;
  }

  async startUpload(repository: string, session: string): Promise<void> {
    await writeWhole(this.#uploadFile(repository, session), '');
  }

  /** Bytes that are there; `undefined` where there is no such upload. */
  async uploadSize(repository: string, session: string): Promise<number | undefined> {
    return (await statIfThere(this.#uploadFile(repository, session)))?.size;
  }

  async append(repository: string, session: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    await pipeline(content, createWriteStream(this.#uploadFile(repository, session), { flags: 'a' }));
  }

  /** False where the upload's bytes are not the digest's. */
  async finishUpload(repository: string, session: string, digest: Digest): Promise<boolean> {
    const file = this.#uploadFile(repository, session);
    const digester = new Digester(digestAlgorithm(digest));
    for await (const chunk of createReadStream(file)) digester.update(chunk);
    if (digester.digest() !== digest) return false;
    await this.adoptBlob(repository, digest, file);
    return true;
  }

  async cancelUpload(repository: string, session: string): Promise<void> {
    await rm(this.#uploadFile(repository, session), { force: true });
  }

  async #writeBlob(digest: Digest, bytes: Uint8Array): Promise<void> {
    if ((await statIfThere(this.#blobFile(digest))) === undefined)
      await writeWhole(this.#blobFile(digest), bytes);
  }

  #blobFile(digest: Digest): string {
    return path.join(this.#directory, 'blobs', digestAlgorithm(digest), digestHex(digest));
  }

  #repository(name: string): string {
    return path.join(this.#directory, 'repositories', name);
  }

  #link(repository: string, kind: '_blobs' | '_manifests', digest: Digest): string {
    return path.join(this.#repository(repository), kind, digestAlgorithm(digest), digestHex(digest));
  }

  #tagFile(repository: string, tag: string): string {
    return path.join(this.#repository(repository), '_tags', tag);
  }

  #uploadFile(repository: string, session: string): string {
    return path.join(this.#repository(repository), '_uploads', session);
  }
}

/** Readers see the old file or the new one. */
async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.${draftNumber++}~`;
  await writeFile(draft, content);
  await rename(draft, file);
}

let draftNumber = 0;

async function namesIn(directory: string): Promise<string[]> {
  const names = await absentAs([], readdir(directory));
  return names.filter((name) => !name.endsWith('~'));
}

function readIfThere(file: string): Promise<string | undefined> {
  return absentAs(undefined, readFile(file, 'utf8'));
}

function statIfThere(file: string) {
  return absentAs(undefined, stat(file));
}

async function absentAs<T, A>(absent: A, reading: Promise<T>): Promise<T | A> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return absent;
    throw error;
  }
}
