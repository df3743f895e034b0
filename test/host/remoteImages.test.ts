import assert from 'node:assert/strict';
import { commands, FileType, Uri, window, workspace } from 'vscode';
import { commands as ids, imageFileScheme } from '../../src/contributions.ts';
import type { ImageEngine } from '../../src/engine/imageEngine.ts';
import { parseReference } from '../../src/engine/oci/reference.ts';
import { imageLocations, imageUri } from '../../src/ui/imageFileSystem/imageLocation.ts';
import { imageTree } from '../../src/ui/imageFileSystem/imageTree.ts';
import { replyError, startFaultServer } from '../support/registryFaults/faultServer.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { pass } from '../support/slowRegistry.ts';
import { type Answers, asPerson, type Seen } from './person.ts';
import { emptyStore, eventually, hoverAt, openFile, otherEngine, parts } from './world.ts';

describe('images that are in a registry alone', () => {
  let registry: SampleRegistry;
  let engine: ImageEngine;

  before(async () => {
    await parts();
    registry = await startSampleRegistry();
    engine = otherEngine();
    await emptyStore(engine);
  });
  after(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    await engine?.[Symbol.asyncDispose]();
    await registry?.close();
  });

  const named = (name: string) => ({ reference: `${registry.host}/acme/${name}` });
  const run = (id: string, argument: unknown, answers: Answers = {}): Promise<Seen> =>
    asPerson(answers, () => commands.executeCommand(id, argument));

  async function uriOf(name: string, path: string): Promise<Uri> {
    const reference = parseReference(named(name).reference);
    const image = await engine.remoteImage(reference);
    return imageUri({ ...imageTree({ image, tag: image.tags[0] }), from: reference, path });
  }
  const isApp = ({ path }: Uri) => path.endsWith('/app.css');
  const text = async (uri: Uri) => Buffer.from(await workspace.fs.readFile(uri)).toString();

  it('are files like any other', async () => {
    const entries = new Map(await workspace.fs.readDirectory(await uriOf('web:2.0.0', '/srv/web/public')));
    assert.equal(entries.get('latest.css'), FileType.File | FileType.SymbolicLink);
    assert.match(await text(await uriOf('web:2.0.0', '/usr/local/bin/web')), /^#!\/usr\/bin\/env node/);
    assert.deepEqual(await engine.images(), []);
  });

  it('have URIs that say where they are', async () => {
    const uri = await uriOf('web:2.0.0', '/etc/passwd');
    const [location] = imageLocations(Uri.parse(uri.toString()));
    assert.deepEqual(location?.from, { registry: registry.host, repository: 'acme/web' });
    const broken = Uri.from({ scheme: imageFileScheme, authority: `${'0'.repeat(64)}-from00`, path: '/x/y' });
    await assert.rejects(async () => workspace.fs.stat(broken));
  });

  it('open as folders', async () => {
    const added: [number, number, { uri: Uri; name: string }][] = [];
    // VS Code would start anew with a second folder, and this test with it.
    const target = workspace as unknown as Record<string, unknown>;
    const own = target.updateWorkspaceFolders;
    target.updateWorkspaceFolders = (...args: (typeof added)[number]) => added.push(args);
    try {
      await run(ids.openImageAsFolder, named('web:1.4.0'));
    } finally {
      target.updateWorkspaceFolders = own;
    }
    assert.deepEqual([added.length, added[0]?.[2].name], [1, 'web:1.4.0']);
    assert.equal(String(added[0]?.[2].uri), String(await uriOf('web:1.4.0', '/')));
  });

  it('have their files found by words of their path', async () => {
    const seen = await run(ids.goToFile, named('web:2.0.0'), { type: 'web public app.css', pick: 'app.css' });
    assert.match(seen.lists[0]?.title ?? '', /^Go to File in web:2\.0\.0/);
    const shown = await eventually(
      async () => window.visibleTextEditors.find(({ document }) => document.uri.path.endsWith('/app.css')),
      'the file',
    );
    assert.match(shown.document.getText(), /--accent/);
  });

  it('are searched for text, and the line that has it is shown', async () => {
    const seen = await run(ids.findText, named('web:2.0.0'), { type: '--accent', pickOfList: 'app.css:' });
    assert.deepEqual(seen.messages, []);
    assert.match(seen.lists[0]?.title ?? '', /^Find Text in web:2\.0\.0/);
    assert.ok(seen.lists[0]?.items.every(({ detail }) => detail?.includes('--accent')));
    await eventually(
      async () => window.visibleTextEditors.find(({ document: { uri, getText } }) => isApp(uri) && getText()),
      'the file',
    );
    assert.deepEqual(await engine.images(), []);
  });

  it('are compared with another tag of their registry', async () => {
    const seen = await asPerson({ pick: '1.4.1', pickOfList: '1.4.1' }, () =>
      commands.executeCommand(ids.compareWithTag, named('web:2.0.0')),
    );
    const [tags] = seen.lists;
    assert.deepEqual(
      tags?.items.map(({ label }) => label),
      ['latest', '2', '1.4.1', '1.4.0', '1.4'],
    );
    const [, changes] = seen.lists;
    assert.match(changes?.title ?? '', /web:2\.0\.0.* ↔ web:1\.4\.1/);
    assert.ok(changes?.items.some(({ label }) => label === 'web.mjs' || label === 'app.css'));
  });

  it('can be picked for a comparison beside those of the store', async () => {
    const seen = await run(ids.compareWith, named('web:2.0.0'));
    assert.deepEqual(
      seen.picks[0]?.items.map(({ label }) => label),
      ['An Image in a Registry…'],
    );
  });

  const openTab = (wanted: string) => {
    const labels = () => window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    return eventually(async () => labels().find((label) => label === wanted), wanted);
  };

  it('have their layers inspected, and are compared, on pages, and nothing is pulled', async () => {
    const [before, after] = [named('web:1.4.0'), named('web:2.0.0')];
    const seen = await run(ids.inspectLayers, before);
    assert.deepEqual(seen.messages, []);
    await openTab(`${before.reference}: Layers`);
    await run(ids.compareImages, { before, after });
    await openTab(`${before.reference} ↔ ${after.reference}`);
    assert.deepEqual(await engine.images(), []);
  });

  it('are asked for again where somebody wants that, once their registry answers', async () => {
    // The question for the manifest's digest, and that for the manifest itself.
    let failures = 2;
    await using server = await startFaultServer(async (request, response) => {
      if (request.url.includes('/manifests/') && failures-- > 0) return replyError(response, 418, 'TEAPOT');
      const { status, headers, body } = await pass(registry.url, request);
      response.writeHead(status, headers).end(body);
    });
    const reference = `${server.host}/acme/web:1.4.1`;
    const seen = await asPerson({ press: 'Try Again' }, async () => {
      await commands.executeCommand(ids.inspectLayers, { reference });
      await openTab(`${reference}: Layers`);
    });
    assert.deepEqual(
      seen.messages.map(({ text }) => text),
      [`${server.host} answered with status 418 TEAPOT.`],
    );
  });

  it('are compared with another of their own platforms where the same tag is named again', async () => {
    const { reference } = named('agent:6.0');
    // What both prompts have, and no platform before the wanted one.
    const seen = await run(ids.compareImages, named('agent:6.0'), { pick: 'r', type: reference });
    assert.deepEqual(seen.messages, []);
    assert.equal(seen.picks.at(-1)?.title, `Platform of ${reference}`);
    await openTab(`${reference} linux/amd64 ↔ ${reference} linux/arm64`);
  });

  it('are those of the platform that is asked for, whatever the store has', async () => {
    const { reference } = named('agent:6.0');
    await run(ids.pull, { reference });
    const before = { reference };
    await run(ids.compareImages, { before, after: { reference, platform: 'linux/arm64' } });
    await openTab(`${reference} linux/amd64 ↔ ${reference} linux/arm64`);
    await emptyStore(engine);
  });

  it('are told in one sentence where they are not there', async () => {
    const { messages } = await run(ids.openImageAsFolder, named('web:nosuch'));
    assert.match(messages.map(({ text }) => text).join(), /was not found/);
  });

  it('are opened from a hover', async () => {
    const document = await openFile('Dockerfile.remote', `FROM ${registry.host}/acme/web:1.4.0\n`);
    const hover = await hoverAt(document, 'acme/web');
    assert.match(hover, /\[Open as folder\]\(command:strata\.openImageAsFolder/);
  });
});
