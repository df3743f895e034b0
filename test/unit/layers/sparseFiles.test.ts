import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { LayerIndex } from '../../../src/engine/layers/layerIndex.ts';
import { indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import { entryOf, file, padded, type TarItem, tarOf } from '../../support/tarWriter.ts';

const data = Buffer.from('AAAABB');
/** `AAAA` at 10, `BB` at 20, 32 bytes long. */
const whole = Buffer.alloc(32);
whole.write('AAAA', 10);
whole.write('BB', 20);

function octal12(header: Buffer, at: number, value: number): void {
  header.write(value.toString(8).padStart(11, '0'), at, 'latin1');
}

function oldGnu(facts: Partial<TarItem> = {}, pairs = [10, 4, 20, 2], realSize = 32): TarItem {
  const patch = (header: Buffer) => {
    for (const [index, value] of pairs.entries()) octal12(header, 386 + index * 12, value);
    octal12(header, 483, realSize);
  };
  return { path: 'sparse', content: data, format: 'gnu', typeFlag: 'S', patch, ...facts };
}

/** The map's first pair is in the header, the second in an extension block behind it. */
function extendedGnu(): Buffer {
  const patch = (header: Buffer) => {
    octal12(header, 386, 10);
    octal12(header, 398, 4);
    header[482] = 1;
    octal12(header, 483, 32);
  };
  const header = entryOf(oldGnu({ content: '', size: data.length, patch }));
  const extension = Buffer.alloc(512);
  octal12(extension, 0, 20);
  octal12(extension, 12, 2);
  return Buffer.concat([header, extension, padded(data)]);
}

/** Format 0.0 says offset and size once for each segment, so that its records are no map. */
function pairsInPax(): Buffer {
  const texts = ['GNU.sparse.size=32', 'GNU.sparse.numblocks=2'];
  texts.push(
    'GNU.sparse.offset=10',
    'GNU.sparse.numbytes=4',
    'GNU.sparse.offset=20',
    'GNU.sparse.numbytes=2',
  );
  const records = texts.map((text) => `${text.length + 4} ${text}\n`).join('');
  return Buffer.concat([
    entryOf({ path: 'pax', typeFlag: 'x', content: records }),
    entryOf({ path: 'sparse', content: data }),
  ]);
}

const leadingMap = padded(Buffer.from('2\n10\n4\n20\n2\n'));

const formats: readonly (readonly [what: string, tar: Buffer])[] = [
  ['of old GNU', tarOf(oldGnu())],
  ['of old GNU with an extended map', tarOf(extendedGnu())],
  ['of PAX 0.0', tarOf(pairsInPax())],
  [
    'of PAX 0.1',
    tarOf(file('x', data, { pax: paxSparse({ 'GNU.sparse.size': '32', 'GNU.sparse.map': '10,4,20,2' }) })),
  ],
  ['of PAX 1.0', tarOf(file('x', Buffer.concat([leadingMap, data]), { pax: paxSparse(realSize(32)) }))],
];

function paxSparse(records: Record<string, string>): Record<string, string> {
  return { 'GNU.sparse.name': 'sparse', ...records };
}

function realSize(size: number): Record<string, string> {
  return { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': String(size) };
}

const broken: readonly (readonly [what: string, tar: Buffer])[] = [
  ['whose segments overlap', tarOf(oldGnu({}, [10, 4, 12, 2]))],
  ['whose segments go beyond its size', tarOf(oldGnu({}, [10, 4, 31, 2]))],
  ['whose segments are not as long as its content', tarOf(oldGnu({}, [10, 4, 20, 3]))],
  [
    'whose list has half a pair',
    tarOf(file('x', data, { pax: { 'GNU.sparse.size': '32', 'GNU.sparse.map': '1,2,3' } })),
  ],
  [
    'whose list has no numbers',
    tarOf(file('x', data, { pax: { 'GNU.sparse.size': '32', 'GNU.sparse.map': 'a,b' } })),
  ],
  ['without a size', tarOf(file('x', data, { pax: { 'GNU.sparse.map': '0,6' } }))],
  ['whose map has no end', tarOf(file('x', Buffer.alloc(1024, '9'), { pax: paxSparse(realSize(32)) }))],
  ['whose map is longer than its content', tarOf(file('x', '3\n1\n1\n', { pax: paxSparse(realSize(32)) }))],
];

describe('a sparse file in a layer', () => {
  const folder = temporaryFolder();

  for (const [what, tar] of formats) {
    it(`${what} has its real size, its segments and the digest of its whole content`, async () => {
      const index = await indexOfTar(tar, folder);
      const at = placeOf(index, '/sparse');
      assert.equal(index.size(at), 32);
      assert.equal(index.contentSize, 32);
      assert.deepEqual(index.segments(at), [
        { offset: 10, length: 4 },
        { offset: 20, length: 2 },
      ]);
      assert.deepEqual(Buffer.from(index.contentHash(at)), createHash('sha256').update(whole).digest());
      const start = index.dataOffset(at);
      assert.equal(tar.subarray(start, start + 6).toString(), 'AAAABB');
    });
  }

  it('of nothing but a hole is as long as it says', async () => {
    const index = await indexOfTar(
      tarOf(oldGnu({ content: '' }, [3_000_000, 0], 3_000_000), file('z')),
      folder,
    );
    const at = placeOf(index, '/sparse');
    assert.equal(index.size(at), 3_000_000);
    const zeros = createHash('sha256').update(Buffer.alloc(3_000_000)).digest();
    assert.deepEqual(Buffer.from(index.contentHash(at)), zeros);
    placeOf(index, '/z');
  });

  it('of 8 TiB in a tar of a few blocks is a bomb', async () => {
    const records = { 'GNU.sparse.size': String(8 * 2 ** 40), 'GNU.sparse.map': '0,6' };
    await assert.rejects(indexOfTar(tarOf(file('x', data, { pax: records })), folder), {
      reason: 'TooLarge',
    });
  });

  it('with an absurd number of segments is refused', async () => {
    const map = padded(Buffer.from('99999999\n'));
    const tar = tarOf(file('x', map, { pax: paxSparse(realSize(32)) }));
    await assert.rejects(indexOfTar(tar, folder), { reason: 'TooLarge' });
  });

  for (const [what, tar] of broken) {
    it(`${what} is refused`, async () => {
      await assert.rejects(indexOfTar(tar, folder), { reason: 'Corrupt' });
    });
  }
});

function placeOf(index: LayerIndex, path: string): number {
  const at = index.find(Buffer.from(path));
  assert.notEqual(at, undefined, `${path} is not there`);
  return at ?? -1;
}
