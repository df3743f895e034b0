// `npm start`: Strata in a VS Code of its own, with a sample registry and a sample folder to try it on. Nothing of
// the person's own is touched: profile, image store and folder are temporary and go with it.
//
// STRATA_START_NO_OPEN=1   opens no window, only prints the address
// STRATA_VSCODE=server     takes the workbench in the browser even where there is a desktop VS Code

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildExtension, packageExtension } from './extensionPackage.ts';
import { repository } from './paths.ts';
import { endChild, startChild } from './running/child.ts';
import { openInBrowser } from './running/openInBrowser.ts';
import { startSampleRegistry } from './sampleRegistry/start.ts';
import { prepareSampleWorkspace } from './sampleWorkspace/prepare.ts';
import { hasDisplay, installedDesktop, profileArguments } from './vscode/desktop.ts';
import { installVsix, type ServerOptions, startVsCodeServer } from './vscode/server.ts';
import { type Settings, writeUserSettings } from './vscode/settings.ts';
import { workbenchAddress } from './vscode/workbench.ts';

const mayOpen = process.env.STRATA_START_NO_OPEN !== '1';

interface Sample {
  readonly scratch: string;
  readonly workspace: string;
  readonly profile: string;
  readonly extensions: string;
  readonly settings: Settings;
}

interface RunningEditor extends AsyncDisposable {
  /** Resolves when it has ended by itself or by the person; closing a page in the browser does not. */
  readonly closed: Promise<unknown>;
}

async function openDesktop(executable: string, sample: Sample): Promise<RunningEditor> {
  await buildExtension();
  await writeUserSettings(sample.profile, sample.settings);
  const args = [
    sample.workspace,
    path.join(sample.workspace, 'Dockerfile'),
    ...profileArguments(sample.profile, sample.extensions),
    `--extensionDevelopmentPath=${repository}`,
  ];
  const child = startChild(executable, args, { stdio: 'ignore' });
  console.log(`VS Code is opening: ${executable}`);
  return { closed: once(child, 'exit'), [Symbol.asyncDispose]: () => endChild(child) };
}

async function openWorkbenchInBrowser(sample: Sample): Promise<RunningEditor> {
  const options: ServerOptions = {
    extensionsDirectory: sample.extensions,
    userDataDirectory: sample.profile,
    settings: sample.settings,
  };
  await installVsix(await packageExtension(), options);
  const server = await startVsCodeServer(options);
  const address = workbenchAddress(server, {
    folder: sample.workspace,
    openFile: path.join(sample.workspace, 'Dockerfile'),
  });
  console.log(`VS Code with Strata: ${address}`);
  if (mayOpen && hasDisplay()) openInBrowser(address);
  return { closed: server.ended, [Symbol.asyncDispose]: () => server.close() };
}

function tellWhatToTry(registry: string): void {
  console.log(`Sample registry:     ${registry}

Try this:
  1. Open Dockerfile and rest the pointer on an image name: what it is today, its platforms and sizes.
  2. Choose Pin in the hover, or press Ctrl+. on the name: the tag gets its digest.
  3. Choose Pull in the hover, then open Strata in the activity bar and unfold the image down to a file.
  4. Look at In This Workspace: every image these files mention.
  5. Unfold the registry in Registries: repositories, tags, platforms and layers, nothing pulled.

Press Ctrl-C to end it all.`);
}

/** Ctrl-C reaches this process twice, from the terminal and from npm: the second one must not cut the end short. */
function interrupted(): Promise<unknown> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve);
  });
}

const ended = interrupted();
const scratch = await mkdtemp(path.join(tmpdir(), 'strata-start-'));
try {
  console.log('Preparing Strata, a sample registry and a sample folder…');
  await using registry = await startSampleRegistry();
  const sample: Sample = {
    scratch,
    workspace: path.join(scratch, 'workspace'),
    profile: path.join(scratch, 'profile'),
    extensions: path.join(scratch, 'extensions'),
    settings: {
      'strata.storeDirectory': path.join(scratch, 'store'),
      'strata.registries': [registry.host],
    },
  };
  await prepareSampleWorkspace({ host: registry.host, directory: sample.workspace });
  const desktop = mayOpen && hasDisplay() ? installedDesktop() : undefined;
  await using editor = await (desktop === undefined
    ? openWorkbenchInBrowser(sample)
    : openDesktop(desktop, sample));
  tellWhatToTry(registry.url);
  await Promise.race([ended, editor.closed]);
  console.log('Ending…');
} finally {
  await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(0);
