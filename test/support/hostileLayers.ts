import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { mediaType } from '../../src/engine/oci/mediaType.ts';
import type { HostileLayer } from './hostileLayout.ts';
import { entryOf, file, type TarItem, tarOf } from './tarWriter.ts';

/** A layer of the given tar, told truly unless something else is said. */
export function plainLayer(tar: Uint8Array, facts: Partial<HostileLayer> = {}): HostileLayer {
  return { bytes: tar, diffId: digestOfAll([tar]), ...facts };
}

/** The same, packed. */
export function gzipLayer(tar: Uint8Array, facts: Partial<HostileLayer> = {}): HostileLayer {
  return plainLayer(tar, { bytes: gzipSync(tar), mediaType: mediaType.ociLayerGzip, ...facts });
}

const pieceOfZeros = Buffer.alloc(64 * 1024 * 1024);

/** Four megabytes that unpack to more than 4 GiB of zeros behind a small file; no header admits to them. */
export function bomb(): HostileLayer {
  const zeros = gzipSync(pieceOfZeros);
  const bytes = Buffer.concat([gzipSync(tarOf(file('a', 'b'))), ...Array.from({ length: 66 }, () => zeros)]);
  return { bytes, diffId: digestOfAll([]), mediaType: mediaType.ociLayerGzip };
}

/** The item so many times, packed: few bytes, however many there are. Not told truly, since it is to be refused before. */
export function repeated(item: TarItem, times: number): HostileLayer {
  const perPiece = Math.min(times, 2000);
  const one = entryOf(item);
  const piece = gzipSync(Buffer.concat(Array.from({ length: perPiece }, () => one)), { level: 1 });
  const bytes = Buffer.concat(Array.from({ length: Math.ceil(times / perPiece) }, () => piece));
  return { bytes, diffId: digestOfAll([]), mediaType: mediaType.ociLayerGzip };
}

/** Empty files in folders of a thousand (`/usr/folder-0007-9992`); the paths are all different. */
export function manyFiles(folders: number): HostileLayer {
  const names = Array.from({ length: 1000 }, (_, at) => `${folderName(0)}/file-${at}`);
  const piece = Buffer.concat(names.map((name) => entryOf(file(name, ''))));
  const hash = createHash('sha256');
  const packed = Array.from({ length: folders }, (_, folder) => {
    // A million headers made anew would take longer than all that is done with them.
    const name = folderName(folder);
    for (let at = 0; at < piece.length; at += 512) piece.write(name, at, 'latin1');
    hash.update(piece);
    return zstdCompressSync(piece);
  });
  const diffId = `sha256:${hash.digest('hex')}`;
  return { bytes: Buffer.concat(packed), diffId, mediaType: mediaType.ociLayerZstd };
}

/** Its digits have the same sum whatever the number is, and so have the headers that it is in. */
function folderName(number: number): string {
  const digits = (value: number) => String(value).padStart(4, '0');
  return `usr/folder-${digits(number)}-${digits(9999 - number)}`;
}

function digestOfAll(pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return `sha256:${hash.digest('hex')}`;
}
