import { open } from 'node:fs/promises';
import { tooLarge } from '../byteLimit.ts';
import { ioError, throwIfCancelled } from '../errors.ts';
import { sniffCompression } from '../layers/inflater.ts';
import type { FileSection } from '../layers/layerJob.ts';
import { TarReader } from '../layers/tarReader.ts';
import { type Digest, type DigestAlgorithm, Digester } from '../oci/digest.ts';
import type { Compression } from '../oci/mediaType.ts';
import { aboutArchive, corruptArchive } from './archiveError.ts';
import type { ArchiveFile, ArchiveFiles } from './archiveFile.ts';
import { PartCollector } from './archiveMembers.ts';
import { MemberTable } from './memberTable.ts';

/** Bytes that are read to see a header: small members that follow each other come at once. */
const headerBytes = 64 * 1024;
const pieceBytes = 1024 * 1024;

/** The files of a tar that is a file: nothing but its headers is read until something is asked for. */
export class TarFile implements ArchiveFiles {
  readonly path: string;
  readonly #members = new MemberTable<TarSection>();

  private constructor(path: string) {
    this.path = path;
  }

  /** @throws `Corrupt`, `TooLarge`, `Unsupported`, `Io`, `Cancelled` */
  static async open(path: string, signal?: AbortSignal): Promise<TarFile> {
    const tar = new TarFile(path);
    try {
      await tar.#index(signal);
    } catch (error) {
      throw ioError(aboutArchive(error), `cannot read ${path}`);
    }
    return tar;
  }

  find(path: string): TarSection | undefined {
    return this.#members.find(path);
  }

  async #index(signal: AbortSignal | undefined): Promise<void> {
    const collector = new PartCollector();
    const reader = new TarReader(collector);
    await using file = await open(this.path, 'r');
    const { size } = await file.stat();
    const buffer = new Uint8Array(headerBytes);
    for (let at = 0; at < size; ) {
      throwIfCancelled(signal);
      const { bytesRead } = await file.read(buffer, 0, headerBytes, at);
      if (bytesRead === 0) break;
      reader.push(buffer.subarray(0, bytesRead));
      this.#add(collector);
      at += bytesRead;
      const idle = reader.idleBytes;
      if (at + idle > size && collector.isInFile)
        throw corruptArchive('the archive ends in the middle of an entry');
      reader.leap(Math.min(idle, size - at));
      at += Math.min(idle, size - at);
    }
    reader.end();
  }

  #add(collector: PartCollector): void {
    for (const part of collector.take()) {
      if (part.kind !== 'member') continue;
      const { type, path, offset, size } = part.member;
      if (type === 'file') this.#members.addFile(path, new TarSection(this.path, { offset, size }));
      else this.#members.addLink(part.member);
    }
  }
}

/** One file within a tar on the disk. */
export class TarSection implements ArchiveFile {
  readonly section: FileSection;
  readonly #path: string;

  constructor(path: string, section: FileSection) {
    this.#path = path;
    this.section = section;
  }

  get size(): number {
    return this.section.size;
  }

  async compression(): Promise<Compression> {
    for await (const piece of this.#pieces(6)) return sniffCompression(piece);
    return 'none';
  }

  async digest(algorithm: DigestAlgorithm, signal?: AbortSignal): Promise<Digest> {
    const digester = new Digester(algorithm);
    for await (const piece of this.#pieces(this.size)) {
      throwIfCancelled(signal);
      digester.update(piece);
    }
    return digester.digest();
  }

  async read(maxBytes: number, what: string): Promise<Uint8Array> {
    if (this.size > maxBytes) throw tooLarge(what, maxBytes);
    const pieces: Uint8Array[] = [];
    for await (const piece of this.#pieces(this.size)) pieces.push(Uint8Array.from(piece));
    return Buffer.concat(pieces);
  }

  /** Each piece is valid until the next one is asked for. */
  async *#pieces(count: number): AsyncGenerator<Uint8Array, void, undefined> {
    await using file = await open(this.#path, 'r').catch((error: unknown) => {
      throw ioError(error, `cannot read ${this.#path}`);
    });
    const end = this.section.offset + Math.min(count, this.size);
    const buffer = new Uint8Array(Math.min(pieceBytes, Math.max(1, end - this.section.offset)));
    for (let at = this.section.offset; at < end; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, end - at), at);
      if (bytesRead === 0) throw corruptArchive(`${this.#path} became shorter while it was read`);
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
}
