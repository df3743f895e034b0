import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { existingPackage } from '../support/extensionPackage.ts';
import { artifacts } from '../support/paths.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { prepareSampleWorkspace } from '../support/sampleWorkspace/prepare.ts';
import {
  installVsix,
  type ServerOptions,
  startVsCodeServer,
  type VsCodeServer,
} from '../support/vscode/server.ts';
import { openWorkbench, type Workbench } from '../support/vscode/workbench.ts';

describe('the packaged extension in a fresh profile', () => {
  let scratch: string;
  let registry: SampleRegistry;
  let server: VsCodeServer;
  let workbench: Workbench;

  before(async function () {
    this.timeout(240_000);
    scratch = await mkdtemp(path.join(tmpdir(), 'strata-install-'));
    const workspace = path.join(scratch, 'workspace');
    registry = await startSampleRegistry();
    await prepareSampleWorkspace({ host: registry.host, directory: workspace });
    const profile: ServerOptions = {
      extensionsDirectory: path.join(scratch, 'extensions'),
      userDataDirectory: path.join(scratch, 'profile'),
      settings: { 'strata.storeDirectory': path.join(scratch, 'store') },
      logFile: path.join(artifacts, 'install-server.log'),
    };
    await installVsix(await existingPackage(), profile);
    server = await startVsCodeServer(profile);
    workbench = await openWorkbench(server, { folder: workspace });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.keepEvidence('install');
  });

  after(async () => {
    await workbench?.close();
    await server?.close();
    await registry?.close();
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  });

  it('puts Strata into the activity bar and activates when it is opened', async () => {
    await workbench.openViewContainer('Strata');
    await workbench.waitForText('No images in the local store yet.');
  });

  it('lists the images that the folder mentions', async () => {
    await workbench.openViewContainer('Strata');
    const workspace = workbench.tree('In This Workspace');
    await workspace.expand('Dockerfile');
    await workspace.row(/acme\/base:1\.1not pinned/);
    await workbench.screenshot('install-views');
  });

  it('offers its commands in the palette', async () => {
    const offered = await workbench.offeredCommands('Strata: Pull');
    assert.ok(offered.includes('Strata: Pull Image…'), offered.join());
  });
});
