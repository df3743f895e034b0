import { existsSync, globSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, stop } from 'esbuild';
import { buildExtension, packageExtension } from '../extensionPackage.ts';
import { inRepository, repository, toolScript } from '../paths.ts';
import { findDesktop } from '../vscode/desktop.ts';
import { runHostTests } from '../vscode/runHostTests.ts';
import { runChild } from './child.ts';
import { kibibytes } from './format.ts';
import * as parts from './systemParts.ts';
import { noTests, readCounts, type TestCounts } from './testCounts.ts';

export interface StageOptions {
  readonly grep?: string;
}

export interface Stage {
  readonly name: string;
  readonly title: string;
  /** Stages that have to run before this one. */
  readonly after?: readonly string[];
  /** Programs it cannot do without. */
  needs?(): readonly parts.SystemPart[] | Promise<readonly parts.SystemPart[]>;
  /** Rejects where it fails without a failed test to count. */
  run(options: StageOptions): Promise<TestCounts>;
}

const checkTimeout = 120_000;

const allStages: readonly (Stage | undefined)[] = [
  { name: 'types', title: 'Types (tsc)', run: checkTypes },
  {
    name: 'lint',
    title: 'Lint and layering (biome)',
    run: () => tool('@biomejs/biome/bin/biome', ['check', '.']),
  },
  { name: 'arrows', title: 'The command line bundles without vscode', run: bundleWithoutVscode },
  { name: 'build', title: 'Build', run: buildAndMeasure },
  mochaStage('unit', 'Unit tests', { limit: 240_000 }),
  mochaStage('contract', 'Contract tests', {
    limit: 240_000,
    needs: [parts.dockerRegistry, parts.dockerEngine, parts.podman, parts.skopeo, parts.buildah],
  }),
  mochaStage('faults', 'Fault tests', {
    limit: 600_000,
    needs: [parts.dockerRegistry, parts.openssl, parts.skopeo, parts.umoci],
  }),
  mochaStage('parity', 'Parity tests', {
    limit: 600_000,
    needs: [
      ...[parts.dockerEngine, parts.skopeo, parts.buildah, parts.umoci, parts.debianArchive],
      ...[parts.rpm, parts.berkeleyDb],
    ],
  }),
  { name: 'package', title: 'Package (VSIX)', run: () => packageExtension().then(() => noTests) },
  {
    name: 'host',
    title: 'Tests inside the extension host',
    after: ['build'],
    needs: async () => ((await findDesktop()) === undefined ? [parts.chromium] : []),
    run: runHostStage,
  },
  mochaStage('e2e', 'End-to-end tests', {
    limit: 600_000,
    testTimeout: 60_000,
    after: ['build', 'package'],
    needs: [
      ...[parts.chromium, parts.git, parts.dockerRegistry, parts.skopeo],
      ...[parts.buildah, parts.umoci, parts.debianArchive],
    ],
  }),
];

/** In the order they run; stages without tests yet are none. */
export const stages: readonly Stage[] = allStages.filter((stage) => stage !== undefined);

interface MochaStageOptions {
  /** Milliseconds for the whole stage. */
  readonly limit: number;
  /** Milliseconds for a test that sets none; 30,000 otherwise: the guard against a hang, not a measurement. */
  readonly testTimeout?: number;
  readonly after?: readonly string[];
  readonly needs?: readonly parts.SystemPart[];
}

/** The tests of `test/NAME`, or `undefined` where there are none. */
function mochaStage(name: string, title: string, options: MochaStageOptions): Stage | undefined {
  const pattern = `test/${name}/**/*.test.ts`;
  if (globSync(pattern, { cwd: repository }).length === 0) return undefined;
  return {
    name,
    title,
    after: options.after ?? [],
    needs: () => options.needs ?? [],
    run: ({ grep }) => runMochaStage(pattern, options, grep),
  };
}

async function runMochaStage(
  pattern: string,
  { limit, testTimeout }: MochaStageOptions,
  grep: string | undefined,
): Promise<TestCounts> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'strata-stage-'));
  const results = path.join(scratch, 'results.json');
  try {
    const args = [
      path.join(import.meta.dirname, 'runMochaFiles.ts'),
      ...(testTimeout === undefined ? [] : ['--timeout', String(testTimeout)]),
      ...(grep === undefined ? [] : ['--grep', grep]),
      ...[results, pattern],
    ];
    const { timedOut } = await runChild(process.execPath, args, {
      cwd: repository,
      output: 'inherit',
      timeout: limit,
    });
    const counts = await readCounts(results);
    if (timedOut) throw new Error(`took longer than ${limit / 1000} s`);
    if (counts === undefined) throw new Error('ended without a test result');
    if (ranNothing(counts) && grep === undefined) throw new Error('found no test to run');
    return counts;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function runHostStage(options: StageOptions): Promise<TestCounts> {
  const counts = await runHostTests(options);
  if (ranNothing(counts) && options.grep === undefined) throw new Error('found no test to run');
  return counts;
}

function ranNothing({ passed, failed, skipped }: TestCounts): boolean {
  return passed + failed + skipped === 0;
}

async function tool(script: string, args: readonly string[]): Promise<TestCounts> {
  const { code } = await runChild(process.execPath, [toolScript(script), ...args], {
    cwd: repository,
    output: 'inherit',
    timeout: checkTimeout,
  });
  if (code !== 0) throw new Error(`${path.basename(script)} ended with code ${code}`);
  return noTests;
}

async function checkTypes(): Promise<TestCounts> {
  for (const project of ['tsconfig.json', 'webview/tsconfig.json']) {
    if (existsSync(inRepository(project))) {
      await tool('typescript/bin/tsc', ['--noEmit', '--project', inRepository(project)]);
    }
  }
  return noTests;
}

/** esbuild does not find `vscode`, so whatever imports it, however far away, fails the bundle. */
async function bundleWithoutVscode(): Promise<TestCounts> {
  await build({
    absWorkingDir: repository,
    entryPoints: ['src/cli.ts', 'src/engine/layers/layerWorker.ts'],
    bundle: true,
    platform: 'node',
    outdir: 'dist',
    write: false,
    logLevel: 'error',
  });
  await stop();
  return noTests;
}

async function buildAndMeasure(): Promise<TestCounts> {
  await buildExtension();
  const dist = inRepository('dist');
  for (const name of (await readdir(dist)).filter((file) => !file.endsWith('.map'))) {
    console.log(`${kibibytes((await stat(path.join(dist, name))).size).padStart(12)}  dist/${name}`);
  }
  return noTests;
}
