import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  commandLineBuild,
  commandResult,
  runCommandLine,
  startCommandLine,
} from '../../support/commandLine.ts';

describe('the command line interrupted', function () {
  this.timeout(60_000);
  let store: string;
  let silent: Server;
  let host: string;

  before(async () => {
    store = await mkdtemp(join(tmpdir(), 'strata-test-'));
    silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    host = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  });

  after(async () => {
    silent.close();
    silent.closeAllConnections();
    await rm(store, { recursive: true, force: true });
  });

  async function startAgainstSilence(...commandLine: string[]): Promise<ChildProcess> {
    const asked = once(silent, 'request');
    const child = startCommandLine(['--store', store, ...commandLine]);
    child.stdin?.end();
    await asked;
    return child;
  }

  const verbs = ['pull', 'digest', 'tags', 'manifest'];
  const signals = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const;
  for (const verb of verbs) {
    for (const [signal, expected] of signals) {
      it(`exits ${expected} at once when "${verb}" waits for a registry and ${signal} comes`, async () => {
        const child = await startAgainstSilence(verb, `${host}/x/y`);
        const sent = performance.now();
        child.kill(signal);
        const { code, stderr } = await commandResult(child);
        assert.equal(code, expected);
        assert.ok(performance.now() - sent < 20_000, `took ${performance.now() - sent} ms`);
        assert.equal(stderr, '');
      });
    }
  }

  it('answers each line of stdin as it comes, and exits 130 at once when it waits for the next', async () => {
    const child = startCommandLine(['reference', '-', '--json']);
    child.stdin?.write('alpine\n');
    const result = commandResult(child);
    assert.ok(child.stdout);
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    const { code, stdout, stderr } = await result;
    assert.deepEqual([code, stderr], [130, '']);
    assert.equal(JSON.parse(stdout).input, 'alpine');
  });

  it('gives up a registry that stays silent for STRATA_IDLE_TIMEOUT seconds', async () => {
    const started = performance.now();
    const { code, stderr } = await runCommandLine(['--store', store, 'digest', `${host}/x/y`], {
      environment: { STRATA_IDLE_TIMEOUT: '0.2' },
    });
    assert.equal(code, 1);
    assert.match(stderr, /^Error: [^\n]+\n$/);
    assert.ok(performance.now() - started < 15_000);
  });
});

describe('the command line whose reader has gone', function () {
  this.timeout(60_000);

  it('ends quietly', async () => {
    const child = startCommandLine(['reference', '-', '--json']);
    child.stdin?.on('error', () => undefined);
    child.stdout?.destroy();
    child.stdin?.end('alpine\n'.repeat(50_000));
    let stderr = '';
    child.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, 'close');
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('says so where the disk is full', async function () {
    if (process.platform !== 'linux') this.skip();
    const child = spawn(commandLineBuild.node, [commandLineBuild.file, 'reference', 'alpine'], {
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    let stderr = '';
    child.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, 'close');
    assert.equal(code, 1);
    assert.match(stderr, /^Error: the output could not be written: [^\n]+\n$/);
  });
});
