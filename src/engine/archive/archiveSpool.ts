import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tooLarge } from '../byteLimit.ts';
import { EngineError, ioError, throwIfCancelled } from '../errors.ts';
import { sniffCompression } from '../layers/inflater.ts';
import {
  type Digest,
  type DigestAlgorithm,
  Digester,
  digestAlgorithm,
  digestOf,
  isDigest,
} from '../oci/digest.ts';
import type { Compression } from '../oci/mediaType.ts';
import type { ArchiveFile, ArchiveFiles } from './archiveFile.ts';
import type { ArchiveMember, ArchivePart } from './archiveMembers.ts';
import { MemberTable } from './memberTable.ts';

/** Files up to this size (documents, mostly) go into one file together: there may be hundreds of thousands of them. */
const packedBytes = 256 * 1024;

/** As much of a file as tells its compression. */
const magicBytes = 6;

/** Where spooled bytes go, and which of them need not be kept. */
export interface SpoolPlace {
  /** An empty file of its own folder, which is cleared away by whoever gave it. */
  readonly path: string;
  /** The file that has the blob already, if there is one. */
  stored(digest: Digest, size: number): Promise<string | undefined>;
}

/**
 * An archive's files on the disk while it is read once, from its first byte to its last: which of them are needed is
 * known only when the list of images has come, and that may be the last of all. Every file is hashed on its way.
 */
export class ArchiveSpool implements ArchiveFiles, AsyncDisposable {
  readonly #place: SpoolPlace;
  readonly #pack: FileHandle;
  readonly #members = new MemberTable<SpooledFile>();
  #packed = 0;
  #files = 0;

  private constructor(place: SpoolPlace, pack: FileHandle) {
    this.#place = place;
    this.#pack = pack;
  }

  static async open(place: SpoolPlace): Promise<ArchiveSpool> {
    return new ArchiveSpool(place, await open(place.path, 'r+').catch(cannotSpool));
  }

  /** Takes the whole archive in. @throws `Corrupt`, `TooLarge`, `Io`, `Cancelled`, what the archive throws */
  async take(parts: AsyncIterable<ArchivePart>, signal?: AbortSignal): Promise<void> {
    let writer: FileWriter | undefined;
    try {
      for await (const part of parts) {
        throwIfCancelled(signal);
        if (part.kind === 'member') writer = await this.#begin(part.member);
        else if (part.kind === 'content') await writer?.write(part.bytes);
        else await writer?.end();
      }
    } catch (error) {
      throw ioError(error, 'the archive could not be read');
    } finally {
      await writer?.close();
    }
  }

  find(path: string): SpooledFile | undefined {
    return this.#members.find(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pack.close();
  }

  async #begin(member: ArchiveMember): Promise<FileWriter | undefined> {
    if (member.type !== 'file') {
      this.#members.addLink(member);
      return undefined;
    }
    const claimed = claimedDigest(member.path);
    const spot = await this.#spot(member, claimed);
    const file = new SpooledFile(member.size, spot);
    this.#members.addFile(member.path, file);
    const algorithm = claimed ? digestAlgorithm(claimed) : 'sha256';
    return new FileWriter(file, spot, new Digester(algorithm));
  }

  async #spot({ size }: ArchiveMember, claimed: Digest | undefined): Promise<Spot> {
    if (size <= packedBytes) {
      const offset = this.#packed;
      this.#packed += size;
      return { kind: 'packed', path: this.#place.path, handle: this.#pack, offset };
    }
    const stored = claimed && (await this.#place.stored(claimed, size));
    if (stored !== undefined) return { kind: 'stored', path: stored };
    const path = join(dirname(this.#place.path), `file-${this.#files++}`);
    return { kind: 'own', path, handle: await open(path, 'wx', 0o644), offset: 0 };
  }
}

/** Where a file's bytes are kept: together with others, alone, or (as they are there) not at all. */
type Spot =
  | {
      readonly kind: 'packed' | 'own';
      readonly path: string;
      readonly handle: FileHandle;
      readonly offset: number;
    }
  | { readonly kind: 'stored'; readonly path: string };

class FileWriter {
  readonly #file: SpooledFile;
  readonly #spot: Spot;
  readonly #digester: Digester;
  #written = 0;
  #closed = false;

  constructor(file: SpooledFile, spot: Spot, digester: Digester) {
    this.#file = file;
    this.#spot = spot;
    this.#digester = digester;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#digester.update(bytes);
    this.#file.addStart(bytes);
    if (this.#spot.kind === 'stored') return;
    const { handle, offset } = this.#spot;
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + this.#written);
      done += bytesWritten;
      this.#written += bytesWritten;
    }
  }

  async end(): Promise<void> {
    this.#file.setDigest(this.#digester.digest());
    await this.close();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#spot.kind === 'own') await this.#spot.handle.close();
  }
}

/** A file that has been read once and is known since. */
export class SpooledFile implements ArchiveFile {
  readonly size: number;
  readonly #spot: Spot;
  #start: Uint8Array = new Uint8Array(0);
  #digest: Digest | undefined;

  constructor(size: number, spot: Spot) {
    this.size = size;
    this.#spot = spot;
  }

  addStart(bytes: Uint8Array): void {
    if (this.#start.length >= magicBytes) return;
    const piece = bytes.subarray(0, magicBytes - this.#start.length);
    this.#start = Buffer.concat([this.#start, piece]);
  }

  setDigest(digest: Digest): void {
    this.#digest = digest;
  }

  async compression(): Promise<Compression> {
    return sniffCompression(this.#start);
  }

  async digest(algorithm: DigestAlgorithm): Promise<Digest> {
    const known = this.#digest;
    if (known !== undefined && digestAlgorithm(known) === algorithm) return known;
    return digestOf(await this.read(packedBytes, 'a file of the archive'), algorithm);
  }

  async read(maxBytes: number, what: string): Promise<Uint8Array> {
    if (this.size > maxBytes) throw tooLarge(what, maxBytes);
    await using file = await open(this.#spot.path, 'r').catch(cannotSpool);
    const bytes = new Uint8Array(this.size);
    const offset = this.#spot.kind === 'packed' ? this.#spot.offset : 0;
    const { bytesRead } = await file.read(bytes, 0, this.size, offset);
    if (bytesRead === this.size) return bytes;
    throw new EngineError('Io', 'a file of the archive became shorter while it was read');
  }

  /** Makes the path a file of these bytes. False where they were not kept. They cannot be read afterwards. */
  async moveTo(path: string): Promise<boolean> {
    if (this.#spot.kind === 'stored') return false;
    if (this.#spot.kind === 'own') await rename(this.#spot.path, path).catch(cannotSpool);
    else await this.#copyTo(path);
    return true;
  }

  async #copyTo(path: string): Promise<void> {
    const bytes = await this.read(packedBytes, 'a file of the archive');
    await using file = await open(path, 'w', 0o644).catch(cannotSpool);
    await file.writeFile(bytes);
  }
}

/** What the name says of the content: a layout's blobs, and the layers of podman and skopeo. */
function claimedDigest(path: string): Digest | undefined {
  const [, algorithm, blob] = /^blobs\/(sha256|sha512)\/([0-9a-f]+)$/.exec(path) ?? [];
  const hex = /^([0-9a-f]{64})\.tar$/.exec(path)?.[1];
  const digest = blob === undefined ? `sha256:${hex}` : `${algorithm}:${blob}`;
  return isDigest(digest) ? digest : undefined;
}

function cannotSpool(error: unknown): never {
  throw ioError(error, 'the archive could not be kept on the disk while it is read');
}
