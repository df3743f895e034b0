// Times a listing of many images, a layer of a million entries, a comparison of two large images and a layer that is
// nearly all of its image; the Layers page of 100,000 paths; then a pull by Strata beside `skopeo copy --dest-decompress` of the same image from the same
// registry and beside inflating its layers alone, turn by turn.
//
//   npm run bench [-- RUNS [listing | entries | diff | layer | page | pull]]

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { buildSync } from 'esbuild';
import { startDockerRegistry } from '../support/dockerRegistry.ts';
import { artifacts, inRepository } from '../support/paths.ts';
import { run } from '../support/realParts/command.ts';
import { type BuiltLayout, buildBenchImage } from '../support/realParts/debianImage.ts';
import { skopeo } from '../support/realParts/skopeo.ts';
import { type Cost, medianRatio, tableLine } from './cost.ts';
import { benchDiff } from './diff.ts';
import { benchDominantLayer } from './dominantLayer.ts';
import { inflateAlone } from './inflateAlone.ts';
import { benchLayersPage } from './layersPage.ts';
import { benchListing } from './listing.ts';
import { median } from './median.ts';
import { benchMillionEntries } from './millionEntries.ts';
import type { PullCost } from './pull.ts';

const runs = Number(process.argv[2] ?? 5);
const only = process.argv[3];

/** What issue and design promise; a pull as a multiple of inflating and hashing alone. */
const limits = { loopDelayP99: 20, addedRss: 200e6, besideBound: 1.35 };

const benches: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  listing: () => benchListing(Math.max(runs, 11)),
  entries: () => benchMillionEntries(runs),
  diff: () => benchDiff(Math.max(runs, 11)),
  layer: () => benchDominantLayer(runs),
  page: () => benchLayersPage(Math.max(runs, 7)),
  pull: benchPull,
};

const [load = 0] = loadavg();
if (load > 0.5)
  console.log(`The machine is busy (load ${load.toFixed(1)}): figures will be worse than they are.`);
for (const [name, bench] of Object.entries(benches)) {
  if (only !== undefined && only !== name) continue;
  if ((await bench()).length > 0) process.exitCode = 1;
}

async function benchPull(): Promise<readonly string[]> {
  console.log('Building the image, where this machine has not done so before…');
  const layout = await buildBenchImage();
  const image = await describeImage(layout);
  console.log(
    `${image.layers.length} layers, ${megabytes(image.compressedBytes)} compressed. ${runs} turns:`,
  );
  const result = await compare(layout, image.layers);
  await save({ image: { ...image, layers: image.layers.length }, ...result });
  return report(result);
}

interface Comparison {
  readonly strata: readonly PullCost[];
  /** Milliseconds. */
  readonly skopeo: readonly number[];
  /** One worker a core that only inflates the layers. */
  readonly inflate: readonly Cost[];
  /** The same with the three SHA-256 of a pull: of the layer, of its tar, of its files. */
  readonly bound: readonly Cost[];
}

async function compare({ directory, name }: BuiltLayout, layers: readonly string[]): Promise<Comparison> {
  await using registry = await startDockerRegistry();
  const reference = `${registry.host}/bench/image:1`;
  await skopeo(['copy', '--dest-tls-verify=false', `oci:${directory}:${name}`, `docker://${reference}`]);
  await using bundles = await bundle();
  const result = {
    strata: [] as PullCost[],
    skopeo: [] as number[],
    inflate: [] as Cost[],
    bound: [] as Cost[],
  };
  for (let turn = 1; turn <= runs; turn++) {
    const cost = await inFreshFolder((folder) => pullWithStrata(bundles.directory, reference, folder));
    const duration = await inFreshFolder((folder) => pullWithSkopeo(reference, folder));
    const inflate = await inflateAlone(layers);
    result.strata.push(cost);
    result.skopeo.push(duration);
    result.inflate.push(inflate);
    result.bound.push(await inflateAlone(layers, true));
    const times = `strata ${seconds(cost.duration)}, skopeo ${seconds(duration)}, inflating ${seconds(inflate.wall)}`;
    console.log(`  ${turn}: ${times}`);
  }
  return result;
}

