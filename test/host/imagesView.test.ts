import assert from 'node:assert/strict';
import { commands, env } from 'vscode';
import { commands as ids, viewItems, views } from '../../src/contributions.ts';
import { shortDigest } from '../../src/engine/oci/digest.ts';
import { canonicalReference, parseReference } from '../../src/engine/oci/reference.ts';
import type { ExtensionParts } from '../../src/extension.ts';
import { fillRegistry } from '../support/fillRegistry.ts';
import { buildManifest, withoutIndex } from '../support/sampleRegistry/imageBuilder.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import {
  emptyStore,
  eventually,
  hoversAt,
  openFile,
  otherEngine,
  parts,
  row,
  rows,
  tooltipOf,
} from './world.ts';

describe('the Images view', () => {
  let registry: SampleRegistry;
  let tree: ExtensionParts['images'];

  before(async () => {
    ({ images: tree } = await parts());
    registry = await startSampleRegistry();
  });

  after(() => registry.close());

  const repository = (name: string) => `${registry.host}/acme/${name}`;
  const pull = (name: string) =>
    commands.executeCommand(ids.pull, { reference: `${registry.host}/acme/${name}` });

  it('is empty while the store is, so that its welcome shows', async () => {
    await using engine = otherEngine();
    await emptyStore(engine);
    assert.deepEqual(await rows(tree), []);
  });

  it('has what was pulled: repository, tag, layers as the manifest has them', async () => {
    await pull('web:2.0.0');
    await using engine = otherEngine();
    const image = await engine.image(canonicalReference(parseReference(`${repository('web')}:2.0.0`)));
    const web = await row(tree, 'acme/web');
    const tag = await row(tree, '2.0.0', web.node);
    assert.equal(tag.item.contextValue, viewItems.taggedImage);
    assert.ok(tag.description.includes(shortDigest(image.id)), tag.description);
    assert.ok(tag.description.includes('linux/'), tag.description);
    const layers = await rows(tree, tag.node);
    const expected = (await engine.layers(image)).filter(({ empty }) => !empty);
    assert.deepEqual(
      layers.map(({ description }) => description.split(' · ').at(-1)),
      expected.map(({ descriptor }) => descriptor && shortDigest(descriptor.digest)),
    );
  });

  it('tells both hashes of a layer', async () => {
    await using engine = otherEngine();
    const image = await engine.image(canonicalReference(parseReference(`${repository('web')}:2.0.0`)));
    const web = await row(tree, 'acme/web');
    const [lowest] = await rows(tree, (await row(tree, '2.0.0', web.node)).node);
    const layer = (await engine.layers(image)).find(({ empty }) => !empty);
    assert.ok(lowest && layer?.descriptor && layer.diffId);
    const tooltip = await tooltipOf(tree, lowest);
    assert.ok(tooltip.includes(layer.descriptor.digest) && tooltip.includes(layer.diffId), tooltip);
    assert.match(tooltip, /verified/);
  });

  it('unfolds a layer down to a file', async () => {
    const web = await row(tree, 'acme/web');
    const layers = await rows(tree, (await row(tree, '2.0.0', web.node)).node);
    let files = (await Promise.all(layers.map(({ node }) => rows(tree, node)))).flat();
    while (!files.some(({ item }) => item.collapsibleState === 0)) {
      const [folder] = files;
      assert.ok(folder, 'there are only empty folders');
      files = await rows(tree, folder.node);
    }
    const file = files.find(({ item }) => item.collapsibleState === 0);
    assert.equal(file?.item.contextValue, viewItems.file);
  });

  it('shows what a layer removed as removed', async () => {
    await pull('legacy:3.2');
    const legacy = await row(tree, 'acme/legacy');
    const layers = await rows(tree, (await row(tree, '3.2', legacy.node)).node);
    const removing = layers.find(({ label }) => label.includes('rm /etc/motd'));
    assert.ok(removing, layers.map(({ label }) => label).join('\n'));
    const etc = await row(tree, 'etc', removing.node);
    const motd = await row(tree, 'motd', etc.node);
    assert.equal(motd.description, 'removed');
  });

  it('tells the other tags of an image', async () => {
    await pull('base:1.1');
    await pull('base:latest');
    const base = await row(tree, 'acme/base');
    assert.match((await row(tree, '1.1', base.node)).description, / · also latest · /);
    assert.match((await row(tree, 'latest', base.node)).description, / · also 1\.1 · /);
  });

  it('copies tag, digest and ID', async () => {
    await using engine = otherEngine();
    const reference = parseReference(`${repository('base')}:1.1`);
    const [image, { digest }] = await Promise.all([
      engine.image(canonicalReference(reference)),
      engine.resolve(reference),
    ]);
    const base = await row(tree, 'acme/base');
    const { node } = await row(tree, '1.1', base.node);
    const copied = async (command: string) => {
      await commands.executeCommand(command, node);
      return env.clipboard.readText();
    };
    assert.equal(await copied(ids.copyFullTag), `${repository('base')}:1.1`);
    assert.equal(await copied(ids.copyImageDigest), digest);
    assert.equal(await copied(ids.copyImageId), image.id);
  });

  it('keeps a failed pull as a row that says why, until it is dismissed', async () => {
    await commands.executeCommand(`${views.images}.focus`);
    await pull('nothing:1');
    const failed = await row(tree, 'acme/nothing:1');
    assert.equal(failed.item.contextValue, viewItems.failedTransfer);
    assert.match(failed.description, /was not found/);
    await commands.executeCommand(ids.dismissTransfer, failed.node);
    assert.ok((await rows(tree)).every(({ item }) => item.contextValue !== viewItems.failedTransfer));
  });

  it('follows the store while it is seen, when another process changes it', async () => {
    await commands.executeCommand(`${views.images}.focus`);
    let changes = 0;
    const listener = tree.onDidChangeTreeData?.(() => {
      changes += 1;
    });
    await using engine = otherEngine();
    await engine.remove(`${repository('legacy')}:3.2`);
    await eventually(async () => (changes > 0 ? changes : undefined), 'a change of the tree');
    listener?.dispose();
    assert.ok((await rows(tree)).every(({ label }) => label !== 'acme/legacy'));
  });

  it('gives the same rows the same ids, so that what is unfolded stays so', async () => {
    const idsOf = async () => (await rows(tree)).map(({ item }) => item.id);
    const before = await idsOf();
    await commands.executeCommand(ids.refreshImages);
    assert.deepEqual(await idsOf(), before);
    assert.equal(new Set(before).size, before.length);
  });

  it('shows as text what an image says of its platform, in the hover too', async () => {
    const platform = { os: '![beacon](https://example.com/x.png)', architecture: 'amd64' };
    const image = withoutIndex(buildManifest({ platform, steps: [] }));
    await fillRegistry(registry.host, [{ repository: 'acme/odd', tags: ['1'], image }]);
    await pull('odd:1');
    const group = await eventually(async () => row(tree, 'acme/odd').catch(() => undefined), 'the row');
    const document = await openFile('odd/Dockerfile', `FROM ${repository('odd')}:1\n`);
    const hovers = await hoversAt(document, 'acme/odd');
    const shown = [
      await tooltipOf(tree, await row(tree, '1', group.node)),
      ...hovers.map(({ value }) => value),
    ];
    assert.equal(shown.filter((text) => text.includes('beacon')).length, 3);
    for (const text of shown) assert.doesNotMatch(text, /(?<!\\)\[beacon/);
    await using engine = otherEngine();
    await engine.remove(`${repository('odd')}:1`);
  });
});
