import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { diffTrees } from '../../../src/engine/layers/diffTrees.ts';
import { LayerIndex } from '../../../src/engine/layers/layerIndex.ts';
import { UnionTree } from '../../../src/engine/layers/unionTree.ts';
import { timed } from '../../bench/cost.ts';
import { tarPieces } from '../../bench/manyEntries.ts';
import { programPieces } from '../../bench/programLayer.ts';
import { indexOfTar, readLayer, temporaryFolder } from '../../support/layerReading.ts';

const entries = 30_000;

/** CPU beside other work on the same machine, so that a slow or busy one changes little; what is usual is a tenth of these. */
describe('what the pass over a layer costs', () => {
  const folder = temporaryFolder();
  const small = Buffer.concat([...tarPieces(entries)]);

  for (const [what, tar, most] of [
    ['large files', Buffer.concat([...programPieces(20)]), 12],
    ['many small files', small, 40],
  ] as const) {
    it(`is not far from inflating and hashing alone, for ${what}`, async () => {
      const blob = gzipSync(tar, { level: 1 });
      const alone = await timed(() => {
        for (const bytes of [blob, gunzipSync(blob), tar]) createHash('sha256').update(bytes).digest();
      });
      const pass = await timed(async () => {
        await readLayer(blob, join(folder, 'layer'));
      });
      assert.ok(pass.cpu < most * Math.max(alone.cpu, 10), `${pass.cpu} ms beside ${alone.cpu} ms`);
    });
  }

  it('leaves an index of less than 150 bytes an entry, all of which is read', async () => {
    const file = join(folder, 'small');
    await readLayer(small, file);
    const { length } = await LayerIndex.open(file);
    assert.ok(length >= entries);
    assert.ok(statSync(file).size < 150 * length, `${statSync(file).size / length} bytes an entry`);
  });

  it('lets two images be compared at a cost like that of reading them', async () => {
    const [before, after] = [await indexOfTar(small, folder), await indexOfTar(changed(), folder)];
    const read = await timed(async () => {
      await indexOfTar(small, folder);
      await indexOfTar(changed(), folder);
    });
    let changes = 0;
    const diff = await timed(async () => {
      for await (const { change } of diffTrees(UnionTree.build([before]), UnionTree.build([after])))
        if (change === 'modified') changes++;
    });
    assert.ok(changes > entries / 400 && changes < entries / 25, `${changes} changes`);
    assert.ok(diff.cpu < 5 * read.cpu, `${diff.cpu} ms beside ${read.cpu} ms`);
  });
});

function changed(): Buffer {
  return Buffer.concat([...tarPieces(entries, 2)]);
}
