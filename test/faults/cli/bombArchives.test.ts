import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { extremeBytes } from '../../../src/engine/layers/limits.ts';
import { assertRefused } from '../../support/assertRefused.ts';
import { commandLineBuild } from '../../support/commandLine.ts';
import { buildCommandLine } from '../../support/extensionPackage.ts';
import { runMeasured } from '../../support/measuredCommand.ts';
import { inRepository } from '../../support/paths.ts';
import { file, tarOf } from '../../support/tarWriter.ts';

const megabytes = 2 ** 20;
const piece = 64 * megabytes;
const pieces = 1024;
const zeros = zstdCompressSync(Buffer.alloc(piece));

const header = (name: string, size: number) =>
  zstdCompressSync(tarOf(file(`${name}/layer.tar`, '', { base256: true, size })).subarray(0, 512));

interface Bomb {
  readonly what: string;
  /** Two megabytes that unpack to 64 GiB. */
  readonly archive: () => Uint8Array;
  /** Bytes that are unpacked before it is known for one. */
  readonly unpacked: number;
  /** Of the processor, all threads together, and several times what an idle machine needs; ms. */
  readonly limit: number;
}

const bombs: readonly Bomb[] = [
  {
    what: 'that says so in its first header: before any of it is unpacked',
    archive: () => Buffer.concat([header('all', pieces * piece), ...new Array<Buffer>(pieces).fill(zeros)]),
    unpacked: 0,
    limit: 6_000,
  },
  {
    what: 'of members that are each of some size: once it is beyond anything that gzip could be',
    archive: () =>
      Buffer.concat(Array.from({ length: pieces }, (_, at) => [header(String(at), piece), zeros]).flat()),
    unpacked: extremeBytes,
    limit: 20_000,
  },
];

describe('the command line refuses an archive of two megabytes that unpacks to 64 GiB', function () {
  this.timeout(120_000);
  let folder: string;

  before(async () => {
    await buildCommandLine();
    folder = await mkdtemp(join(tmpdir(), 'strata-bomb-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const { what, archive, unpacked, limit } of bombs) {
    it(what, async () => {
      const [bomb, store] = [join(folder, 'bomb.tar.zst'), join(folder, 'store')];
      await writeFile(bomb, archive());
      const build = { node: commandLineBuild.node, file: inRepository('dist/cli.js') };
      const run = await runMeasured(['--store', store, 'load', '-i', bomb], build);
      assertRefused(run, /more than \d+ (bytes|[KMG]iB), which is out of all proportion/);
      const said = Number(/\d{5,}/.exec(run.stderr)?.[0]);
      assert.ok(unpacked === 0 ? said > extremeBytes : said === unpacked, run.stderr);
      assert.ok(run.peakBytes < 400e6, `took ${(run.peakBytes / 1e6).toFixed(0)} MB`);
      assert.ok(run.processorTime < limit, `took ${run.processorTime.toFixed(0)} ms`);
      assert.ok((await bytesIn(store)) < 100_000, 'nothing of it stays in the store');
    });
  }
});

async function bytesIn(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
