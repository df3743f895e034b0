import assert from 'node:assert/strict';
import { type CommandLineBuild, runCommandLine } from '../support/commandLine.ts';
import { inRepository } from '../support/paths.ts';

/** The bundle on the Node.js that the person has installed, not on the toolchain's. */
const installed: CommandLineBuild = {
  node: process.env.STRATA_SYSTEM_NODE ?? process.execPath,
  file: inRepository('dist/cli.js'),
};

describe("the bundled command line on the system's Node.js", () => {
  it('reads a reference', async () => {
    const { code, stdout } = await runCommandLine(['reference', '--json', 'alpine'], {}, installed);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), {
      input: 'alpine',
      registry: 'docker.io',
      repository: 'library/alpine',
      tag: 'latest',
      digest: null,
      canonical: 'docker.io/library/alpine:latest',
      familiar: 'alpine:latest',
    });
  });

  it('exits with 2 for a verb it does not know', async () => {
    const { code, stdout, stderr } = await runCommandLine(['unheard-of'], {}, installed);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /unheard-of/);
  });
});
