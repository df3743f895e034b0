import assert from 'node:assert/strict';
import { isEngineError } from '../../../src/engine/errors.ts';
import { UnionTree } from '../../../src/engine/layers/unionTree.ts';
import { indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import { pseudoRandom } from '../../support/pseudoRandom.ts';
import { directory, file, globalHeader, gnuLong, hardlink, symlink, tarOf } from '../../support/tarWriter.ts';

const sparse = { 'GNU.sparse.size': '99', 'GNU.sparse.map': '0,2,50,4' };
const sample = tarOf(
  globalHeader({ comment: 'sample' }),
  directory('d'),
  file('d/a', 'x'.repeat(600), { pax: { mtime: '1.5', 'SCHILY.xattr.user.a': 'b' } }),
  gnuLong('L', 'd/'.repeat(60)),
  file('short', 'y'),
  symlink('s', 'd/a'),
  hardlink('h', 'd/a'),
  file('holes', '123456', { pax: sparse }),
  file('d/.wh.b', ''),
  { path: 'dev', type: 'block', device: [8, 0] },
);

describe('a tar with random damage', () => {
  const folder = temporaryFolder();

  it('is read or refused, and never breaks the reader', async () => {
    const random = pseudoRandom(20_260_101);
    const outcomes = { read: 0, refused: 0 };
    for (let round = 0; round < 600; round++) {
      const damaged = Buffer.from(sample);
      for (let flips = 1 + Math.floor(random() * 4); flips > 0; flips--) {
        const at = Math.floor(random() * damaged.length);
        damaged[at] = Math.floor(random() * 256);
      }
      const cut = random() < 0.1 ? damaged.subarray(0, Math.floor(random() * damaged.length)) : damaged;
      try {
        const index = await indexOfTar(withChecksums(cut), folder);
        Array.from(UnionTree.build([index]).rows());
        outcomes.read++;
      } catch (error) {
        assert.ok(isEngineError(error, 'Corrupt', 'TooLarge', 'Unsupported'), `round ${round}: ${error}`);
        outcomes.refused++;
      }
    }
    assert.ok(outcomes.read > 80 && outcomes.refused > 80, JSON.stringify(outcomes));
  }).timeout(60_000);
});

/** Headers with right checksums, so that the damage reaches what is behind that check. */
function withChecksums(tar: Buffer): Buffer {
  for (let at = 0; at + 512 <= tar.length; at += 512) {
    const isHeader = tar.toString('latin1', at + 257, at + 262) === 'ustar';
    if (!isHeader) continue;
    const header = tar.subarray(at, at + 512);
    header.fill(' ', 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  }
  return tar;
}
