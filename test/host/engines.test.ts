import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigurationTarget, commands, TabInputTextDiff, window, workspace } from 'vscode';
import { commands as ids, settings, viewItems } from '../../src/contributions.ts';
import type { DockerEngine } from '../../src/engine/dockerEngine/dockerEngine.ts';
import { canonicalReference, parseReference } from '../../src/engine/oci/reference.ts';
import type { ExtensionParts } from '../../src/extension.ts';
import { piecesOf } from '../support/archives/loadWorld.ts';
import { removeContainer, startContainer } from '../support/engines/engineApi.ts';
import { engineAt } from '../support/engines/engineAt.ts';
import { startFakeEngine } from '../support/engines/fakeEngine.ts';
import { runnableArchive, runnableImage } from '../support/engines/runnableArchive.ts';
import { type Dockerd, startDockerd } from '../support/realParts/dockerd.ts';
import { replyJson } from '../support/registryFaults/faultServer.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { asPerson } from './person.ts';
import { eventually, otherEngine, parts, type Row, row, rows } from './world.ts';

const engineRow = 'Docker: default';

describe('Docker engines in the Images view', function () {
  this.timeout(120_000);
  let tree: ExtensionParts['images'];
  let folder: string;
  let environment: NodeJS.ProcessEnv;

  before(async () => {
    ({ images: tree } = await parts());
    folder = await mkdtemp(path.join(tmpdir(), 'strata-host-engines-'));
    environment = { DOCKER_HOST: process.env.DOCKER_HOST, DOCKER_CONFIG: process.env.DOCKER_CONFIG };
    process.env.DOCKER_CONFIG = folder;
    await hide([]);
  });

  after(async () => {
    for (const [name, value] of Object.entries(environment)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await hide(['*']);
    await rm(folder, { recursive: true, force: true });
  });

  async function hide(names: readonly string[]): Promise<void> {
    const { id } = settings.hiddenEngines;
    await workspace.getConfiguration().update(id, names, ConfigurationTarget.Global);
  }

  const engineNode = async () => (await row(tree, engineRow)).node;

  it('are rows that nothing is asked of while they are folded', async () => {
    await using fake = await startFakeEngine((_, response) => replyJson(response, 200, []), {
      version: undefined,
    });
    process.env.DOCKER_HOST = fake.host;
    const { item, description } = await row(tree, engineRow);
    assert.equal(item.collapsibleState, 1);
    assert.equal(item.contextValue, viewItems.engine);
    assert.equal(description, fake.host);
    assert.deepEqual(fake.requests, []);
    assert.equal(fake.openSockets(), 0);
  });

  it('that hang hold up no other row, and say what became of them', async () => {
    let above: readonly string[];
    let unfolded: Promise<Row[]>;
    {
      await using fake = await startFakeEngine(() => undefined, { version: undefined });
      process.env.DOCKER_HOST = fake.host;
      unfolded = rows(tree, await engineNode());
      above = (await rows(tree)).map(({ label }) => label);
    }
    assert.ok(above.includes(engineRow));
    const [problem, ...others] = await unfolded;
    assert.deepEqual(others, []);
    assert.match(
      problem?.label ?? '',
      /^Cannot reach the Docker engine default: the connection was broken\.$/,
    );
    await commands.executeCommand(ids.refreshImages);
  });

  it('are hidden one by one', async () => {
    process.env.DOCKER_HOST = 'unix:///nowhere.sock';
    await commands.executeCommand(ids.hideEngine, await engineNode());
    assert.ok((await rows(tree)).every(({ label }) => label !== engineRow));
    await hide([]);
    assert.ok(await engineNode());
  });

  describe('that are real', () => {
    let dockerd: Dockerd;
    let engine: DockerEngine;
    let registry: SampleRegistry;

    before(async () => {
      [dockerd, registry] = await Promise.all([startDockerd(), startSampleRegistry()]);
      const host = `unix://${dockerd.socket}`;
      process.env.DOCKER_HOST = host;
      engine = engineAt(host);
    });

    after(async () => {
      // The view lets go of the engine.
      await hide(['*']);
      await commands.executeCommand(ids.refreshImages);
      // What still runs would keep the engine's folder.
      for (const { name } of await engine.containers()) await removeContainer(dockerd.socket, name);
      await dockerd.close();
      await registry?.close();
    });

    async function load(tag: string, release: string): Promise<void> {
      for await (const _ of engine.load(piecesOf(runnableArchive(tag, release))));
    }

    const imageRow = async (label: string) => row(tree, label, await engineNode());

    it('show beside an image the containers that run it', async () => {
      await load('golftrack:1.5', 'with the fault');
      await startContainer(dockerd.socket, 'shop-1', 'golftrack:1.5');
      await commands.executeCommand(ids.refreshImages);
      const image = await imageRow('golftrack:1.5');
      assert.match(image.description, /^1 container · /);
      assert.equal(image.item.contextValue, viewItems.taggedEngineImage);
      const container = await row(tree, 'shop-1', image.node);
      assert.match(container.description, /^Up /);
      assert.equal(container.item.contextValue, viewItems.container);
    });

    it('tell of what changes by themselves, and of a moved tag which containers run what', async () => {
      await engineRows();
      let changes = 0;
      const listener = tree.onDidChangeTreeData?.(() => {
        changes += 1;
      });
      await load('golftrack:1.5', 'mended');
      await eventually(async () => (changes > 0 ? changes : undefined), 'a change of the tree');
      listener?.dispose();
      await startContainer(dockerd.socket, 'shop-2', 'golftrack:1.5');
      const image = await eventually(async () => {
        const found = await imageRow('golftrack:1.5');
        return found.description.startsWith('1 of 2 containers on the old image') ? found : undefined;
      }, 'a moved tag');
      assert.equal(image.item.contextValue, viewItems.movedEngineImage);
      const [first, second] = await rows(tree, image.node);
      const old = runnableImage('', 'with the fault').id.slice(7, 19);
      assert.equal(first?.label, 'shop-1');
      assert.match(first?.description ?? '', new RegExp(`^old image ${old} · Up `));
      assert.equal(first?.item.contextValue, viewItems.staleContainer);
      assert.equal(second?.label, 'shop-2');
      assert.equal(second?.item.contextValue, viewItems.container);
      assert.ok(await imageRow('golftrack:1.5 (moved)'));
    });

    it('let the old image and the new be compared', async () => {
      await commands.executeCommand('workbench.action.closeAllEditors');
      const image = await imageRow('golftrack:1.5');
      await asPerson({ pick: 'release' }, () => commands.executeCommand(ids.compareMovedTag, image.node));
      const input = await eventually(async () => {
        const shown = window.tabGroups.activeTabGroup.activeTab?.input;
        return shown instanceof TabInputTextDiff ? shown : undefined;
      }, 'a diff in front');
      const texts = await Promise.all(
        [input.original, input.modified].map(async (uri) =>
          Buffer.from(await workspace.fs.readFile(uri)).toString(),
        ),
      );
      assert.deepEqual(texts, ['with the fault\n', 'mended\n']);
      await commands.executeCommand('workbench.action.closeAllEditors');
    });

    it('refuse to remove what a container uses, and name it', async () => {
      const image = await imageRow('golftrack:1.5');
      const { messages } = await asPerson({ press: 'Remove' }, () =>
        commands.executeCommand(ids.removeImage, image.node),
      );
      assert.match(messages[0]?.text ?? '', /^Remove golftrack:1\.5 from the Docker engine default\?$/);
      assert.match(
        messages[1]?.text ?? '',
        /^Golftrack:1\.5 is used by the container shop-2 \(Up [^)]+\)\.$/,
      );
      assert.ok(await imageRow('golftrack:1.5'));
    });

    it('inspect, tell the history of, tag and remove their images', async () => {
      const image = await imageRow('golftrack:1.5');
      await commands.executeCommand(ids.inspectImage, image.node);
      const document = JSON.parse(window.activeTextEditor?.document.getText() ?? '');
      assert.equal(document[0].Id, runnableImage('', 'mended').id);
      await commands.executeCommand(ids.imageHistory, image.node);
      assert.match(window.activeTextEditor?.document.getText() ?? '', /echo mended > \/etc\/release/);
      await commands.executeCommand('workbench.action.closeAllEditors');
      await asPerson({ type: 'golftrack:stable' }, () => commands.executeCommand(ids.tagImage, image.node));
      const tagged = await eventually(async () => found(await engineRows(), 'golftrack:stable'), 'the tag');
      await asPerson({ press: 'Remove' }, () => commands.executeCommand(ids.removeImage, tagged.node));
      await eventually(
        async () => (found(await engineRows(), 'golftrack:stable') ? undefined : true),
        'the row’s end',
      );
    });

    it('give and take images: the same ID in store, engine and registry, and the digest that was pushed', async () => {
      await using store = otherEngine();
      const name = `${registry.host}/acme/cron:latest`;
      await commands.executeCommand(ids.pull, { reference: name });
      const pulled = await store.image(canonicalReference(parseReference(name)));
      await asPerson({ pick: 'default' }, () =>
        commands.executeCommand(ids.copyToEngine, { reference: name }),
      );
      const inEngine = await eventually(
        async () => found(await engineRows(), name),
        'the image in the engine',
      );
      assert.equal((await engine.inspect(name)).Id, pulled.id);

      const pushed = `${registry.host}/acme/roundtrip:1`;
      await asPerson({ type: pushed }, () => commands.executeCommand(ids.pushImage, inEngine.node));
      const { digest } = await store.resolve(parseReference(pushed));
      const [inEngineAfter] = (await engine.images()).filter(({ id }) => id === pulled.id);
      assert.ok(inEngineAfter?.repoDigests.some((known) => known.digest === digest));

      await commands.executeCommand(ids.pull, { reference: pushed });
      const back = await store.image(canonicalReference(parseReference(pushed)));
      assert.equal(back.id, pulled.id);
      assert.equal(back.manifest.digest, digest);

      await store.remove(canonicalReference(parseReference(pushed)));
      const fromEngine = await eventually(async () => found(await engineRows(), pushed), 'the pushed tag');
      await commands.executeCommand(ids.copyToStore, fromEngine.node);
      assert.equal((await store.image(canonicalReference(parseReference(pushed)))).id, pulled.id);
      assert.deepEqual(await store.verify(), []);
    });

    async function engineRows(): Promise<readonly Row[]> {
      return rows(tree, await engineNode());
    }
  });
});

function found(all: readonly Row[], label: string): Row | undefined {
  return all.find((one) => one.label === label);
}
