import { existsSync, globSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, stop } from 'esbuild';
import { buildExtension, builtMarker, packageExtension } from '../extensionPackage.ts';
import { inRepository, repository, toolScript } from '../paths.ts';
import { findDesktop } from '../vscode/desktop.ts';
import { runChild } from './child.ts';
import { kibibytes } from './format.ts';
import { markedEnvironment } from './leftovers.ts';
import * as parts from './systemParts.ts';
import { noTests, readCounts, type TestCounts } from './testCounts.ts';

export interface StageOptions {
  readonly grep?: string;
  /** Show what a stage prints as it comes; it is printed in one piece at the end otherwise. */
  readonly isLive: boolean;
}

export interface Stage {
  readonly name: string;
  readonly title: string;
  /** Stages of one lane run one after another, beside those of the other lanes; without a lane before all of them. */
  readonly lane?: string;
  /** Stages that have to run before this one. */
  readonly after?: readonly string[];
  /** Programs it cannot do without. */
  needs?(): readonly parts.SystemPart[] | Promise<readonly parts.SystemPart[]>;
  /** Rejects where it fails without a failed test to count; ends what it left running. */
  run(options: StageOptions): Promise<TestCounts>;
}

const checkTimeout = 240_000;
const testsTimeout = 1_100_000;

const allStages: readonly (Stage | undefined)[] = [
  { name: 'types', title: 'Types (tsc)', run: checkTypes },
  {
    name: 'lint',
    title: 'Lint and layering (biome)',
    run: () => tool('@biomejs/biome/bin/biome', ['check', '.']),
  },
  { name: 'arrows', title: 'The command line bundles without vscode', run: bundleWithoutVscode },
  { name: 'build', title: 'Build', run: buildAndMeasure },
  { name: 'package', title: 'Package (VSIX)', after: ['build'], run: packBuilt },
  mochaStage('unit', 'Unit tests', { lane: 'engine' }),
  mochaStage('faults', 'Fault tests', {
    lane: 'engine',
    needs: [parts.dockerRegistry, parts.openssl, parts.skopeo, parts.umoci],
  }),
  mochaStage('parity', 'Parity tests', {
    lane: 'engine',
    needs: [
      ...[parts.dockerEngine, parts.podman, parts.skopeo, parts.buildah, parts.umoci, parts.debianArchive],
      ...[parts.rpm, parts.berkeleyDb, parts.zstd, parts.xz, parts.bzip2],
    ],
  }),
  {
    name: 'host',
    title: 'Tests inside the extension host',
    lane: 'editor',
    after: ['build'],
    needs: async () => [...((await findDesktop()) === undefined ? [parts.chromium] : []), parts.dockerEngine],
    run: (options) => runTestScript('host', 'runHostTests.ts', [], options),
  },
  mochaStage('e2e', 'End-to-end tests', {
    lane: 'editor',
    testTimeout: 240_000,
    after: ['build', 'package'],
    needs: [
      ...[parts.chromium, parts.git, parts.dockerRegistry, parts.skopeo],
      ...[parts.buildah, parts.umoci, parts.debianArchive],
    ],
  }),
  // Behind what runs in VS Code, so that both lanes are as long.
  mochaStage('contract', 'Contract tests', {
    lane: 'editor',
    needs: [parts.dockerRegistry, parts.dockerEngine, parts.podman, parts.skopeo, parts.buildah],
  }),
];

/** In the order they run; stages without tests yet are none. */
export const stages: readonly Stage[] = allStages.filter((stage) => stage !== undefined);

interface MochaStageOptions {
  readonly lane: string;
  /** Milliseconds for a test that sets none, 60,000 otherwise: the guard against a hang, not a measurement. */
  readonly testTimeout?: number;
  readonly after?: readonly string[];
  readonly needs?: readonly parts.SystemPart[];
}

/** The tests of `test/NAME`, or `undefined` where there are none. They use what `build` has built. */
function mochaStage(name: string, title: string, options: MochaStageOptions): Stage | undefined {
  const { lane, testTimeout = 60_000, after = ['build'], needs = [] } = options;
  const pattern = `test/${name}/**/*.test.ts`;
  if (globSync(pattern, { cwd: repository }).length === 0) return undefined;
  const args = ['--timeout', String(testTimeout), pattern];
  return {
    name,
    title,
    lane,
    after,
    needs: () => needs,
    run: (stage) => runTestScript(name, 'runMochaFiles.ts', args, stage),
  };
}

/** Runs a script of this folder that leaves counts in the file it is told. */
async function runTestScript(
  stage: string,
  script: string,
  args: readonly string[],
  { grep, isLive }: StageOptions,
): Promise<TestCounts> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'strata-stage-'));
  const results = path.join(scratch, 'results.json');
  const chosen = grep === undefined ? [] : ['--grep', grep];
  try {
    const { timedOut, output } = await runChild(
      process.execPath,
      [path.join(import.meta.dirname, script), results, ...chosen, ...args],
      {
        cwd: repository,
        output: isLive ? 'inherit' : 'capture',
        timeout: testsTimeout,
        env: markedEnvironment(stage),
      },
    );
    if (!isLive) console.log(output);
    const counts = await readCounts(results);
    if (timedOut) throw new Error(`took longer than ${testsTimeout / 1000} s`);
    if (counts === undefined) throw new Error('ended without a test result');
    if (ranNothing(counts) && grep === undefined) throw new Error('found no test to run');
    return counts;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
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
    entryPoints: ['src/cli.ts', 'src/cli/run.ts', 'src/engine/layers/layerWorker.ts'],
    bundle: true,
    platform: 'node',
    outdir: 'dist',
    write: false,
    logLevel: 'error',
  });
  await stop();
  return noTests;
}

/** What is built here is what all later stages use; nothing builds it again under their feet. */
async function buildAndMeasure(): Promise<TestCounts> {
  await buildExtension();
  process.env[builtMarker] = 'dist';
  const dist = inRepository('dist');
  for (const name of (await readdir(dist)).filter((file) => !file.endsWith('.map'))) {
    console.log(`${kibibytes((await stat(path.join(dist, name))).size).padStart(12)}  dist/${name}`);
  }
  return noTests;
}

async function packBuilt(): Promise<TestCounts> {
  await packageExtension();
  process.env[builtMarker] = 'package';
  return noTests;
}
