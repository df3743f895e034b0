import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandResult, commandResult, runCommandLine } from '../support/commandLine.ts';
import { type Dockerd, startDockerd } from '../support/realParts/dockerd.ts';
import { skopeoInspect } from '../support/realParts/skopeo.ts';
import { moveTag } from '../support/sampleRegistry/moveTag.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';

/**
 * The same command lines, one after another, given to Docker and to Strata. `HOST` is the registry's, `DIGEST(…)` what
 * it has for a reference, `ID(…)` the ID of Docker's image of that name.
 */
const story: readonly (string | { readonly moves: readonly [tag: string, to: string] })[] = [
  'images',
  'image ls --digests',
  'images -q',
  'pull HOST/acme/web',
  'pull HOST/acme/web',
  'pull HOST/acme/web:latest',
  'pull HOST/acme/web:2.0.0',
  'pull -q HOST/acme/web:1.4.1',
  'image pull HOST/acme/web:1.4.0',
  'pull --quiet HOST/acme/cron',
  'pull HOST/acme/api',
  'pull HOST/acme/nosuch',
  'pull HOST/acme/web:nosuch',
  'images',
  'images --digests',
  'image ls --no-trunc',
  'images -q',
  'images -a -q --no-trunc',
  'images HOST/acme/web',
  'images HOST/acme/web:latest',
  'images */*/web:1.*',
  'images --digests HOST/acme/web:2.0.0',
  'images *',
  'images nosuch',
  'images [',
  { moves: ['moving', '1.4.0'] },
  'pull HOST/acme/web:moving',
  { moves: ['moving', '1.4.1'] },
  'pull HOST/acme/web:moving',
  'images --digests',
  'rmi HOST/acme/web:latest',
  'images --digests HOST/acme/web',
  'rmi HOST/acme/web:2.0.0',
  'rmi nosuch',
  'rmi -f nosuch',
  'image rm HOST/acme/web:nosuch HOST/acme/web:moving HOST/acme/api:nosuch',
  'images',
  'rmi -f HOST/acme/web:1.4.0 HOST/acme/web:1.4.1',
  'rmi HOST/acme/cron HOST/acme/api',
  'images --digests',
  'pull -a HOST/acme/base',
  'pull -a HOST/acme/base',
  'pull -a -q HOST/acme/base',
  'pull -a HOST/acme/base:1.0',
  'pull HOST/acme/base@DIGEST(HOST/acme/base:1.1)',
  'pull HOST/acme/base:ignored@DIGEST(HOST/acme/base:1.1)',
  'rmi ID(HOST/acme/base:latest)',
  'rmi HOST/acme/base:1.1 HOST/acme/base:latest',
  'pull HOST/acme/agent@DIGEST(HOST/acme/agent)',
  'images',
  'images --digests',
  'pull HOST/acme/agent@DIGEST(HOST/acme/agent)',
  'rmi HOST/acme/agent@DIGEST(HOST/acme/agent)',
  'pull HOST/acme/legacy',
  'pull HOST/acme/legacy:3.2',
  'rmi ID(HOST/acme/legacy)',
  'rmi -f ID(HOST/acme/legacy)',
  'image rm --force --no-prune ID(HOST/acme/base:1.0)',
  'images --digests',
];

/** Which of these come, and when, depends on the weather. */
const transient = /: (Waiting|Verifying Checksum|Download complete)$/;

/** Docker fetches as many layers side by side as it likes; each state's own order is promised. */
function comparable(stdout: string): string[] {
  const lines = stdout.split('\n').filter((line) => !transient.test(line));
  const states = [/: Already exists$/, /: Pulling fs layer$/, /: Pull complete$/];
  const rank = (line: string) => states.findIndex((state) => state.test(line));
  const first = lines.findIndex((line) => rank(line) >= 0);
  const layers = lines.filter((line) => rank(line) >= 0).toSorted((a, b) => rank(a) - rank(b));
  return [...lines.filter((line) => rank(line) < 0).toSpliced(Math.max(first, 0), 0, ...layers)];
}

/** Without the words that tell who says it. */
function refusal({ stderr }: CommandResult): string {
  return stderr.replace(/^(Error: |Error response from daemon: )+/, '').trim();
}

describe('Strata’s images beside Docker’s', function () {
  this.timeout(120_000);
  let registry: SampleRegistry;
  let docker: Dockerd;
  let store: string;

  before(async () => {
    registry = await startSampleRegistry();
    docker = await startDockerd();
    store = await mkdtemp(join(tmpdir(), 'strata-parity-'));
  });

  after(async () => {
    await docker?.close();
    await registry?.close();
    await rm(store, { recursive: true, force: true });
  });

  async function runDocker(operands: readonly string[]): Promise<CommandResult> {
    const child = spawn('docker', ['--host', `unix://${docker.socket}`, ...operands], { stdio: 'pipe' });
    child.stdin.end();
    return await commandResult(child, 60_000);
  }

  async function written(step: string): Promise<string[]> {
    const operands = [];
    for (const operand of step.replaceAll('HOST', registry.host).split(' ')) {
      const [, what, name = ''] = /(DIGEST|ID)\((.+)\)$/.exec(operand) ?? [];
      const value =
        what === 'DIGEST'
          ? (await skopeoInspect(name)).Digest
          : what === 'ID'
            ? (await docker.docker(['images', '-q', name])).slice(0, 12)
            : undefined;
      assert.notEqual(value, '', operand);
      operands.push(value === undefined ? operand : operand.replace(`${what}(${name})`, value));
    }
    return operands;
  }

  for (const step of story) {
    if (typeof step !== 'string') {
      it(`(the tag ${step.moves[0]} moves to ${step.moves[1]})`, async () => {
        await moveTag(registry.host, 'acme/web', ...step.moves);
      });
      continue;
    }
    it(`prints the same for: ${step}`, async () => {
      const operands = await written(step);
      const expected = await runDocker(operands);
      const actual = await runCommandLine(['--store', store, ...operands]);
      assert.deepEqual(comparable(actual.stdout), comparable(expected.stdout), actual.stderr);
      assert.equal(actual.code, expected.code);
      assert.equal(actual.stderr === '', expected.stderr === '');
      if (/conflict|tag can't/.test(expected.stderr)) assert.equal(refusal(actual), refusal(expected));
    });
  }
});
