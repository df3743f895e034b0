import { blockSize } from '../layers/tarHeader.ts';

/** One file or folder of an archive that is written. */
export interface TarMember {
  /** At most 100 bytes; a folder's ends with a slash. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** What octal digits can say of a size; GNU's base-256 says more, and every reader of today knows it. */
const maxOctalSize = 8 ** 11 - 1;

/**
 * A ustar header without anything that depends on when, where or by whom it is written.
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06
 */
export function tarHeaderBlock({ path, size }: TarMember): Uint8Array {
  const isFolder = path.endsWith('/');
  const block = Buffer.alloc(blockSize);
  if (block.write(path, 0, 100, 'utf8') < Buffer.byteLength(path)) throw new RangeError(`too long: ${path}`);
  block.write(isFolder ? '0000755\0' : '0000644\0', 100, 'latin1');
  block.write('0000000\0'.repeat(2), 108, 'latin1');
  writeSize(block, size);
  block.write('00000000000\0', 136, 'latin1');
  block.write(isFolder ? '5' : '0', 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function writeSize(block: Buffer, size: number): void {
  if (size <= maxOctalSize) {
    block.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
    return;
  }
  block[124] = 0x80;
  block.writeBigUInt64BE(BigInt(size), 128);
}

/** What fills the last block of so many bytes. */
export function tarPadding(size: number): Uint8Array {
  return Buffer.alloc((blockSize - (size % blockSize)) % blockSize);
}

/** A whole file: header, bytes and what fills its last block. */
export function* tarFile(path: string, bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  yield tarHeaderBlock({ path, size: bytes.length });
  yield bytes;
  yield tarPadding(bytes.length);
}

/** What ends a tar. */
export const tarEnd: Uint8Array = Buffer.alloc(2 * blockSize);
