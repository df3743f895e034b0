import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { EngineError, ioError } from '../errors.ts';
import {
  alignment,
  checksumOffset,
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
  const hash = createHash('sha256');
  let at = 0;
  while (at < size) {
    const end = Math.min(size, at + sliceBytes);
    const { bytesRead } = await handle.read(bytes, at, end - at, at);
    if (bytesRead === 0) throw damaged(file);
    hash.update(bytes.subarray(Math.max(at, headerBytes), Math.max(at + bytesRead, headerBytes)));
    at += bytesRead;
  }
  const checksum = hash.update(bytes.subarray(tableOffset, headerBytes)).digest();
  const isOurs = isCurrentHeader(bytes) && checksum.equals(bytes.subarray(checksumOffset, tableOffset));
  if (!isOurs) throw damaged(file);
  return bytes.buffer;
}

function isCurrentHeader(bytes: Uint8Array<ArrayBuffer>): boolean {
  const [mark, version] = new Uint32Array(bytes.buffer, magic.length, 2);
  const start = Buffer.from(bytes.buffer, 0, magic.length).toString('latin1');
  return start === magic && mark === endianMark && version === formatVersion;
}

function damaged(file: string): EngineError {
  return new EngineError('Corrupt', 'the layer index is damaged or of another version', { path: file });
}
