import { readFile } from 'node:fs/promises';

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endLength = 22;
const entryLength = 46;

export interface ZipEntry {
  readonly name: string;
  /** Bytes, unpacked. */
  readonly size: number;
}

/** What a zip file lists in its central directory (APPNOTE.TXT, 4.3.12 and 4.3.16), zip64 aside. */
export async function zipEntries(file: string): Promise<ZipEntry[]> {
  const zip = await readFile(file);
  const end = zip.lastIndexOf(Buffer.from(Uint32Array.of(endSignature).buffer), zip.length - endLength);
  if (end < 0) throw new Error(`${file} is not a zip file`);
  const entries: ZipEntry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== entrySignature) throw new Error(`${file} has a damaged directory`);
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const nameEnd = at + entryLength + (name ?? 0);
    entries.push({
      name: zip.toString('utf8', at + entryLength, nameEnd),
      size: zip.readUInt32LE(at + 24),
    });
    at = nameEnd + (extra ?? 0) + (comment ?? 0);
  }
  return entries;
}
