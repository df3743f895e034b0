import { limitText } from '../byteLimit.ts';
import { brokenDatabase, tooLargeDatabase } from './packageError.ts';
import { maxRecordBytes } from './packageLimits.ts';

const headerMagic = 'RpmP';
const slotMagic = 'Slot';
const blobMagic = 'BlbS';
const pageBytes = 4096;
const headerBytes = 32;
/** Of a slot, of a blob's head, and what offsets count in. */
const blockBytes = 16;

/**
 * The headers in RPM's own `Packages.db`: slots that say where each package's blob is, all numbers little-endian.
 * https://github.com/rpm-software-management/rpm/blob/rpm-4.18.x/lib/backend/ndb/rpmpkg.c
 * @throws `Corrupt`, `TooLarge`
 */
export function* ndbHeaders(bytes: Buffer, path: string): Generator<Buffer> {
  if (bytes.length < pageBytes || !hasMagic(bytes, 0, headerMagic)) {
    throw brokenDatabase(path, 'it is no RPM database');
  }
  const end = bytes.readUInt32LE(12) * pageBytes;
  if (end > bytes.length) throw brokenDatabase(path, 'it is shorter than its slots');
  // Blobs overlap in no sound database: together they cannot be more than the file.
  let left = bytes.length;
  for (let slot = headerBytes; slot < end; slot += blockBytes) {
    if (!hasMagic(bytes, slot, slotMagic)) throw brokenDatabase(path, 'a slot is damaged');
    const block = bytes.readUInt32LE(slot + 8);
    if (block === 0) continue;
    const blob = blobAt(bytes, block * blockBytes, bytes.readUInt32LE(slot + 4), path);
    left -= blob.length;
    if (left < 0) throw brokenDatabase(path, 'packages lie one over the other');
    yield blob;
  }
}

function blobAt(bytes: Buffer, start: number, index: number, path: string): Buffer {
  const data = start + blockBytes;
  if (data > bytes.length || !hasMagic(bytes, start, blobMagic) || bytes.readUInt32LE(start + 4) !== index) {
    throw brokenDatabase(path, 'a package is not where its slot says');
  }
  const length = bytes.readUInt32LE(start + 12);
  if (length > maxRecordBytes) {
    throw tooLargeDatabase(path, `a package has more than ${limitText(maxRecordBytes)}`);
  }
  if (data + length > bytes.length) throw brokenDatabase(path, 'a package is cut off');
  return bytes.subarray(data, data + length);
}

function hasMagic(bytes: Buffer, at: number, magic: string): boolean {
  return bytes.toString('latin1', at, at + magic.length) === magic;
}
