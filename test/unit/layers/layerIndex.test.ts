import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LayerIndex } from '../../../src/engine/layers/layerIndex.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { indexOfTar, readLayer, temporaryFolder } from '../../support/layerReading.ts';
import { directory, file, hardlink, tarOf } from '../../support/tarWriter.ts';

const tar = tarOf(
  directory('etc'),
  file('etc/passwd', 'root'),
  file('etc/.wh.shadow'),
  file('etc/apt/sources', 'deb'),
  file('etc-x'),
);

describe('a layer index', () => {
  const folder = temporaryFolder();

  it('says of the layer what reading it has told', async () => {
    const { diffId, uncompressedSize, contentSize, length, hasHardLinks } = await indexOfTar(tar, folder);
    assert.deepEqual(
      { diffId, uncompressedSize, contentSize, length, hasHardLinks },
      { diffId: digestOf(tar), uncompressedSize: tar.length, contentSize: 7, length: 6, hasHardLinks: false },
    );
    assert.equal((await indexOfTar(tarOf(file('a'), hardlink('b', 'a')), folder)).hasHardLinks, true);
  });

  it('gives the children of a folder, folders that are only implied and whiteouts included', async () => {
    const index = await indexOfTar(tar, folder);
    const shown = (path: string) =>
      index.children(path, 7).map((row) => `${row.type} ${row.path} ${row.layer}`);
    assert.deepEqual(shown('/'), ['directory /etc 7', 'file /etc-x 7']);
    assert.deepEqual(shown('/etc'), ['directory /etc/apt 7', 'file /etc/passwd 7', 'whiteout /etc/shadow 7']);
    assert.deepEqual(shown('/nowhere'), []);
  });

  it('does not count implied folders among its own entries', async () => {
    const index = await indexOfTar(tar, folder);
    const paths = Array.from(index.rows(0), ({ path }) => path);
    assert.deepEqual(paths, ['/etc', '/etc-x', '/etc/apt/sources', '/etc/passwd', '/etc/shadow']);
  });

  it('is NotFound where there is no file', async () => {
    await assert.rejects(LayerIndex.open(join(folder, 'none')), { reason: 'NotFound' });
  });

  it('is Corrupt whichever byte of its file is another, and wherever the file ends', async () => {
    const path = join(folder, 'whole');
    await readLayer(tar, path);
    const bytes = readFileSync(path);
    const broken = join(folder, 'broken');
    for (let at = 0; at < bytes.length; at += 17) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(broken, changed);
      await assert.rejects(LayerIndex.open(broken), { reason: 'Corrupt' }, `byte ${at}`);
    }
    for (const length of [0, 8, 300, bytes.length - 8, bytes.length - 1]) {
      writeFileSync(broken, bytes.subarray(0, length));
      await assert.rejects(LayerIndex.open(broken), { reason: 'Corrupt' }, `length ${length}`);
    }
  });
});
