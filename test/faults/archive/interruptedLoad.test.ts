import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLoadWorld } from '../../support/archives/loadWorld.ts';
import { classicArchive, plainImage } from '../../support/archives/sampleArchives.ts';
import { commandResult, jsonLines, runCommandLine, startCommandLine } from '../../support/commandLine.ts';
import { file, tarOf } from '../../support/tarWriter.ts';

const big = plainImage(['one', 'two'], ['acme/big:1'], 3_000_000);

describe('a load that is interrupted', function () {
  this.timeout(60_000);
  let store: string;
  beforeEach(async () => {
    store = await mkdtemp(join(tmpdir(), 'strata-interrupted-'));
  });
  afterEach(async () => {
    await rm(store, { recursive: true, force: true });
  });

  const ingests = () => readdir(join(store, 'strata', 'ingest')).catch(() => []);

  /** A load that has half of the archive and waits for more. */
  async function startHalf() {
    const child = startCommandLine(['--store', store, 'load']);
    child.stdin?.on('error', () => undefined);
    child.stdin?.write(classicArchive(big).subarray(0, 4_000_000));
    while ((await ingests()).length === 0) await sleep(20);
    await sleep(200);
    return child;
  }

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`by ${signal} leaves nothing`, async () => {
      const child = await startHalf();
      child.kill(signal);
      const result = await commandResult(child);
      assert.deepEqual([result.code, result.stdout, result.stderr], [code, '', '']);
      assert.deepEqual(await ingests(), []);
    });
  }

  it('by SIGKILL leaves what gc clears away and counts', async () => {
    const child = await startHalf();
    child.kill('SIGKILL');
    await once(child, 'close');
    assert.equal((await ingests()).length, 1);
    const { stdout } = await runCommandLine(['--store', store, 'store', 'info', '--json']);
    const [usage] = jsonLines(stdout) as { reclaimableBytes: number; images: number }[];
    assert.ok((usage?.reclaimableBytes ?? 0) > 100_000, stdout);
    assert.equal((await runCommandLine(['--store', store, 'store', 'gc'])).code, 0);
    assert.deepEqual(await ingests(), []);
    assert.deepEqual((await runCommandLine(['--store', store, 'images', '-q'])).stdout, '');
  });
});

describe('a load of much', function () {
  this.timeout(60_000);

  it('takes no more memory for it', async () => {
    await using world = await openLoadWorld();
    const header = tarOf(file('not-needed', '', { size: 400_000_000 })).subarray(0, 512);
    const source = async function* () {
      yield Uint8Array.from(header);
      for (let left = 400_000_000; left > 0; left -= 100_000) yield new Uint8Array(100_000);
      yield Uint8Array.from(classicArchive(plainImage(['base'], ['acme/small:1'])).subarray(0));
    };
    const before = process.memoryUsage.rss();
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, 20);
    // 400,000,000 is a whole number of blocks.
    await world.load(source());
    clearInterval(watch);
    assert.ok(most - before < 250e6, `took ${most - before} bytes`);
    assert.equal((await world.images()).length, 1);
  });
});
