import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type DockerRegistry,
  startDockerRegistry,
  testAccount,
  testHtpasswd,
} from '../support/dockerRegistry.ts';
import { Product } from '../support/e2e/product.ts';
import { skopeo } from '../support/realParts/skopeo.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';

const openTimeout = 240_000;

describe('a workspace that is not trusted', () => {
  let registry: DockerRegistry;
  let samples: SampleRegistry;
  let product: Product;
  let tools: string;

  before(async function () {
    this.timeout(openTimeout);
    samples = await startSampleRegistry();
    registry = await startDockerRegistry({ auth: { htpasswd: testHtpasswd } });
    const { username, password } = testAccount;
    const to = [`--dest-creds=${username}:${password}`, '--src-tls-verify=false', '--dest-tls-verify=false'];
    const from = `docker://${samples.host}/acme/cron:latest`;
    await skopeo(['copy', ...to, from, `docker://${registry.host}/private/cron:1`]);
    tools = await mkdtemp(path.join(tmpdir(), 'strata-helper-'));
    await writeHelper(tools, registry.host);
    product = await Product.open({
      name: 'restricted',
      settings: {
        'security.workspace.trust.enabled': true,
        'security.workspace.trust.startupPrompt': 'never',
      },
      env: { PATH: `${tools}${path.delimiter}${process.env.PATH}`, DOCKER_CONFIG: tools },
      fillWorkspace: (directory) =>
        writeFile(
          path.join(directory, 'Dockerfile'),
          `FROM ${samples.host}/acme/base:1.0 AS open\nFROM ${registry.host}/private/cron:1 AS closed\n`,
        ),
    });
    await product.workbench.waitForText('Restricted Mode');
    await product.workbench.openViewContainer('Strata');
    await product.workbench.openFile('Dockerfile');
  });

  afterEach(async function () {
    await product.keepEvidence(this.currentTest);
  });

  after(async function () {
    this.timeout(60_000);
    await product?.[Symbol.asyncDispose]();
    await registry?.[Symbol.asyncDispose]();
    await samples?.close();
    await rm(tools, { recursive: true, force: true });
  });

  const helperHasRun = () => existsSync(path.join(tools, 'ran'));

  it('hovers, lists and pulls', async () => {
    const { workbench } = product;
    await product.hoverShows('acme/base:1.0', /Looked up/);
    await product.screenshot('hover');
    await product.hideHover();
    await workbench.tree('In This Workspace').row('acme/base:1.0');
    await workbench.runCommand('Strata: Pull Image…');
    await workbench.prompt('Pull Image').answer(`${samples.host}/acme/base:1.0`);
    await workbench.tree('Images').row(/acme\/base1 tag/);
    await product.screenshot('pulled');
  });

  it('uses no credentials, and says so to who wants to sign in', async () => {
    const { workbench, page } = product;
    await workbench.runCommand('Strata: Sign In to Registry…');
    await workbench.prompt('Sign In to Registry').answer(registry.host);
    await workbench.waitForText(`Trust this workspace to sign in to ${registry.host}`);
    await product.screenshot('no-credentials');
    await page.getByRole('button', { name: 'Manage Workspace Trust' }).waitFor();
    await workbench.runCommand('Notifications: Clear All Notifications');
  });

  it('runs no credential helper, until it is trusted', async function () {
    this.timeout(90_000);
    const { workbench, page } = product;
    const shown = await product.hoverShows('private/cron', /without signing in|Looked up/);
    assert.match(shown, /without signing in/);
    assert.equal(helperHasRun(), false);
    await product.screenshot('sign-in');
    await product.hideHover();
    await workbench.runCommand('Workspaces: Manage Workspace Trust');
    await page.getByRole('button', { name: 'Trust', exact: true }).click();
    await page.locator('.statusbar').getByText('Restricted Mode').waitFor({ state: 'hidden' });
    await workbench.openFile('Dockerfile');
    await product.hoverShows('private/cron', /Looked up/);
    assert.equal(helperHasRun(), true);
  });
});

/** A Docker configuration whose credential helper leaves a mark beside itself when it is run. */
async function writeHelper(folder: string, registry: string): Promise<void> {
  const configuration = { credHelpers: { [registry]: 'marking' } };
  await writeFile(path.join(folder, 'config.json'), JSON.stringify(configuration));
  const answer = JSON.stringify({ Username: testAccount.username, Secret: testAccount.password });
  const script = `#!/bin/sh\ncat >/dev/null\ntouch '${folder}/ran'\necho '${answer}'\n`;
  await writeFile(path.join(folder, 'docker-credential-marking'), script, { mode: 0o755 });
}
