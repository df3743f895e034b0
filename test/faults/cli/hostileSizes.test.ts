import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LayerIndex } from '../../../src/engine/layers/layerIndex.ts';
import { maxEntries } from '../../../src/engine/layers/limits.ts';
import { UnionTree } from '../../../src/engine/layers/unionTree.ts';
import { assertRefused } from '../../support/assertRefused.ts';
import { commandLineBuild, runInProcess } from '../../support/commandLine.ts';
import { buildCommandLine } from '../../support/extensionPackage.ts';
import { bomb, gzipLayer, manyFiles, plainLayer, repeated } from '../../support/hostileLayers.ts';
import { type HostileLayer, layoutFiles, writeLayout } from '../../support/hostileLayout.ts';
import { serveLayout } from '../../support/layoutRegistry.ts';
import { type MeasuredRun, runMeasured } from '../../support/measuredCommand.ts';
import { inRepository } from '../../support/paths.ts';
import { processorMilliseconds } from '../../support/processorTime.ts';
import { sideBySide } from '../../support/sideBySide.ts';
import { file, tarOf } from '../../support/tarWriter.ts';

interface HostileSize {
  readonly what: string;
  readonly layers: () => readonly HostileLayer[];
  /** The verb that meets it, and what stands behind the image. */
  readonly verb: readonly [verb: string, ...operands: string[]];
  /** The image is pulled first. */
  readonly isPulled?: true;
  /** What the one line says where it is refused. */
  readonly refused?: RegExp;
  /** How many are printed where it is shown. */
  readonly lines?: number;
}

const most: readonly HostileSize[] = [
  {
    what: 'a million files',
    layers: () => [manyFiles(1000)],
    isPulled: true,
    verb: ['files'],
    lines: 1_001_001,
  },
  {
    what: 'more files than any layer',
    layers: () => [repeated(file('a'), maxEntries + 2000)],
    verb: ['analyze'],
    refused: /more than \d+ entries/,
  },
];

const others: readonly HostileSize[] = [
  {
    what: 'a bomb',
    layers: () => [bomb()],
    verb: ['pull'],
    refused: /out of all proportion/,
  },
  {
    what: 'a sparse file of two terabytes',
    layers: () => [plainLayer(tarOf(sparseFile('0,3', String(2 ** 41))))],
    verb: ['cat', '/sparse'],
    refused: /out of all proportion/,
  },
  {
    what: 'sparse files of a million pieces',
    layers: () => {
      const map = Array.from({ length: 50_000 }, (_, at) => `${at * 2},1`).join(',');
      return [repeated({ ...sparseFile(map, '200000'), content: Buffer.alloc(50_000) }, 20)];
    },
    verb: ['files'],
    refused: /segments in all/,
  },
  {
    what: 'a path of a megabyte',
    layers: () => [plainLayer(tarOf(file('x', '', { pax: { path: 'p'.repeat(1_000_000) } })))],
    verb: ['files'],
    refused: /path of more than 4 KiB/,
  },
  {
    what: 'a header of more than a megabyte',
    layers: () => [plainLayer(tarOf(file('x', '', { pax: { path: 'p'.repeat(2_000_000) } })))],
    verb: ['layers'],
    refused: /extended header/,
  },
  {
    what: 'long paths that imply a million folders',
    layers: () => [0, 1].map((layer) => gzipLayer(tarOf(...deepFiles(layer)))),
    verb: ['layers'],
    refused: /path bytes/,
  },
  {
    what: 'as many layers as there may be',
    layers: () => Array.from({ length: 127 }, (_, at) => plainLayer(tarOf(file(`layer-${at}`, 'x')))),
    verb: ['files'],
    lines: 127,
  },
];

function sparseFile(map: string, size: string) {
  return file('sparse', 'abc', { pax: { 'GNU.sparse.map': map, 'GNU.sparse.size': size } });
}

function deepFiles(layer: number) {
  return Array.from({ length: 400 }, (_, at) =>
    file('x', '', { pax: { path: `${layer}-${at}/${'d/'.repeat(1000)}f` } }),
  );
}

