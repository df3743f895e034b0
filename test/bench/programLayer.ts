import { pseudoRandom, pseudoRandomBytes } from '../support/pseudoRandom.ts';
import { directory, entryOf, file, tarOf } from '../support/tarWriter.ts';

/** A tar of so many files of a megabyte, of text and noise as a layer of programs has: it packs to about 45 percent. */
export function* programPieces(megabytes: number): Generator<Buffer> {
  yield entryOf(directory('data'));
  const noise = pseudoRandomBytes(200_000, 1);
  const text = words(800_000);
  for (let at = 0; at < megabytes; at++)
    yield entryOf(file(`data/${at}`, Buffer.concat([Buffer.from(String(at)), noise, text])));
  yield tarOf();
}

/** Text that packs about as well as programs do. */
function words(length: number): Buffer {
  const random = pseudoRandom(2);
  const vocabulary = Array.from({ length: 3000 }, () => pseudoWord(random));
  let text = '';
  while (text.length < length) text += vocabulary[Math.floor(random() ** 2 * vocabulary.length)];
  return Buffer.from(text).subarray(0, length);
}

function pseudoWord(random: () => number): string {
  const letters = Array.from({ length: 3 + Math.floor(random() * 8) }, () => 97 + Math.floor(random() * 26));
  return `${String.fromCharCode(...letters)} `;
}
