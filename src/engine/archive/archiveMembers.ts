import { EngineError } from '../errors.ts';
import type { FileType } from '../image.ts';
import { decodePath } from '../layers/entryText.ts';
import type { TarEntry } from '../layers/tarEntry.ts';
import { TarReader, type TarSink } from '../layers/tarReader.ts';
import { aboutArchive } from './archiveError.ts';
import { maxMembers, maxNameBytes, maxTrailingBytes } from './archiveLimits.ts';
import { memberPath } from './memberPath.ts';

/** One entry of an archive's tar. */
export interface ArchiveMember {
  /** Relative to the archive's root, without `.` parts. */
  readonly path: string;
  readonly type: FileType;
  /** Bytes; 0 unless a file. */
  readonly size: number;
  /** Target of a symlink or hard link, as written. */
  readonly linkName: string;
  /** In the tar: where the bytes begin. */
  readonly offset: number;
}

/** What reading an archive gives, in the tar's order. Every file is followed by its content and an end. */
export type ArchivePart =
  | { readonly kind: 'member'; readonly member: ArchiveMember }
  | { readonly kind: 'content'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' };

/** Pieces that are read at once: bounds the parts that wait. */
const pieceBytes = 256 * 1024;

/**
 * Reads an archive's tar from its first byte to its last.
 * @throws `Corrupt` (broken, or a name that leads out of it), `TooLarge`, `Unsupported`, and what the source throws
 */
export async function* archiveMembers(
  tar: AsyncIterable<Uint8Array>,
): AsyncGenerator<ArchivePart, void, undefined> {
  const collector = new PartCollector();
  const reader = new TarReader(collector);
  let trailing = 0;
  try {
    for await (const piece of tar) {
      for (let at = 0; at < piece.length; at += pieceBytes) {
        const slice = piece.subarray(at, at + pieceBytes);
        reader.push(slice);
        const parts = collector.take();
        trailing = parts.length === 0 && !collector.isInFile ? trailing + slice.length : 0;
        yield* parts;
      }
      if (trailing > maxTrailingBytes) return;
    }
    reader.end();
  } catch (error) {
    throw aboutArchive(error);
  }
}

/** Keeps what the reader calls out until it is asked for. */
export class PartCollector implements TarSink {
  isInFile = false;
  #parts: ArchivePart[] = [];
  #members = 0;
  #nameBytes = 0;

  entry(entry: TarEntry): void {
    this.#count(entry);
    const { type, size, dataOffset } = entry;
    const path = memberPath(entry.path);
    if (entry.sparse) {
      throw new EngineError('Unsupported', `the archive has a sparse file, ${JSON.stringify(path)}`);
    }
    const member = { path, type, size, linkName: decodePath(entry.linkPath), offset: dataOffset };
    this.isInFile = type === 'file';
    this.#parts.push({ kind: 'member', member });
  }

  content(bytes: Uint8Array): void {
    if (this.isInFile) this.#parts.push({ kind: 'content', bytes });
  }

  endOfEntry(): void {
    if (this.isInFile) this.#parts.push({ kind: 'end' });
    this.isInFile = false;
  }

  take(): readonly ArchivePart[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts;
  }

  #count({ path, linkPath }: TarEntry): void {
    this.#members++;
    this.#nameBytes += path.length + linkPath.length;
    if (this.#members > maxMembers) {
      throw new EngineError('TooLarge', `the archive has more than ${maxMembers} members`);
    }
    if (this.#nameBytes > maxNameBytes) {
      throw new EngineError('TooLarge', `the names in the archive take more than ${maxNameBytes} bytes`);
    }
  }
}