/** A process of its own for each command, two at a time: memory and time are those that the issue promises. */
describe('the command line on an image that has', function () {
  this.timeout(180_000);
  let folder: string;
  let store: string;
  let measured: (size: HostileSize) => Promise<MeasuredRun>;

  before(async () => {
    // The source, which Node would have to translate, takes three times as much memory.
    await buildCommandLine();
    folder = await mkdtemp(join(tmpdir(), 'strata-hostile-'));
    store = join(folder, 'store');
    measured = sideBySide([most, others], measure);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function measure({ layers, verb: [verb, ...operands], isPulled }: HostileSize): Promise<MeasuredRun> {
    if (!isPulled && verb !== 'pull') return measureLayout(layers(), (place) => [verb, place, ...operands]);
    await using registry = await serveLayout(layoutFiles({ layers: layers() }, '1'));
    const reference = `${registry.host}/acme/hostile:1`;
    const pulled = await strata(['pull', '-q', reference]);
    return verb === 'pull' ? pulled : await strata([verb, reference, ...operands]);
  }

  async function measureLayout(
    layers: readonly HostileLayer[],
    commandLine: (place: string) => readonly string[],
  ): Promise<MeasuredRun> {
    const layout = await mkdtemp(join(folder, 'layout-'));
    await writeLayout(layout, { layers }, '1');
    const run = await strata(commandLine(`oci:${layout}`));
    await rm(layout, { recursive: true });
    return run;
  }

  async function strata(commandLine: readonly string[]): Promise<MeasuredRun> {
    const build = { node: commandLineBuild.node, file: inRepository('dist/cli.js') };
    const run = await runMeasured(['--store', store, ...commandLine], build);
    assert.ok(run.peakBytes < 400e6, `took ${(run.peakBytes / 1e6).toFixed(0)} MB`);
    // Of the processor, all threads together: what else the machine does must not count.
    assert.ok(run.processorTime < 20_000, `took ${run.processorTime.toFixed(0)} ms`);
    return run;
  }

  for (const size of [...most, ...others]) {
    const { what, verb, refused, lines } = size;
    it(`${what}: ${verb[0]} ${refused ? 'refuses it in one line' : 'shows it'}`, async () => {
      const run = await measured(size);
      if (refused) assertRefused(run, refused);
      else assert.deepEqual([run.code, run.stderr, run.lines], [0, '', lines]);
    });
  }

  it('any of these: the store is whole afterwards, and has nothing of what was refused', async () => {
    const { code, stderr } = await runInProcess(['--store', store, 'store', 'verify']);
    assert.deepEqual([code, stderr], [0, '']);
    await runInProcess(['--store', store, 'store', 'gc']);
    const blobs = await readdir(join(store, 'blobs', 'sha256'));
    assert.equal(blobs.length, 3, 'manifest, config and layer of the million files');
  });

  it('a million files: its index is opened and merged in a moment, and in little memory', async () => {
    const indexes = join(store, 'strata', 'indexes', 'sha256');
    const [diffId = ''] = await readdir(indexes);
    await assertQuickIndex(join(indexes, diffId));
  });
});

/** Of the processor, and several times what an idle machine needs. */
async function assertQuickIndex(file: string): Promise<void> {
  const memory = process.memoryUsage().arrayBuffers;
  const start = processorMilliseconds();
  const index = await LayerIndex.open(file);
  const opened = processorMilliseconds();
  const megabytes = (process.memoryUsage().arrayBuffers - memory) / 1e6;
  assert.ok(megabytes < 150, `${megabytes.toFixed(0)} MB`);
  assert.ok(opened - start < 3000, `opened in ${(opened - start).toFixed(0)} ms`);
  const union = UnionTree.build([index]);
  const merged = processorMilliseconds() - opened;
  assert.ok(merged < 10_000, `merged in ${merged.toFixed(0)} ms`);
  assert.equal(union.length, 1_001_001);
  assert.equal(union.children('/usr/folder-0007-9992').length, 1000);
}
