import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { ReadingProgress } from '../../src/engine/image.ts';
import { ImageEngine } from '../../src/engine/imageEngine.ts';
import { parsePlatform } from '../../src/engine/oci/platform.ts';
import { parseReference, withDigest } from '../../src/engine/oci/reference.ts';
import { runInProcess } from '../support/commandLine.ts';
import { collect } from '../support/registryFaults/testClient.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';

const platform = parsePlatform('linux/amd64');

describe('an image that is in a registry alone', function () {
  this.timeout(30_000);
  let folder: string;
  let registry: SampleRegistry;
  /** Looks into images where they are. */
  let engine: ImageEngine;
  /** Has pulled them. */
  let puller: ImageEngine;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'strata-remote-'));
    registry = await startSampleRegistry();
    engine = engineOn('remote');
    puller = engineOn('pulled');
    for (const name of ['web:1.4.1', 'web:2.0.0', 'tools:latest', 'legacy:3.2']) {
      for await (const _ of puller.pull(reference(name), { platform }));
    }
  });
  after(async () => {
    await engine?.[Symbol.asyncDispose]();
    await puller?.[Symbol.asyncDispose]();
    await registry?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const engineOn = (store: string) =>
    new ImageEngine({
      storeDirectory: path.join(folder, store),
      workerFile: path.join(import.meta.dirname, '../../src/engine/layers/layerWorker.ts'),
      credentials: async () => undefined,
      userAgent: 'strata-test',
    });
  const reference = (name: string) => parseReference(`${registry.host}/acme/${name}`);
  const remote = (name: string) => engine.remoteImage(reference(name), { platform });
  const pulled = (name: string) => puller.image(`${registry.host}/acme/${name}`);
  const filesIn = (folder: string) => readdir(folder, { recursive: true }).catch(() => []);

  for (const name of ['web:2.0.0', 'tools:latest', 'legacy:3.2']) {
    it(`has the files and layers that the pulled one has: ${name}`, async () => {
      const [there, here] = [await remote(name), await pulled(name)];
      assert.deepEqual([...(await engine.files(there))], [...(await puller.files(here))]);
      assert.deepEqual(await engine.layers(there), await puller.layers(here));
      assert.deepEqual(await engine.analyze(there), await puller.analyze(here));
      const row = (await engine.layers(there)).find(({ empty }) => !empty)?.index ?? 0;
      assert.deepEqual([...(await engine.layerFiles(there, row))], [...(await puller.layerFiles(here, row))]);
    });
  }

  it('has the name that it was asked for by, whatever it was asked for by before', async () => {
    const byTag = await remote('web:2.0.0');
    const { digest } = byTag.manifest;
    const byDigest = await engine.remoteImage(withDigest(reference('web'), digest));
    const again = await remote('web:2.0.0');
    assert.deepEqual(
      [byTag, byDigest, again].map(({ tags }) => tags[0]?.tag),
      ['2.0.0', undefined, '2.0.0'],
    );
    assert.equal(await engine.entry(byDigest, '/etc').then(({ row }) => row.type), 'directory');
  });

  it('leaves nothing of its layers in the store', async () => {
    await engine.files(await remote('web:2.0.0'));
    assert.deepEqual(await engine.images(), []);
    assert.deepEqual(await filesIn(path.join(folder, 'remote/blobs')), []);
  });

  it('gives the bytes of its files, through links too', async () => {
    const [there, here] = [await remote('web:2.0.0'), await pulled('web:2.0.0')];
    for (const file of [
      '/etc/passwd',
      '/usr/local/bin/web',
      '/srv/web/public/latest.css',
      '/srv/web/public/toolkit.js',
    ]) {
      const bytes = await buffer(await engine.readFile(there, file));
      assert.ok(bytes.equals(await buffer(await puller.readFile(here, file))), file);
    }
    await assert.rejects(engine.readFile(there, '/etc/nothing'), { reason: 'NotFound' });
  });

  it('is compared with another one, and with one of the store', async () => {
    const expected = await collect(puller.diff(await pulled('web:1.4.1'), await pulled('web:2.0.0')));
    assert.deepEqual(
      await collect(engine.diff(await remote('web:1.4.1'), await remote('web:2.0.0'))),
      expected,
    );
    for await (const _ of engine.pull(reference('base:1.1'), { platform }));
    const stored = await engine.image(`${registry.host}/acme/base:1.1`);
    const changes = await collect(engine.diff(stored, await remote('web:2.0.0')));
    assert.ok(changes.some(({ path, change }) => path === '/srv/web/bin/web.mjs' && change === 'added'));
  });

  it('says how far the reading is, and reads nothing twice', async () => {
    const fresh = engineOn('fresh');
    try {
      const image = await fresh.remoteImage(reference('cron:latest'), { platform });
      const steps: ReadingProgress[] = await collect(fresh.readLayers(image));
      const last = steps.at(-1);
      assert.ok(last && last.total > 0);
      assert.deepEqual([last.done, last.received], [last.layers, last.total]);
      assert.deepEqual(await collect(fresh.readLayers(image)), []);
    } finally {
      await fresh[Symbol.asyncDispose]();
    }
  });

  it('is searched for text', async () => {
    const [there, here] = [await remote('web:2.0.0'), await pulled('web:2.0.0')];
    const found = await collect(engine.findText(there, '/', { text: 'web' }));
    assert.ok(found.length > 1);
    assert.deepEqual(found, await collect(puller.findText(here, '/', { text: 'web' })));
  });

  it('is exported', async () => {
    const [there, here] = [await remote('web:2.0.0'), await pulled('web:2.0.0')];
    const written = await collect(engine.export(there, '/srv', { folder, name: 'there' }));
    const expected = await collect(puller.export(here, '/srv', { folder, name: 'here' }));
    assert.deepEqual({ ...written.at(-1), path: '' }, { ...expected.at(-1), path: '' });
    const files = (await filesIn(path.join(folder, 'here'))).sort();
    assert.deepEqual((await filesIn(path.join(folder, 'there'))).sort(), files);
    const bytes = (name: string) => readFile(path.join(folder, name, 'web/public/toolkit.js'));
    assert.ok((await bytes('there')).equals(await bytes('here')));
  });

  it('is refused where it is none', async () => {
    await assert.rejects(remote('web:nosuch'), { reason: 'NotFound' });
    const { digest } = await engine.resolve(reference('api:1.0.0'));
    await assert.rejects(remote(`api:sha256-${digest.slice('sha256:'.length)}.sig`), {
      reason: 'Unsupported',
    });
    const windows = parsePlatform('windows/amd64');
    await assert.rejects(engine.remoteImage(reference('web:2.0.0'), { platform: windows }), {
      reason: 'NoSuchPlatform',
    });
  });

  describe('on the command line', () => {
    const strata = (...words: readonly string[]) =>
      runInProcess(['--store', path.join(folder, 'cli'), ...words]);
    const name = () => `registry:${registry.host}/acme/tools:latest`;

    it('is looked into as one of the store', async () => {
      const files = await strata('files', '--json', name());
      assert.equal(files.code, 0, files.stderr);
      await strata('pull', name().slice('registry:'.length));
      const stored = await strata('files', '--json', name().slice('registry:'.length));
      assert.equal(files.stdout, stored.stdout);
      const diff = await strata('diff', name(), name().slice('registry:'.length));
      assert.deepEqual([diff.code, diff.stdout], [0, '']);
    });

    it('is not what a tag of the repository "registry" means', async () => {
      const { code, stderr } = await strata('files', 'registry:2');
      assert.equal(code, 1);
      assert.match(stderr, /registry:2/);
    });
  });
});
