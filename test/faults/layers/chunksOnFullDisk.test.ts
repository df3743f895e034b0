import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { fileContent } from '../../../src/engine/layers/fileContent.ts';
import { SeekableLayer } from '../../../src/engine/layers/seekableLayer.ts';
import { TarChunks } from '../../../src/engine/layers/tarChunks.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import { requirePart } from '../../support/requirePart.ts';
import { file, tarOf } from '../../support/tarWriter.ts';
import { tinyDisk } from '../../support/tinyDisk.ts';

describe('files of a packed layer on a full disk', () => {
  const folder = temporaryFolder();

  it('are read whole and without an error, and nothing half written is left', async function () {
    await using disk = await tinyDisk(5 * 1024);
    requirePart(this, 'the right to mount a tmpfs', disk);
    const large = Buffer.alloc(11_000_000, 'strata');
    const tar = tarOf(file('large', large), file('last', 'end'));
    const blob = join(folder, 'blob');
    writeFileSync(blob, gzipSync(tar, { level: 1 }));
    const index = await indexOfTar(tar, folder);
    const diffId = digestOf(tar);
    const chunks = new TarChunks({ folder: join(disk.path, 'chunks'), minFreeBytes: 0 });
    const layer = new SeekableLayer({ file: blob }, diffId, chunks);
    const read = (path: string) =>
      buffer(fileContent(layer, index, index.find(Buffer.from(path)) ?? assert.fail()));
    assert.ok((await read('/large')).equals(large));
    assert.equal(String(await read('/last')), 'end');
    assert.equal(chunks.isUsable, false);
    assert.ok((await read('/large')).equals(large));
    await layer.close();
    await chunks.settled();
    const kept = readdirSync(join(disk.path, 'chunks', ...diffId.split(':')));
    assert.deepEqual(
      kept.filter((name) => !/^[0-9]+$/.test(name)),
      [],
    );
  });
});
