import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LayerIndex } from '../../../src/engine/layers/layerIndex.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { indexOfTar, readLayer, temporaryFolder } from '../../support/layerReading.ts';
import { directory, file, hardlink, symlink, tarOf } from '../../support/tarWriter.ts';

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

  describe('of a large file', () => {
    const path = join(folder, 'large');
    const pages = 6;
    const part = (at: number) => [
      directory(`srv/part-${at}`),
      file(`srv/part-${at}/text`, `text ${at}`, { pax: { 'SCHILY.xattr.user.part': String(at) } }),
      hardlink(`srv/part-${at}/same`, `srv/part-${at}/text`),
      symlink(`srv/part-${at}/link`, '../'.repeat(at % 200)),
      file(`srv/.wh.gone-${at}`),
    ];

    before(() => readLayer(tarOf(...Array.from({ length: 700 }, (_, at) => part(at)).flat()), path));

    it('says the same, whether it was read at once or page by page', async () => {
      const [whole, paged] = [await LayerIndex.open(path), await LayerIndex.open(path, { wholeBytes: 0 })];
      assert.ok(statSync(path).size > pages * 65_536);
      // From the last to the first, since that is not how the file stands on the disk.
      for (let at = whole.length; at >= 0; at--)
        assert.deepEqual(allOf(paged, at), allOf(whole, at), `${at}`);
      assert.deepEqual(paged.children('/srv', 0), whole.children('/srv', 0));
      assert.equal(paged.hasHardLinks, true);
    });

    it('reads what it is asked for when it is asked, and goes on where the file has gone', async () => {
      const copy = join(folder, 'copy');
      copyFileSync(path, copy);
      const index = await LayerIndex.open(copy, { wholeBytes: 0 });
      rmSync(copy);
      assert.equal(index.find(Buffer.from('/srv/part-400/link')) !== undefined, true);
      assert.equal(Array.from(index.rows(0)).length, index.length - 1);
    });

    it('is Corrupt, and gone, once a page with another byte is come to', async () => {
      const bytes = readFileSync(path);
      const broken = join(folder, 'broken-page');
      for (let at = 1000; at < bytes.length; at += 16_411) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 0x40;
        writeFileSync(broken, changed);
        await assert.rejects(readAll(broken), { reason: 'Corrupt' }, `byte ${at}`);
      }
      const index = await LayerIndex.open(path, { wholeBytes: 0 });
      assert.equal(index.isDamaged, false);
    });

    async function readAll(file: string): Promise<void> {
      const index = await LayerIndex.open(file, { wholeBytes: 0 });
      try {
        for (let at = 0; at < index.length; at++) allOf(index, at);
      } catch (error) {
        assert.equal(index.isDamaged, true);
        assert.equal(existsSync(file), false);
        throw error;
      }
    }
  });
});

function allOf(index: LayerIndex, at: number) {
  return {
    row: index.row(at, 0),
    kind: index.kindCode(at),
    device: index.device(at),
    dataOffset: index.dataOffset(at),
    content: Buffer.from(index.contentHash(at)).toString('hex'),
    xattrs: index.xattrs(at),
    segments: index.segments(at),
  };
}
