import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pseudoRandom } from '../support/pseudoRandom.ts';
import { directory, entryOf, file } from '../support/tarWriter.ts';

const blockSize = 512;
const names = [
  'index.js',
  'index.d.ts',
  'LICENSE',
  'README.md',
  'package.json',
  'util.js',
  'helpers.js',
  'main.mjs',
];

/** Writes a layer of so many entries, packed with gzip: packages of small files, as a large `node_modules` has them. */
export function writeLayer(path: string, entries: number, seed = 1): Promise<void> {
  return pipeline(
    Readable.from(tarPieces(entries, seed)),
    createGzip({ level: 1, chunkSize: 256 * 1024 }),
    createWriteStream(path),
  );
}

/** A tar without end blocks, which readers accept. Of another seed a file in a hundred has other bytes. */
export function* tarPieces(entries: number, seed = 1): Generator<Buffer> {
  const random = pseudoRandom(seed);
  const folder = entryOf(directory('d'));
  const member = entryOf(file('f', 'x'));
  for (let at = 0, start = 0; at < entries; start = at) {
    const name = `srv/app/node_modules/${start % 3 ? '' : '@scope/'}package-${(start * 7919) % 1_000_003}`;
    const piece = [named(folder, `${name}/`)];
    for (at++; at < Math.min(entries, start + 21); at++) {
      const [kind = ''] = [names[at % names.length]];
      const isOther = seed !== 1 && random() < 0.01;
      const content = `${name} ${at} ${isOther ? seed : ''}`.padEnd(60 + ((at * 31) % 400), '.');
      piece.push(filed(named(member, `${name}/lib/${at % 97}-${kind}`), content));
    }
    yield Buffer.concat(piece);
  }
}

/** Made from a finished entry, for a million of them are wanted. */
function named(entry: Buffer, path: string): Buffer {
  const copy = Buffer.from(entry);
  copy.fill(0, 0, 100).write(path, 0, 'latin1');
  return summed(copy);
}

function filed(entry: Buffer, content: string): Buffer {
  entry.fill(0, blockSize).write(content, blockSize, 'latin1');
  entry.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  return summed(entry);
}

function summed(entry: Buffer): Buffer {
  entry.fill(0x20, 148, 156);
  let sum = 0;
  for (let at = 0; at < blockSize; at++) sum += entry[at] ?? 0;
  entry.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return entry;
}
