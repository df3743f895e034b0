import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { repository } from '../support/paths.ts';
import { endChild, startChild } from '../support/running/child.ts';

const startTimeout = 240_000;

describe('npm start', () => {
  let child: ChildProcess;
  let printed = '';

  before(async function () {
    this.timeout(startTimeout);
    child = startChild('npm', ['start'], {
      cwd: repository,
      env: { ...process.env, STRATA_START_NO_OPEN: '1', STRATA_VSCODE: 'server' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert(child.stdout);
    for await (const line of createInterface({ input: child.stdout })) {
      printed += `${line}\n`;
      if (line.includes('Ctrl-C')) break;
    }
    child.stdout.resume();
  });

  after(() => endChild(child));

  it('prints the address of a VS Code that answers', async () => {
    const address = /^VS Code with Strata: (\S+)$/m.exec(printed)?.[1];
    assert(address, printed);
    const answer = await fetch(address);
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /vscode-workbench-web-configuration/);
  });

  it('serves the sample registry', async () => {
    const registry = /^Sample registry: +(\S+)$/m.exec(printed)?.[1];
    assert(registry, printed);
    const answer = await fetch(`${registry}/v2/`);
    assert.equal(answer.status, 200);
  });

  it('ends at Ctrl-C and leaves nothing behind', async function () {
    this.timeout(60_000);
    const folder = /folder=([^&\s]+)/.exec(printed)?.[1];
    assert(folder, printed);
    const workspace = decodeURIComponent(folder);
    assert(existsSync(workspace));
    const exited = once(child, 'exit');
    assert(child.pid);
    process.kill(-child.pid, 'SIGINT');
    await exited;
    assert(!existsSync(workspace), `${workspace} is still there`);
  });
});
