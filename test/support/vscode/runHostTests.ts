import { EventEmitter, once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { format } from 'node:util';
import { artifacts, repository } from '../paths.ts';
import { readCounts, type TestCounts } from '../running/testCounts.ts';
import { bundleHostTests } from './bundleHostTests.ts';
import { findDesktop, hostTestSettings, runDesktopTests } from './desktop.ts';
import { startVsCodeServer } from './server.ts';
import { openWorkbench } from './workbench.ts';

const testsTimeout = 600_000;

export interface HostTestOptions {
  /** Runs only the tests whose full title contains this. */
  readonly grep?: string;
  /** Folder of the extension under test; the repository itself by default. */
  readonly extension?: string;
  /** The bundled script whose `run()` is to be called; made from `test/host` by default. */
  readonly tests?: string;
}

/** What both kinds of VS Code need to know to run the tests. */
export interface HostTestRun {
  readonly extension: string;
  readonly tests: string;
  /** A folder of this run's own, for profile, workspace and results; removed afterwards. */
  readonly scratch: string;
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout: number;
}

/**
 * Runs the tests inside VS Code's extension host: the desktop's where there is one, else that of VS Code's
 * server with its workbench in a browser. Rejects where the run ended without a result.
 */
export async function runHostTests(options: HostTestOptions = {}): Promise<TestCounts> {
  const tests = options.tests ?? (await bundleHostTests());
  const scratch = await mkdtemp(path.join(tmpdir(), 'strata-host-'));
  try {
    const results = path.join(scratch, 'results.json');
    const report = path.join(scratch, 'report.txt');
    const run = { tests, scratch, extension: options.extension ?? repository, timeout: testsTimeout };
    const env = {
      STRATA_TEST_RESULTS: results,
      STRATA_TEST_REPORT: report,
      STRATA_STORE: path.join(scratch, 'store'),
      ...(options.grep === undefined ? {} : { STRATA_TEST_GREP: options.grep }),
    };
    await runIn({ ...run, env }).finally(() => printReport(report));
    const counts = await readCounts(results);
    if (counts === undefined) throw new Error('the extension host ended without a test result');
    return counts;
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function runIn(run: HostTestRun): Promise<void> {
  await mkdir(path.join(run.scratch, 'workspace'));
  const desktop = await findDesktop();
  if (desktop === undefined) await runServerTests(run);
  else await runDesktopTests(desktop, run);
}

/** The page of a finished run is told so by VS Code through two functions that its own test runner exposes, too. */
async function runServerTests(run: HostTestRun): Promise<void> {
  console.log("Host: VS Code's server, its workbench in Chromium");
  await using server = await startVsCodeServer({
    extensionsDirectory: path.join(run.scratch, 'extensions'),
    userDataDirectory: path.join(run.scratch, 'profile'),
    env: run.env,
    settings: hostTestSettings,
    acceptTests: true,
    logFile: path.join(artifacts, 'host-tests-server.log'),
  });
  const page = new EventEmitter();
  const ended = once(page, 'exit', { signal: AbortSignal.timeout(run.timeout) });
  await using workbench = await openWorkbench(server, {
    folder: path.join(run.scratch, 'workspace'),
    extensionDevelopmentPath: run.extension,
    extensionTestsPath: run.tests,
    exposed: {
      codeAutomationLog: pageLog(path.join(artifacts, 'host-tests-page.log')),
      codeAutomationExit: () => page.emit('exit'),
    },
  });
  try {
    await ended;
  } catch (error) {
    await workbench.keepEvidence('host-tests');
    throw new Error(`the host tests took longer than ${run.timeout / 1000} s`, { cause: error });
  }
}

function pageLog(file: string): (level: string, args: unknown[]) => void {
  const log = createWriteStream(file);
  return (level, args) => log.write(`${format(`[${level}]`, ...args)}\n`);
}

async function printReport(file: string): Promise<void> {
  if (existsSync(file)) console.log(await readFile(file, 'utf8'));
}