/** With nothing of an earlier turn left to be written to the disk. */
async function inFreshFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'strata-bench-'));
  try {
    await run('sync', []);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The code as it is shipped: bundled, so that no TypeScript is read while the clock runs. */
async function bundle(): Promise<AsyncDisposable & { readonly directory: string }> {
  const directory = await mkdtemp(path.join(tmpdir(), 'strata-bench-code-'));
  buildSync({
    entryPoints: [
      { in: inRepository('test/bench/pull.ts'), out: 'pull' },
      { in: inRepository('src/engine/layers/layerWorker.ts'), out: 'layerWorker' },
    ],
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  return {
    directory,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

async function pullWithStrata(code: string, reference: string, folder: string): Promise<PullCost> {
  const [pull = '', worker = ''] = ['pull.cjs', 'layerWorker.cjs'].map((name) => path.join(code, name));
  const output = await run(process.execPath, [pull, reference, folder, worker], { timeout: 300_000 });
  return JSON.parse(output);
}

async function pullWithSkopeo(reference: string, folder: string): Promise<number> {
  const start = performance.now();
  await skopeo([
    'copy',
    '--dest-decompress',
    '--src-tls-verify=false',
    `docker://${reference}`,
    `dir:${folder}`,
  ]);
  return performance.now() - start;
}

async function describeImage({ directory }: BuiltLayout) {
  const blob = async (digest: string) =>
    JSON.parse(await readFile(path.join(directory, 'blobs', ...digest.split(':')), 'utf8'));
  const index = JSON.parse(await readFile(path.join(directory, 'index.json'), 'utf8'));
  const { layers } = (await blob(index.manifests[0].digest)) as {
    layers: { digest: string; size: number }[];
  };
  const largestFirst = layers.toSorted((a, b) => b.size - a.size);
  return {
    /** Their files, the largest first. */
    layers: largestFirst.map(({ digest }) => path.join(directory, 'blobs', ...digest.split(':'))),
    compressedBytes: layers.reduce((total, { size }) => total + size, 0),
  };
}

/** Prints the table; gives what missed its limit. */
function report({ strata, skopeo, inflate, bound }: Comparison): string[] {
  const of = (read: (cost: PullCost) => number) => median(strata.map(read));
  const duration = of((cost) => cost.duration);
  const reference = median(skopeo);
  const worst = (read: (cost: PullCost) => number) => Math.max(...strata.map(read));
  const p99 = worst((cost) => cost.loopDelay.p99);
  const rss = worst((cost) => cost.addedRss);
  const costs = strata.map(({ duration: wall, cpu }) => ({ wall, cpu }));
  const besideBound = medianRatio(costs, bound, 'wall');
  const rows: readonly (readonly [what: string, value: string, limit: string, isMet: boolean])[] = [
    ['pull, median', seconds(duration), `≤ ${seconds(reference)} (skopeo)`, duration <= reference],
    [
      '  × inflating alone',
      ratio(medianRatio(costs, inflate, 'wall')),
      `CPU ${ratio(medianRatio(costs, inflate, 'cpu'))}`,
      true,
    ],
    [
      '  × inflating and hashing alone',
      ratio(besideBound),
      `≤ ${limits.besideBound} (CPU ${ratio(medianRatio(costs, bound, 'cpu'))})`,
      besideBound <= limits.besideBound,
    ],
    ['event loop busy', `${(of((cost) => cost.loopBusy) * 100).toFixed(0)} %`, '', true],
    ['event-loop delay p50', `${of((cost) => cost.loopDelay.p50).toFixed(1)} ms`, '', true],
    [
      'event-loop delay p99, worst',
      `${p99.toFixed(1)} ms`,
      `< ${limits.loopDelayP99} ms`,
      p99 < limits.loopDelayP99,
    ],
    ['event-loop delay max, worst', `${worst((cost) => cost.loopDelay.max).toFixed(1)} ms`, '', true],
    ['added RSS, worst', megabytes(rss), `< ${megabytes(limits.addedRss)}`, rss < limits.addedRss],
    ['added external, worst', megabytes(worst((cost) => cost.addedExternal)), '', true],
  ];
  for (const row of rows) console.log(tableLine(...row));
  return rows.filter(([, , , isMet]) => !isMet).map(([what]) => what);
}

async function save(measured: object): Promise<void> {
  const machine = { cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version, load };
  await mkdir(artifacts, { recursive: true });
  const file = path.join(artifacts, 'bench-pull.json');
  await writeFile(file, `${JSON.stringify({ machine, ...measured }, undefined, 2)}\n`);
  console.log(`Written to ${path.relative(process.cwd(), file)}.`);
}

function ratio(value: number): string {
  return value.toFixed(2);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
