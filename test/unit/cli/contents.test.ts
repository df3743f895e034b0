import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { jsonLines, runCommandLine, runInProcess, startCommandLine } from '../../support/commandLine.ts';
import { type SampleRegistry, startSampleRegistry } from '../../support/sampleRegistry/start.ts';

type Row = Readonly<Record<string, unknown>>;

describe('the verbs that look at images, with --json', function () {
  this.timeout(60_000);
  let registry: SampleRegistry;
  let store: string;
  let name: string;

  before(async () => {
    registry = await startSampleRegistry();
    store = await mkdtemp(join(tmpdir(), 'strata-test-'));
    name = `${registry.host}/acme/web`;
    const { code, stdout, stderr } = await runCommandLine([
      'pull',
      name,
      '--platform',
      'linux/amd64',
      '--store',
      store,
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /\nStatus: Downloaded newer image for /);
  });

  after(async () => {
    await registry.close();
    await rm(store, { recursive: true, force: true });
  });

  async function rows(...commandLine: string[]): Promise<Row[]> {
    const { code, stdout, stderr } = await runInProcess(['--store', store, '--json', ...commandLine]);
    assert.deepEqual([code, stderr], [0, '']);
    const parsed = jsonLines(stdout) as Row[];
    for (const row of parsed) for (const value of Object.values(row)) assert.notEqual(value, '');
    return parsed;
  }

  it('digest and manifest agree', async () => {
    const [digest] = await rows('digest', name);
    const { stdout } = await runInProcess(['manifest', name, '--raw']);
    assert.deepEqual(Object.keys(digest ?? {}), ['reference', 'digest', 'mediaType', 'size']);
    assert.equal(digest?.digest, digestOf(stdout));
    assert.equal(digest?.size, Buffer.byteLength(stdout));
    assert.deepEqual(await rows('manifest', name), [JSON.parse(stdout)]);
  });

  it('tags come newest first, and as many as are wanted', async () => {
    const tags = await rows('tags', name);
    assert.deepEqual(
      tags.map(({ tag }) => tag),
      ['latest', '2.0.0', '2', '1.4.1', '1.4.0', '1.4'],
    );
    assert.deepEqual(tags[1], { tag: '2.0.0', reference: `${name}:2.0.0` });
    assert.deepEqual(await rows('tags', name, '--limit', '2'), tags.slice(0, 2));
  });

  it('tags say which of them are one image', async () => {
    const tags = await rows('tags', name, '--digests');
    const aliases = new Map(tags.map((row) => [row.tag, row.aliases]));
    const digests = new Map(tags.map((row) => [row.tag, row.digest]));
    for (const [tag, others] of aliases) {
      const same = [...digests.keys()].filter((other) => digests.get(other) === digests.get(tag));
      assert.deepEqual(
        others,
        same.filter((other) => other !== tag),
      );
    }
    assert.ok((aliases.get('1.4') as string[]).includes('1.4.1'), JSON.stringify([...aliases]));
  });

  it('layers are the manifest’s, with a row for every step of the history', async () => {
    const layers = await rows('layers', name);
    const [manifest] = await rows('manifest', name, '--platform', 'linux/amd64');
    const expected = ((manifest?.layers ?? []) as Row[]).map(({ digest, size, mediaType }) => [
      digest,
      size,
      mediaType,
    ]);
    assert.deepEqual(
      layers.filter(({ empty }) => !empty).map(({ digest, size, mediaType }) => [digest, size, mediaType]),
      expected,
    );
    assert.deepEqual(Object.keys(layers[0] ?? {}), [
      ...['index', 'digest', 'diffId', 'mediaType', 'size', 'uncompressedSize', 'createdBy', 'empty'],
      ...['added', 'modified', 'removed', 'wastedBytes'],
    ]);
    for (const [index, row] of layers.entries()) assert.equal(row.index, index);
    for (const row of layers.filter(({ empty }) => empty)) {
      const { digest, diffId, size, uncompressedSize, added, modified, removed } = row;
      assert.deepEqual([digest, diffId, size, uncompressedSize], [null, null, null, null]);
      assert.deepEqual([added, modified, removed], [0, 0, 0]);
    }
    assert.ok(layers.some(({ empty }) => empty));
  });

  it('files come in byte order of their paths, from layers that are there', async () => {
    const files = await rows('files', name);
    const layers = await rows('layers', name);
    const paths = files.map(({ path }) => Buffer.from(String(path)));
    assert.deepEqual(paths, paths.toSorted(Buffer.compare));
    const keys = ['path', 'type', 'size', 'mode', 'uid', 'gid', 'mtime', 'linkName', 'layer'];
    for (const row of files) {
      assert.deepEqual(Object.keys(row), keys);
      assert.match(String(row.path), /^\/.*[^/]$/s);
      assert.equal(layers[Number(row.layer)]?.empty, false);
      assert.equal(row.linkName !== null, row.type === 'symlink' || row.type === 'hardlink');
    }
    assert.ok(files.length > 50);
  });

  it('the files of each layer are its own', async () => {
    for (const { index, empty } of await rows('layers', name)) {
      if (empty) continue;
      for (const { layer } of await rows('files', name, '--layer', String(index))) assert.equal(layer, index);
    }
  });

  it('packages are those of the database that the image has', async () => {
    const packages = await rows('packages', name);
    assert.deepEqual(packages[0], {
      ...{ manager: 'dpkg', name: 'acme-base', version: '1.1' },
      ...{ architecture: 'all', source: 'acme-base' },
    });
    assert.deepEqual(
      packages.map((row) => row.name),
      ['acme-base', 'acme-hello', 'ca-certificates', 'libacme-trace2', 'openssl', 'tzdata'],
    );
    const { stdout } = await runInProcess(['--store', store, 'packages', name]);
    assert.match(stdout, /^PACKAGE +VERSION +ARCHITECTURE +SOURCE +MANAGER\n/);
    assert.match(stdout, /\nopenssl +1:3\.5\.6-1\+acme1 +amd64 +openssl +dpkg\n/);
  });

  it('a step that made no layer has no files to show', async () => {
    const empty = (await rows('layers', name)).find((row) => row.empty);
    const { code, stderr } = await runInProcess([
      '--store',
      store,
      'files',
      name,
      '--layer',
      String(empty?.index),
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /^Error: [^\n]*made no layer[^\n]*\n$/);
  });

  it('images have a row a tag', async () => {
    const [row, ...others] = await rows('images');
    assert.deepEqual(others, []);
    assert.deepEqual(Object.keys(row ?? {}), [
      'repository',
      'tag',
      'digest',
      'id',
      'created',
      'size',
      'platform',
    ]);
    assert.deepEqual([row?.repository, row?.tag, row?.platform], [name, 'latest', 'linux/amd64']);
    const [digest] = await rows('digest', name);
    assert.equal(row?.digest, digest?.digest);
  });

  it('a pull says what it did on stdout and how it went on stderr', async () => {
    const { code, stdout, stderr } = await runInProcess([
      '--store',
      store,
      'pull',
      `${name}:1.4.0`,
      '--json',
    ]);
    assert.equal(code, 0);
    const row = JSON.parse(stdout);
    assert.deepEqual(Object.keys(row), [
      'reference',
      'digest',
      'id',
      'platform',
      'status',
      'manifest',
      'platforms',
      'movedFrom',
      'verified',
    ]);
    assert.deepEqual([row.reference, row.status], [`${name}:1.4.0`, 'downloaded']);
    assert.match(stderr, /^1\.4\.0: Pulling from acme\/web\n/);
  });

  it('rmi says what went', async () => {
    const removed = await rows('rmi', `${name}:1.4.0`);
    assert.deepEqual(removed[0], { kind: 'untagged', name: `${name}:1.4.0` });
    assert.equal(removed.at(-1)?.kind, 'deleted');
  });

  it('the store says what it holds and that it is whole', async () => {
    const [usage] = await rows('store', 'info');
    assert.deepEqual(Object.keys(usage ?? {}), [
      ...['images', 'tags', 'blobs', 'totalBytes', 'uniqueBytes', 'sharedBytes', 'reclaimableBytes'],
      ...['savedBytes', 'danglingBytes'],
    ]);
    assert.deepEqual([usage?.images, usage?.tags, usage?.reclaimableBytes], [1, 1, 0]);
    assert.deepEqual(await rows('store', 'verify'), []);
    assert.deepEqual(await rows('store', 'gc'), [{ blobs: [], bytes: 0 }]);
  });

  it('a list whose reader has gone ends quietly', async () => {
    const child = startCommandLine(['--store', store, 'files', name]);
    child.stdin?.end();
    child.stdout?.destroy();
    let stderr = '';
    child.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, 'close');
    assert.deepEqual([code, stderr], [0, '']);
  });
});
