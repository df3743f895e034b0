import assert from 'node:assert/strict';
import { ConfigurationTarget, commands, window, workspace } from 'vscode';
import { commands as ids, settings, viewItems, views } from '../../src/contributions.ts';
import { shortDigest } from '../../src/engine/oci/digest.ts';
import { parseReference } from '../../src/engine/oci/reference.ts';
import type { ExtensionParts } from '../../src/extension.ts';
import { startFakeCatalog } from '../support/fakeCatalog.ts';
import { liveHeap } from '../support/liveHeap.ts';
import { processorMilliseconds } from '../support/processorTime.ts';
import { type FaultServer, startFaultServer } from '../support/registryFaults/faultServer.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { asPerson } from './person.ts';
import { eventually, otherEngine, parts, type Row, row, rows, tooltipOf } from './world.ts';

describe('the Registries view', () => {
  let registry: SampleRegistry;
  let tree: ExtensionParts['registries'];

  before(async () => {
    ({ registries: tree } = await parts());
    registry = await startSampleRegistry();
  });

  after(async () => {
    await connect([]);
    await registry.close();
  });

  const connect = (places: readonly string[]) =>
    workspace.getConfiguration().update(settings.registries.id, places, ConfigurationTarget.Global);
  const connected = () => workspace.getConfiguration().get<readonly string[]>(settings.registries.id);
  const labels = (all: readonly Row[]) => all.map(({ label }) => label);

  /** The row, once the registry has answered. */
  async function awaitedRow(label: string, parent: Row['node']): Promise<Row> {
    await answered(parent);
    return row(tree, label, parent);
  }

  const answered = (parent: Row['node'] | undefined) =>
    eventually(async () => {
      const found = await rows(tree, parent);
      return found.some(({ label }) => label.startsWith('Waiting for')) ? undefined : found;
    }, 'the answer of the registry');

  async function repositoryRow(name: string): Promise<Row> {
    return awaitedRow(name, (await row(tree, registry.host)).node);
  }

  async function tagRow(repository: string, tag: string): Promise<Row> {
    return awaitedRow(tag, (await repositoryRow(repository)).node);
  }

  describe('of the sample registry', () => {
    before(() => connect([registry.host]));

    it('unfolds to repositories, tags newest first, platforms and layers', async () => {
      const tags = await answered((await repositoryRow('acme/web')).node);
      const versions = labels(tags).filter((label) => /^\d+\.\d+\.\d+$/.test(label));
      assert.ok(versions.length > 1, labels(tags).join());
      assert.deepEqual(versions, [...versions].sort().reverse());
      const newest = tags.find(({ label }) => label === versions[0]);
      const platforms = await answered(newest?.node);
      assert.ok(labels(platforms).includes('linux/amd64'), labels(platforms).join());
      const layers = await answered(platforms[0]?.node);
      assert.ok(layers.length > 0);
      assert.ok(layers.every(({ item }) => item.contextValue === viewItems.remoteLayer));
    });

    it('puts what cosign has tagged behind the tags of people, told apart in a narrow view', async () => {
      const tags = await answered((await repositoryRow('acme/api')).node);
      assert.equal(tags[0]?.label, 'latest');
      const signature = tags.at(-1);
      assert.match(signature?.label ?? '', /^sha256-[0-9a-f]{12}…\.sig$/);
      const below = await answered(signature?.node);
      assert.deepEqual(labels(below), ['Nothing here is an image to run']);
    });

    it('asks again for the tags of one repository', async () => {
      await using engine = otherEngine();
      const name = `${registry.host}/acme/tools`;
      const before = labels(await answered((await repositoryRow('acme/tools')).node));
      const copied = engine.copy(parseReference(`${name}:${before[0]}`), parseReference(`${name}:zz-new`));
      for await (const _ of copied);
      const { node } = await repositoryRow('acme/tools');
      assert.deepEqual(labels(await answered(node)), before);
      await commands.executeCommand(ids.refreshRegistries, node);
      assert.deepEqual(labels(await answered((await repositoryRow('acme/tools')).node)), [
        ...before,
        'zz-new',
      ]);
    });

    it('tells at a tag what it is when it is pointed at', async () => {
      await using engine = otherEngine();
      const { digest } = await engine.resolve(parseReference(`${registry.host}/acme/web:2.0.0`));
      const tag = await tagRow('acme/web', '2.0.0');
      assert.ok((await tooltipOf(tree, tag)).includes(digest));
    });

    it('filters tags by words and stars, and shows all again', async () => {
      const filter = async (type: string) => {
        const { node } = await repositoryRow('acme/web');
        await asPerson({ type }, () => commands.executeCommand(ids.filterRegistry, node));
        return labels(await answered((await repositoryRow('acme/web')).node));
      };
      const all = await filter('');
      assert.deepEqual(
        await filter('2.0'),
        all.filter((tag) => tag.includes('2.0')),
      );
      assert.deepEqual(await filter('no such'), ['No tag fits the filter']);
      assert.deepEqual(await filter(''), all);
    });

    it('pulls a tag from its row, which then says that the store has it', async () => {
      const tag = await tagRow('acme/base', '1.0');
      await commands.executeCommand(ids.pull, tag.node);
      await commands.executeCommand(ids.refreshRegistries);
      const again = await tagRow('acme/base', '1.0');
      assert.equal(again.description, 'in the store');
    });

    it('compares a tag, or one of its platforms, with another tag of its repository', async () => {
      const tag = await tagRow('acme/web', '2.0.0');
      const platforms = await answered(tag.node);
      const rowsAndNames: readonly (readonly [Row | undefined, RegExp])[] = [
        [tag, /^web:2\.0\.0 ↔ web:1\.4\.1$/],
        [
          platforms.find(({ label }) => label === 'linux/arm64'),
          /^[0-9a-f]{12} linux-arm64 ↔ web:1\.4\.1 linux-arm64$/,
        ],
      ];
      for (const [one, title] of rowsAndNames) {
        const { lists } = await asPerson({ pick: '1.4.1', pickOfList: '1.4.1' }, () =>
          commands.executeCommand(ids.compareWithTag, one?.node),
        );
        const [tags, changes] = lists;
        const offered = tags?.items.map(({ label }) => label) ?? [];
        assert.ok(offered.includes('1.4.1'), offered.join());
        assert.equal(offered.includes('2.0.0'), one !== tag, 'a tag is not compared with itself');
        assert.match(changes?.title ?? '', title);
        assert.ok(
          changes?.items.some(({ label }) => label === 'app.css'),
          changes?.items.map(({ label }) => label).join(),
        );
      }
    });

    it('shows the index of a tag as a document', async () => {
      const tag = await tagRow('acme/web', '2.0.0');
      await commands.executeCommand(ids.inspectManifest, tag.node);
      const text = window.activeTextEditor?.document.getText() ?? '';
      assert.ok(JSON.parse(text).manifests.length > 1, text);
    });

    it('deletes a tag once the person has said so, and not before', async () => {
      await using engine = otherEngine();
      const name = `${registry.host}/acme/base`;
      const copied = engine.copy(parseReference(`${name}:1.0`), parseReference(`${name}:doomed`));
      for await (const _ of copied);
      await commands.executeCommand(ids.refreshRegistries);
      const doomed = await tagRow('acme/base', 'doomed');
      const kept = await asPerson({}, () => commands.executeCommand(ids.deleteTag, doomed.node));
      assert.match(kept.messages[0]?.detail ?? '', /for everybody/);
      await engine.resolve(parseReference(`${name}:doomed`));
      await asPerson({ press: 'Delete Tag' }, () => commands.executeCommand(ids.deleteTag, doomed.node));
      await assert.rejects(engine.resolve(parseReference(`${name}:doomed`)), { reason: 'NotFound' });
      assert.ok(!labels(await answered((await repositoryRow('acme/base')).node)).includes('doomed'));
      await engine.resolve(parseReference(`${name}:1.0`));
    });

    it('counts what was asked, in the tooltip', async () => {
      const host = await row(tree, registry.host);
      await rows(tree, host.node);
      assert.match(await tooltipOf(tree, host), /[1-9]\d* requests/);
    });
  });

  describe('while registries are connected', () => {
    beforeEach(() => connect([]));

    it('connects what the person types, and disconnects it again', async () => {
      const answers = { pick: 'Another Registry', type: registry.host };
      await asPerson(answers, () => commands.executeCommand(ids.connectRegistry));
      assert.deepEqual(connected(), [registry.host]);
      const { node } = await row(tree, registry.host);
      await commands.executeCommand(ids.disconnectRegistry, node);
      assert.deepEqual(connected(), []);
      assert.deepEqual(await rows(tree), []);
    });

    it('refuses what is no host while it is typed', async () => {
      const answers = { pick: 'Another Registry', type: 'not a host' };
      const { inputs } = await asPerson(answers, () => commands.executeCommand(ids.connectRegistry));
      assert.match(inputs[0]?.note ?? '', /Type a host/);
      assert.deepEqual(connected(), []);
    });

    it('asks before it connects a host that does not answer', async () => {
      const gone = await startFaultServer(() => undefined);
      await gone[Symbol.asyncDispose]();
      const answers = { pick: 'Another Registry', type: gone.host };
      const { messages } = await asPerson(answers, () => commands.executeCommand(ids.connectRegistry));
      assert.match(messages[0]?.text ?? '', /cannot be reached/);
      assert.deepEqual(connected(), []);
    });
  });

  describe('with bad and large registries', () => {
    let large: FaultServer;
    let hung: FaultServer;
    const all = Array.from({ length: 5000 }, (_, number) => `team/app-${String(number).padStart(4, '0')}`);
    const tags = Array.from({ length: 20_000 }, (_, number) => `1.${number}`);

    before(async () => {
      large = await startFakeCatalog({ repositories: all, tags: { 'team/app-0000': tags } });
      hung = await startFaultServer(() => undefined);
      const plain = Array.from(
        { length: 7 },
        (_, number) => `${registry.host}/acme/${'x'.repeat(number + 1)}`,
      );
      await connect([hung.host, large.host, `${hung.host}/again`, ...plain]);
    });

    after(async () => {
      await connect([]);
      await large[Symbol.asyncDispose]();
      await hung[Symbol.asyncDispose]();
    });

    it('asks none of them before a row is unfolded', async () => {
      assert.equal((await rows(tree)).length, 10);
      assert.equal(hung.requests.length, 0);
    });

    it('says at its own row that one lets wait, while others answer', async () => {
      const waiting = (await row(tree, hung.host)).node;
      const start = performance.now();
      const [first] = await rows(tree, waiting);
      assert.equal(first?.label, `Waiting for ${hung.host}…`);
      assert.ok(performance.now() - start < 10_000);
      const names = await answered((await row(tree, large.host)).node);
      assert.equal(names[0]?.label, 'team/app-0000');
    });

    it('shows the first page of 5,000 repositories, then the next', async () => {
      const host = await row(tree, large.host);
      const all5000 = await eventually(async () => {
        const found = await rows(tree, host.node);
        return found.at(-1)?.description === '5001 in all' || found.length === 201 ? found : undefined;
      }, 'the first page');
      const more = all5000.at(-1);
      assert.equal(more?.label, 'Show 200 more…');
      await commands.executeCommand(`${views.registries}.focus`);
      await commands.executeCommand(ids.showMoreImages, more?.node);
      assert.equal((await rows(tree, host.node)).length, 401);
    });

    it('puts the newest of 20,000 tags first, by requests for pages and none for tags', async () => {
      const before = large.requests.length;
      const repository = await awaitedRow('team/app-0000', (await row(tree, large.host)).node);
      const newest = await eventually(async () => {
        const [first] = await rows(tree, repository.node);
        return first?.label === '1.19999' ? first : undefined;
      }, 'the newest tag');
      assert.equal(newest.item.contextValue, viewItems.remoteTag);
      const asked = large.requests.slice(before).map(({ url }) => url);
      assert.ok(asked.every((url) => url.includes('/tags/list')));
      assert.ok(asked.length <= 21, `${asked.length} requests`);
    });

    const newestTag = async () => {
      await commands.executeCommand(ids.refreshRegistries);
      const repository = await awaitedRow('team/app-0000', (await row(tree, large.host)).node);
      const newest = (await answered(repository.node))[0]?.label;
      assert.equal(newest, '1.19999');
    };

    it('takes less than a second of work for all of them, the registry’s own in this process included', async () => {
      await newestTag();
      const before = processorMilliseconds();
      await newestTag();
      const spent = processorMilliseconds() - before;
      assert.ok(spent < 1000, `${spent.toFixed(0)} ms`);
    });

    it('holds no more after many looks than after a few', async () => {
      for (let look = 0; look < 3; look++) await newestTag();
      const before = liveHeap();
      for (let look = 0; look < 10; look++) await newestTag();
      const grown = (liveHeap() - before) / 2 ** 20;
      assert.ok(grown < 8, `${grown.toFixed(1)} MiB more`);
    });
  });

  describe('without a catalogue', () => {
    it('takes the namespace for a repository', async () => {
      const server = await startFaultServer(({ url }, response) => {
        if (url.startsWith('/v2/acme/app/tags/list')) response.end('{"tags":["1.0"]}');
        else response.writeHead(404).end('{"errors":[{"code":"UNSUPPORTED"}]}');
      });
      try {
        await connect([server.host, `${server.host}/acme/app`]);
        const [advice] = await answered((await row(tree, server.host)).node);
        assert.equal(advice?.label, 'Connect by name…');
        assert.match(advice.description, /does not list its repositories/);
        const place = await row(tree, `${server.host}/acme/app`);
        const repository = await awaitedRow('acme/app', place.node);
        assert.deepEqual(labels(await answered(repository.node)), ['1.0']);
      } finally {
        await server[Symbol.asyncDispose]();
      }
    });

    it('offers to sign in where the registry wants that', async () => {
      const server = await startFaultServer((_, response) => {
        response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end('{}');
      });
      try {
        await connect([server.host]);
        const [offer, byName] = await answered((await row(tree, server.host)).node);
        assert.match(offer?.label ?? '', /sign in/i);
        assert.equal(offer?.item.command?.command, ids.signIn);
        assert.equal(byName?.item.command?.command, ids.connectRegistry);
        const { inputs } = await asPerson({ type: `${server.host}/acme/app` }, () =>
          commands.executeCommand(ids.connectRegistry, ...(byName?.item.command?.arguments ?? [])),
        );
        assert.equal(inputs[0]?.options.value, `${server.host}/`);
      } finally {
        await server[Symbol.asyncDispose]();
      }
    });
  });

  it('shows the digest of a layer in short', async () => {
    await connect([registry.host]);
    const tag = await tagRow('acme/base', '1.0');
    const [platform] = await answered(tag.node);
    const [layer] = await answered(platform?.node);
    await using engine = otherEngine();
    const { value } = await engine.manifest(parseReference(`${registry.host}/acme/base:1.0`), {
      platform: { os: 'linux', architecture: 'amd64' },
    });
    const [first] = value.kind === 'manifest' ? value.layers : [];
    assert.ok(first && layer?.description.endsWith(shortDigest(first.digest)), layer?.description);
  });
});
