import { constants } from 'node:fs';
import { chmod, type FileHandle, link, lutimes, mkdir, open, symlink, utimes } from 'node:fs/promises';
import { ioError } from '../errors.ts';
import type { LayerIndex } from '../layers/layerIndex.ts';
import type { ExportItem } from './exportPlan.ts';

/** What an entry says of itself. */
export interface Facts {
  /** `mode & 0o1777` */
  readonly mode: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** New, and not through a link. Windows lacks the last flag; there it is undefined and counts as 0. */
const newFile = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Times that file systems have; what is beyond them would be refused. The last is that of the year 9999. */
const lastTime = 253_402_300_799;

/** Writes below a folder that nobody else writes to. Every method answers whether the name could be used. */
export class ExportWriter {
  readonly #root: Uint8Array;
  /** Those that were made here; whatever else a name leads through is not written to. */
  readonly #folders = new Set<string>();

  constructor(root: string) {
    this.#root = Buffer.from(root);
  }

  /** Open to its owner until {@link finish} says otherwise. */
  async folder({ path }: ExportItem): Promise<boolean> {
    if (!this.#isPossible(path)) return false;
    const isMade = await isUsable(() => mkdir(this.#place(path), { mode: 0o700 }));
    if (isMade) this.#folders.add(keyOf(path));
    return isMade;
  }

  /** @throws `Io`, and what `bytes` throws */
  async file(
    { path }: ExportItem,
    facts: Facts,
    content: FileContent,
    written: (count: number) => void,
  ): Promise<boolean> {
    if (!this.#isPossible(path)) return false;
    let handle: FileHandle | undefined;
    const isOpen = await isUsable(async () => {
      handle = await open(this.#place(path), newFile, 0o600);
    });
    if (!isOpen || !handle) return false;
    await using file = handle;
    await writeContent(file, content, written);
    await onDisk(async () => {
      await file.chmod(facts.mode);
      await file.utimes(timeOf(facts), timeOf(facts));
    });
    return true;
  }

  /** One more name for a file that was written. */
  async hardLink(from: ExportItem, { path }: ExportItem): Promise<boolean> {
    if (!this.#isPossible(path)) return false;
    return isUsable(() => link(this.#place(from.path), this.#place(path)));
  }

  /** To be called when all files are written: from then on there is something that leads elsewhere. */
  async symlink({ path }: ExportItem, facts: Facts, target: Uint8Array): Promise<boolean> {
    if (!this.#isPossible(path) || target.includes(0)) return false;
    const place = this.#place(path);
    return isUsable(async () => {
      await symlink(Buffer.from(target), place);
      await lutimes(place, timeOf(facts), timeOf(facts));
    });
  }

  /** Gives a folder its mode and times, when nothing more is to be written into it. */
  async finish({ path }: ExportItem, facts: Facts): Promise<void> {
    if (!this.#folders.has(keyOf(path))) return;
    await onDisk(async () => {
      await utimes(this.#place(path), timeOf(facts), timeOf(facts));
      await chmod(this.#place(path), facts.mode);
    });
  }

  /** The root, or a name in a folder that was made here. */
  #isPossible(path: Uint8Array): boolean {
    if (path.length === 0) return true;
    const slash = path.lastIndexOf(0x2f);
    return this.#folders.has(keyOf(path.subarray(0, slash))) && isPossibleName(path.subarray(slash + 1));
  }

  #place(path: Uint8Array): Buffer {
    return Buffer.concat([this.#root, path]);
  }
}

/** What a file is to hold. */
export interface FileContent {
  readonly index: LayerIndex;
  readonly at: number;
  /** What the tar has of it. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Holes stay holes. */
async function writeContent(
  file: FileHandle,
  { index, at, bytes }: FileContent,
  written: (count: number) => void,
): Promise<void> {
  const segments = index.segments(at);
  const places = (segments ?? [{ offset: 0, length: index.size(at) }]).values();
  let place = { offset: 0, length: 0 };
  for await (let piece of bytes) {
    written(piece.length);
    while (piece.length > 0) {
      while (place.length === 0) place = { ...(places.next().value ?? tooMuch()) };
      const count = await writeAt(file, piece.subarray(0, place.length), place.offset);
      place = { offset: place.offset + count, length: place.length - count };
      piece = piece.subarray(count);
    }
  }
  if (segments) await onDisk(() => file.truncate(index.size(at)));
}

function tooMuch(): never {
  throw new RangeError('a sparse file has no more bytes than its map');
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  return (await onDisk(() => file.write(bytes, 0, bytes.length, position))).bytesWritten;
}

/** That a system cannot have a name, or has it already (`a` and `A` may be one), is the image's doing and no failure. */
const unusableCodes: ReadonlySet<string> = new Set([
  'EEXIST',
  'EILSEQ',
  'EINVAL',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOTDIR',
  'ELOOP',
  'EMLINK',
]);

async function isUsable(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    const { code = '', syscall } = error as NodeJS.ErrnoException;
    // Without a privilege Windows makes no symlinks.
    const isRefused = code === 'EPERM' && (syscall === 'symlink' || syscall === 'link');
    if (unusableCodes.has(code) || isRefused) return false;
    throw ioError(error, 'the export could not be written');
  }
}

async function onDisk<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw ioError(error, 'the export could not be written');
  }
}

/** Windows takes backslashes for slashes, and some names for devices. */
function isPossibleName(name: Uint8Array): boolean {
  if (name.length === 0 || name.includes(0)) return false;
  const text = Buffer.from(name).toString('latin1');
  if (text === '.' || text === '..' || text.includes('/')) return false;
  if (process.platform !== 'win32') return true;
  const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
  return !/[\\:*?"<>|\0-\x1f]|[. ]$/.test(text) && !device.test(text);
}

function keyOf(path: Uint8Array): string {
  return Buffer.from(path).toString('latin1');
}

function timeOf({ mtime }: Facts): number {
  return Number.isFinite(mtime) ? Math.min(Math.max(mtime, 0), lastTime) : 0;
}
