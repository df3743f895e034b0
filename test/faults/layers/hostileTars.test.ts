import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isEngineError } from '../../../src/engine/errors.ts';
import { LayerIndex } from '../../../src/engine/layers/layerIndex.ts';
import { LayerPool } from '../../../src/engine/layers/layerPool.ts';
import { UnionTree } from '../../../src/engine/layers/unionTree.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { layerDescriptor, layerWorkerFile } from '../../support/layerDescriptor.ts';
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
    for (let round = 0; round < 1500; round++) {
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
    assert.ok(outcomes.read > 200 && outcomes.refused > 200, JSON.stringify(outcomes));
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

describe('a layer of a million entries', () => {
  const folder = temporaryFolder();
  const count = 1_000_000;
  const indexFile = join(folder, 'index');
  const layerFile = join(folder, 'layer');

  before(function () {
    this.timeout(60_000);
    writeFileSync(layerFile, manyFiles(count));
  });

  it('is indexed within 400 MB and 20 seconds', async () => {
    const descriptor = {
      ...layerDescriptor(Buffer.alloc(0)),
      digest: digestOf(readFileSync(layerFile)),
      size: count * 512,
    };
    await using pool = new LayerPool({ workerFile: layerWorkerFile });
    globalThis.gc?.();
    const before = process.memoryUsage.rss();
    let peak = before;
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 20);
    // Of the processor, all threads together: what else the machine does must not count.
    const start = process.cpuUsage();
    const { entries } = await pool.index({ descriptor, file: layerFile, indexFile }, undefined);
    clearInterval(timer);
    const { user, system } = process.cpuUsage(start);
    const seconds = (user + system) / 1e6;
    const megabytes = (peak - before) / 1e6;
    assert.equal(entries, count + 1001);
    assert.ok(seconds < 20, `${seconds.toFixed(1)} s`);
    assert.ok(megabytes < 400, `${megabytes.toFixed(0)} MB`);
  }).timeout(90_000);

  it('is opened in a moment, in little memory, and merged in seconds', async () => {
    const before = process.memoryUsage();
    const start = performance.now();
    const index = await LayerIndex.open(indexFile);
    const opened = performance.now() - start;
    const after = process.memoryUsage();
    const megabytes = (after.arrayBuffers - before.arrayBuffers) / 1e6;
    assert.ok(megabytes < 150, `${megabytes.toFixed(0)} MB`);
    // Ten times what an idle machine needs, so that a busy one does not fail.
    assert.ok(opened < 3000, `opened in ${opened.toFixed(0)} ms`);
    const union = UnionTree.build([index, index]);
    assert.equal(union.length, count + 1001);
    assert.equal(union.children('/').length, 1);
    assert.equal(union.children('/usr/folder-00007').length, 1000);
    assert.equal(performance.now() - start < 20_000, true);
  }).timeout(40_000);
});

/** Empty files in a thousand folders that no entry describes, as one tar without end blocks. */
function manyFiles(count: number): Buffer {
  const template = tarOf(file('usr/folder-00000/a-file-with-a-name-0000', '')).subarray(0, 512);
  const tar = Buffer.alloc(count * 512);
  for (let at = 0; at < count; at++) {
    const folderNumber = String(Math.floor(at / 1000)).padStart(5, '0');
    const header = tar.subarray(at * 512, (at + 1) * 512);
    header.set(template);
    header.write(
      `usr/folder-${folderNumber}/a-file-with-a-name-${String(at % 1000).padStart(4, '0')}`,
      'latin1',
    );
    header.fill(' ', 148, 156);
    let sum = 0;
    for (let byte = 0; byte < 345; byte++) sum += header[byte] ?? 0;
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  }
  return tar;
}
