import { type FileHandle, open } from 'node:fs/promises';
import { EngineError, ioError } from '../errors.ts';
import { crc32 } from './crc32.ts';
import {
  alignment,
  columns,
  endianMark,
  formatVersion,
  headerBytes,
  magic,
  tableOffset,
} from './layerIndexFormat.ts';

/** Read and hashed at a time, so that the host's thread is never held for long. */
const sliceBytes = 2 * 1024 * 1024;

/**
 * The bytes of an index file whose checksum is right.
 * @throws `Corrupt` where it is damaged or of another version, `NotFound`, `Io`
 */
export async function readIndexFile(file: string): Promise<ArrayBuffer> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    if (size < headerBytes || size % alignment !== 0) throw damaged(file);
    return await readChecked(handle, size, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new EngineError('NotFound', 'the layer has no index yet', { path: file }, error);
    }
    throw ioError(error, 'the layer index could not be read');
  }
}

async function readChecked(handle: FileHandle, size: number, file: string): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  const read = (at: number) => handle.read(bytes, at, Math.min(sliceBytes, size - at), at);
  let checksum = 0;
  let at = 0;
  let reading = read(at);
  while (at < size) {
    const { bytesRead } = await reading;
    if (bytesRead === 0) throw damaged(file);
    const end = at + bytesRead;
    // The next slice comes while this one is hashed.
    if (end < size) reading = read(end);
    const columnBytes = bytes.subarray(Math.max(at, headerBytes), Math.max(end, headerBytes));
    checksum = crc32(columnBytes, checksum);
    at = end;
  }
  if (!isCurrentHeader(bytes, crc32(bytes.subarray(tableOffset, headerBytes), checksum))) throw damaged(file);
  return bytes.buffer;
}

function isCurrentHeader({ buffer }: Uint8Array<ArrayBuffer>, checksum: number): boolean {
  const start = Buffer.from(buffer, 0, magic.length).toString('latin1');
  const numbers = new Uint32Array(buffer, magic.length, (tableOffset - magic.length) / 4);
  const expected = [endianMark, formatVersion, checksum, columns.length];
  return start === magic && expected.every((number, at) => numbers[at] === number);
}

function damaged(file: string): EngineError {
  return new EngineError('Corrupt', 'the layer index is damaged or of another version', { path: file });
}
