import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commandResult, runCommandLine, startCommandLine } from '../../support/commandLine.ts';
import { type FaultyRegistry, startFaultyRegistry } from '../../support/faultyRegistry.ts';
import { randomImage } from '../../support/randomImage.ts';
import { skopeo } from '../../support/realParts/skopeo.ts';

const megabyte = 1024 * 1024;
const one = randomImage(['shared', 'a', 'b'], 2 * megabyte);
const two = randomImage(['shared', 'c', 'd'], 2 * megabyte);
const layers = new Set<string>(
  [one, two].flatMap(({ manifests }) =>
    manifests.flatMap(({ blobs }) => blobs.slice(1).map(({ descriptor }) => descriptor.digest)),
  ),
);

/** Two images that share a layer, pulled by processes that share a store. */
describe('two processes pulling into one store', function () {
  this.timeout(120_000);
  let registry: FaultyRegistry;
  let store: string;

  before(async () => {
    registry = await startFaultyRegistry(
      {
        'acme/one:1': one,
        'acme/two:1': two,
      },
      { blobDelay: 10 },
    );
  });
  after(() => registry.close());
  beforeEach(async () => {
    store = await mkdtemp(path.join(tmpdir(), 'strata-shared-store-'));
  });
  afterEach(() => rm(store, { recursive: true, force: true }));

  const reference = (name: string) => `${registry.host}/acme/${name}:1`;
  const start = (name: string) => startCommandLine(['--store', store, 'pull', reference(name)]);
  const strata = (...args: string[]) => runCommandLine(['--store', store, ...args], { timeLimit: 60_000 });

  async function assertWhole(...names: readonly string[]): Promise<void> {
    const verified = await strata('store', 'verify');
    assert.deepEqual([verified.code, verified.stderr], [0, '']);
    for (const name of names) {
      const copy = path.join(store, '..', `${path.basename(store)}-copy`);
      await skopeo(['copy', `oci:${store}:${reference(name)}`, `dir:${copy}`]);
      await rm(copy, { recursive: true });
    }
  }

  /** Digests of the layers asked for since, once a request. Configs are small enough to be asked for by both. */
  const layersFetched = (since: number) =>
    registry.requests
      .slice(since)
      .flatMap((request) => request.split('/blobs/').slice(1))
      .filter((digest) => layers.has(digest));

  it('fetches the same image once, and both say it is there', async () => {
    const since = registry.requests.length;
    const results = await Promise.all(
      [start('one'), start('one')].map((child) => commandResult(child, 60_000)),
    );
    assert.deepEqual(
      results.map(({ code, stderr }) => [code, stderr]),
      [
        [0, ''],
        [0, ''],
      ],
    );
    assert.equal(layersFetched(since).length, 3);
    await assertWhole('one');
  });

  it('fetches the layer that two images share once', async () => {
    const since = registry.requests.length;
    const results = await Promise.all(['one', 'two'].map((name) => commandResult(start(name), 60_000)));
    assert.deepEqual(
      results.map(({ code }) => code),
      [0, 0],
    );
    assert.equal(layersFetched(since).length, 5);
    await assertWhole('one', 'two');
  });

  for (const moment of [150, 450, 900]) {
    it(`stays whole when one is killed ${moment} ms after its start, and the next goes on where it was`, async () => {
      const killed = start('one');
      const other = start('two');
      await delay(moment);
      killed.kill('SIGKILL');
      const [{ code }] = await Promise.all([commandResult(other, 60_000), commandResult(killed)]);
      assert.equal(code, 0);
      await assertWhole('two');
      const again = await strata('pull', reference('one'));
      assert.deepEqual([again.code, again.stderr], [0, '']);
      await assertWhole('one', 'two');
      // One killed between a blob's last byte and its own tidying leaves an empty place, which gc clears.
      assert.equal((await strata('store', 'gc')).code, 0);
      assert.deepEqual(await readdir(path.join(store, 'strata', 'ingest')), []);
    });
  }

  it('keeps a live pull’s blobs while another process collects garbage', async () => {
    const pulling = commandResult(start('one'), 60_000);
    let ended = false;
    void pulling.finally(() => {
      ended = true;
    });
    while (!ended) assert.equal((await strata('store', 'gc')).code, 0);
    assert.equal((await pulling).code, 0);
    await assertWhole('one');
  });
});
