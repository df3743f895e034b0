import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { lstat, mkdtemp, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isEngineError, type Reason } from '../../../src/engine/errors.ts';
import type { ExportEvent } from '../../../src/engine/images/exportEvent.ts';
import { type ExportPlace, exportFiles } from '../../../src/engine/images/exportFiles.ts';
import { ExportWriter } from '../../../src/engine/images/exportWriter.ts';
import { encodePath } from '../../../src/engine/layers/entryText.ts';
import { UnionTree } from '../../../src/engine/layers/unionTree.ts';
import { filesOf, indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import { directory, file, hardlink, symlink, type TarItem, tarOf } from '../../support/tarWriter.ts';

async function* none(): AsyncGenerator<Uint8Array> {
  yield* [];
}

const never = new AbortController().signal;

type Done = Extract<ExportEvent, { kind: 'done' }>;

const large = Buffer.alloc(3_000_000, 'A line of a log that goes on for ever.\n');

const lower = tarOf(
  directory('app', { mode: 0o750, mtime: 1_500_000_000 }),
  file('app/run', '#!/bin/sh\n', { mode: 0o4755, mtime: 1_600_000_000 }),
  file('app/old', 'to be replaced'),
  file('app/log', large),
  hardlink('app/run2', 'app/run'),
  symlink('app/etc', '/etc'),
  symlink('app/up', '../../../..'),
  { path: 'app/null', type: 'character', device: [1, 3] },
  { path: 'app/pipe', type: 'fifo' },
  file(Buffer.from('app/caf\xe9', 'latin1'), 'Latin'),
  file('other', 'not below app'),
  file('app-b', 'not below app either'),
);
const upper = tarOf(
  file('app/old', 'replaced'),
  file('app/deep/er/file', 'deep'),
  hardlink('app/nothing', 'no/such'),
  directory('closed', { mode: 0o555 }),
  directory('sticky', { mode: 0o1777 }),
  file('closed/file', 'x', { mode: 0o400 }),
);

describe('exporting files of an image', () => {
  const scratch = temporaryFolder();
  const blobs = [join(scratch, 'lower'), join(scratch, 'upper')];
  let tree: UnionTree;
  let folder: string;

  before(async () => {
    writeFileSync(blobs[0] ?? '', gzipSync(lower));
    writeFileSync(blobs[1] ?? '', upper);
    tree = UnionTree.build([await indexOfTar(lower, scratch), await indexOfTar(upper, scratch)]);
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(scratch, 'target-'));
  });

  async function exported(
    path: string,
    place: Partial<ExportPlace> = {},
    { of = tree, files = blobs }: { of?: UnionTree; files?: readonly string[] } = {},
  ): Promise<Done> {
    const events: ExportEvent[] = [];
    const source = { tree: of, open: filesOf(of, files), path: encodePath(path) };
    await exportFiles(source, { folder, name: 'out', ...place }, (event) => events.push(event), never);
    const done = events.at(-1);
    assert.ok(done?.kind === 'done');
    return done;
  }

  /** A tree of one layer, which lies beside its index. */
  async function hostile(...items: readonly TarItem[]) {
    const tar = tarOf(...items);
    const blob = join(scratch, randomUUID());
    writeFileSync(blob, tar);
    return { of: UnionTree.build([await indexOfTar(tar, scratch)]), files: [blob] };
  }

  const everything = async () => (await readdir(folder, { recursive: true })).sort();

  it('writes a folder with all that is below it, and nothing beside it', async () => {
    await exported('/app');
    const names = await readdir(Buffer.from(join(folder, 'out')), { encoding: 'buffer' });
    assert.deepEqual(names.map((name) => name.toString('latin1')).sort(), [
      'caf\xe9',
      'deep',
      'etc',
      'log',
      'old',
      'run',
      'run2',
      'up',
    ]);
    assert.deepEqual(await readdir(folder), ['out']);
    assert.equal(await readFile(join(folder, 'out/deep/er/file'), 'utf8'), 'deep');
    assert.equal(await readFile(join(folder, 'out/old'), 'utf8'), 'replaced');
    assert.ok((await readFile(join(folder, 'out/log'))).equals(large));
    assert.equal(await readlink(join(folder, 'out/up')), '../../../..');
  });

  it('writes a single file, also through links', async () => {
    const { files, bytes } = await exported('/app/../app/run2');
    assert.equal(await readFile(join(folder, 'out'), 'utf8'), '#!/bin/sh\n');
    assert.deepEqual([files, bytes], [1, 10]);
  });

  it('writes a whole image', async () => {
    await exported('/');
    assert.deepEqual((await readdir(join(folder, 'out'))).sort(), [
      'app',
      'app-b',
      'closed',
      'other',
      'sticky',
    ]);
    assert.equal((await lstat(join(folder, 'out/sticky'))).mode & 0o7777, 0o1777);
  });

  it('keeps modes, times and hard links, and lets nobody run a file as somebody else', async () => {
    await exported('/app');
    const run = await lstat(join(folder, 'out/run'));
    assert.equal(run.mode & 0o7777, 0o755);
    assert.equal(run.mtimeMs, 1_600_000_000_000);
    assert.equal(run.ino, (await lstat(join(folder, 'out/run2'))).ino);
    const app = await lstat(join(folder, 'out'));
    assert.deepEqual([app.mode & 0o7777, app.mtimeMs], [0o750, 1_500_000_000_000]);
  });

  it('leaves holes as holes', async () => {
    const pax = { 'GNU.sparse.major': '0', 'GNU.sparse.map': '8000000,4', 'GNU.sparse.size': '16000000' };
    const sparse = await hostile(file('sparse', 'data', { pax }));
    await exported('/sparse', {}, sparse);
    const { size, blocks } = await lstat(join(folder, 'out'));
    assert.equal(size, 16_000_000);
    assert.ok(blocks * 512 < 1_000_000, `${blocks} blocks`);
    assert.equal((await readFile(join(folder, 'out'))).toString('utf8', 8_000_000, 8_000_004), 'data');
  });

  it('says what it left out', async () => {
    const { leftOut } = await exported('/app');
    const isRoot = process.getuid?.() === 0 && process.getgid?.() === 0;
    assert.deepEqual(leftOut, {
      devices: 2,
      links: 1,
      names: 0,
      owners: isRoot ? 0 : leftOut.owners,
      setIds: 1,
      attributes: 0,
    });
  });

  it('moves a folder into its place that nobody may write to', async () => {
    await exported('/closed');
    assert.equal((await lstat(join(folder, 'out'))).mode & 0o777, 0o555);
    await exported('/app', { overwrite: true });
    assert.deepEqual(await readdir(folder), ['out']);
  });

  describe('never writes outside its folder', () => {
    let outside: string;

    beforeEach(async () => {
      outside = await mkdtemp(join(scratch, 'outside-'));
      writeFileSync(join(outside, 'file'), 'untouched');
    });

    afterEach(async () => {
      assert.deepEqual(await readdir(outside), ['file']);
      assert.equal(readFileSync(join(outside, 'file'), 'utf8'), 'untouched');
    });

    it('through a link that the image puts before what is below it', async () => {
      const layer = await hostile(
        directory('d'),
        symlink('d/link', outside),
        file('d/link/file', 'hostile'),
        file('d/link/new', 'hostile'),
        symlink('d/link/more', '/etc'),
        directory('d/link/dir'),
      );
      await exported('/d', {}, layer);
    });

    it('through a link that the image puts behind what is below it', async () => {
      const layer = await hostile(
        directory('d/link'),
        file('d/link/file', 'hostile'),
        file('d/link/new', 'hostile'),
        symlink('d/link', outside),
      );
      await exported('/d', {}, layer);
    });

    it('below a name that is no folder of its own making, whatever the tree says', async () => {
      const root = join(folder, 'out');
      const writer = new ExportWriter(root);
      const item = (path: string) => ({ path: encodePath(path), own: { layer: 0, at: 0 } });
      const facts = { mode: 0o644, mtime: 0 };
      const nothing = { index: tree.index(0), at: 0, bytes: none() };
      assert.equal(await writer.folder(item('')), true);
      assert.equal(await writer.symlink(item('/link'), facts, Buffer.from(outside)), true);
      assert.equal(await writer.file(item('/link/new'), facts, nothing, () => undefined), false);
      assert.equal(await writer.symlink(item('/link/new'), facts, Buffer.from('x')), false);
      assert.equal(await writer.hardLink(item('/link'), item('/link/new')), false);
      assert.equal(await writer.folder(item('/link/new')), false);
      assert.equal(await writer.folder(item('/..')), false);
      assert.equal(await writer.folder(item('/link')), false);
    });

    it('through a hard link to a link', async () => {
      const layer = await hostile(
        directory('d'),
        symlink('d/a', join(outside, 'file')),
        hardlink('d/b', 'd/a'),
        file('d/b', 'hostile'),
      );
      await exported('/d', {}, layer);
    });

    it('through links in the folder that were there before', async () => {
      symlinkSync(outside, join(folder, 'app'));
      symlinkSync(join(outside, 'file'), join(folder, 'out'));
      await assert.rejects(exported('/app'), (error) => isEngineError(error, 'Conflict'));
      await exported('/app', { overwrite: true });
      assert.ok((await lstat(join(folder, 'out'))).isDirectory());
      await exported('/app/old', { overwrite: true, name: 'app' });
      assert.ok((await lstat(join(folder, 'app'))).isFile());
    });

    it('by a file in place of a link', async () => {
      symlinkSync(join(outside, 'file'), join(folder, 'out'));
      await exported('/app/run', { overwrite: true });
      assert.equal(await readFile(join(folder, 'out'), 'utf8'), '#!/bin/sh\n');
    });

    it('by removing what a replaced folder has links to', async () => {
      mkdirSync(join(folder, 'out'));
      symlinkSync(outside, join(folder, 'out/link'));
      await exported('/app', { overwrite: true });
    });

    for (const name of ['', '.', '..', '../outside', '/etc', 'a/b', 'a\\b', 'nul\0', 'C:']) {
      it(`under the name ${JSON.stringify(name)}`, async () => {
        await assert.rejects(exported('/app', { name }), (error) => isEngineError(error, 'Invalid'));
        assert.deepEqual(await everything(), []);
      });
    }
  });

  const refused: readonly (readonly [path: string, reason: Reason])[] = [
    ['/nothing', 'NotFound'],
    ['/app/up/no/../such', 'NotFound'],
    ['/app/null', 'Invalid'],
    ['/app/nothing', 'Invalid'],
  ];
  for (const [path, reason] of refused) {
    it(`refuses ${path} and leaves nothing behind: ${reason}`, async () => {
      await assert.rejects(exported(path), (error) => isEngineError(error, reason));
      assert.deepEqual(await everything(), []);
    });
  }

  it('leaves what was there as it was where it must not be replaced', async () => {
    writeFileSync(join(folder, 'out'), 'mine');
    await assert.rejects(exported('/app'), (error) => isEngineError(error, 'Conflict'));
    assert.equal(await readFile(join(folder, 'out'), 'utf8'), 'mine');
    assert.deepEqual(await everything(), ['out']);
  });

  it('writes nothing where the layer is not what was indexed', async () => {
    const changed = join(scratch, 'changed');
    writeFileSync(changed, Buffer.from(upper.toString('latin1').replace('replaced', 'forgery!'), 'latin1'));
    writeFileSync(join(folder, 'out'), 'mine');
    await assert.rejects(
      exported('/app', { overwrite: true }, { files: [blobs[0] ?? '', changed] }),
      (error) => isEngineError(error, 'DigestMismatch'),
    );
    assert.deepEqual(await everything(), ['out']);
    assert.equal(await readFile(join(folder, 'out'), 'utf8'), 'mine');
  });

  it('writes nothing where it is cancelled on the way', async () => {
    const cancel = new AbortController();
    const source = { tree, open: filesOf(tree, blobs), path: encodePath('/app') };
    const emit = (event: ExportEvent) => event.kind === 'written' && cancel.abort();
    await assert.rejects(exportFiles(source, { folder, name: 'out' }, emit, cancel.signal), (error) =>
      isEngineError(error, 'Cancelled'),
    );
    assert.deepEqual(await everything(), []);
  });

  it('says so where the folder cannot be written to', async () => {
    await assert.rejects(exported('/app', { folder: join(folder, 'none') }), (error) =>
      isEngineError(error, 'Io'),
    );
    chmodSync(folder, 0o700);
  });
});
