import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigurationTarget, commands, workspace } from 'vscode';
import { commands as ids, settings, viewItems, views } from '../../src/contributions.ts';
import type { ImageEngine } from '../../src/engine/imageEngine.ts';
import { shortDigest } from '../../src/engine/oci/digest.ts';
import { parseReference, type TaggedReference } from '../../src/engine/oci/reference.ts';
import type { ExtensionParts } from '../../src/extension.ts';
import { processorMilliseconds } from '../support/processorTime.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { writeManyImages } from '../support/store/manyImages.ts';
import { emptyStore, eventually, otherEngine, parts, type Row, row, rows, tooltipOf } from './world.ts';

/** Milliseconds of processor time of the cheapest of several turns: what the code takes, whatever else the machine does. */
async function cheapest(turns: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const start = processorMilliseconds();
    await work();
    times.push(processorMilliseconds() - start);
  }
  return Math.min(...times);
}

describe('the look of the Images view', () => {
  let registry: SampleRegistry;
  let tree: ExtensionParts['images'];
  let engine: ImageEngine;

  before(async () => {
    ({ images: tree } = await parts());
    registry = await startSampleRegistry();
    engine = otherEngine();
    await emptyStore(engine);
    for (const name of ['base:1.0', 'base:1.1', 'web:1.4.1', 'web:2.0.0', 'tools:latest']) {
      await commands.executeCommand(ids.pull, { reference: named(name) });
    }
    await tag('web:1.4.1', named('web:latest'));
    await tag('base:1.0', 'alpine:3.20');
    await tag('base:1.1', 'bitnami/redis:7');
    await commands.executeCommand(`${views.images}.focus`);
  });

  afterEach(async () => {
    await commands.executeCommand(ids.clearImageFilter);
    const { imagesGroupBy, imagesSortBy, imagesLabel, imagesDescription } = settings;
    const { imagesShowDangling, imagesShowEmptySteps } = settings;
    const changed = [imagesGroupBy, imagesSortBy, imagesLabel, imagesDescription, imagesShowEmptySteps];
    for (const { id } of [...changed, imagesShowDangling]) await set(id, undefined);
  });

  after(async () => {
    await emptyStore(engine);
    await engine[Symbol.asyncDispose]();
    await registry.close();
  });

  const named = (name: string) => `${registry.host}/acme/${name}`;
  const tag = (name: string, target: string) =>
    engine.tag(named(name), parseReference(target) as TaggedReference);
  const set = (id: string, value: unknown) =>
    workspace.getConfiguration().update(id, value, ConfigurationTarget.Global);

  /** `label` of the groups with the labels of their rows. */
  async function outline(): Promise<Record<string, string>> {
    const groups = await rows(tree);
    const entries = groups.map(async (group) => {
      const below = group.item.contextValue === viewItems.taggedImage ? [] : await rows(tree, group.node);
      return [group.label.replace(registry.host, 'R'), below.map(({ label }) => label).join(' ')] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  const groupings: readonly (readonly [by: string, outline: Record<string, string>])[] = [
    [
      'Repository',
      {
        'acme/base': '1.1 1.0',
        'acme/tools': 'latest',
        'acme/web': 'latest 2.0.0 1.4.1',
        alpine: '3.20',
        'bitnami/redis': '7',
      },
    ],
    [
      'Registry',
      {
        R: 'acme/base:1.1 acme/base:1.0 acme/tools:latest acme/web:latest acme/web:2.0.0 acme/web:1.4.1',
        'docker.io': 'alpine:3.20 bitnami/redis:7',
      },
    ],
    [
      'RepositoryName',
      {
        'acme/base': '1.1 1.0',
        'acme/tools': 'latest',
        'acme/web': 'latest 2.0.0 1.4.1',
        alpine: '3.20',
        'bitnami/redis': '7',
      },
    ],
    [
      'Tag',
      {
        latest: 'acme/tools acme/web',
        '7': 'bitnami/redis',
        '3.20': 'alpine',
        '2.0.0': 'acme/web',
        '1.4.1': 'acme/web',
        '1.1': 'acme/base',
        '1.0': 'acme/base',
      },
    ],
    [
      'None',
      {
        'acme/base:1.1': '',
        'acme/base:1.0': '',
        'acme/tools:latest': '',
        'acme/web:latest': '',
        'acme/web:2.0.0': '',
        'acme/web:1.4.1': '',
        'alpine:3.20': '',
        'bitnami/redis:7': '',
      },
    ],
  ];
  for (const [by, expected] of groupings) {
    it(`groups by ${by}, and says in the rows what the group does not`, async () => {
      await commands.executeCommand(ids.groupImagesBy, by);
      assert.deepEqual(await outline(), expected);
    });
  }

  it('groups all tags of one image by its ID', async () => {
    await commands.executeCommand(ids.groupImagesBy, 'ImageId');
    const { id } = await engine.image(named('base:1.0'));
    const group = await row(tree, shortDigest(id));
    assert.deepEqual(
      (await rows(tree, group.node)).map(({ label }) => label),
      ['acme/base:1.0', 'alpine:3.20'],
    );
  });

  for (const by of ['None', 'Repository', 'RepositoryName', 'Tag', 'ImageId', 'CreatedTime', 'Registry']) {
    it(`tells official images from all others by ${by}`, async () => {
      await commands.executeCommand(ids.groupImagesBy, by);
      const groups = await rows(tree);
      const below = await Promise.all(
        groups.map(async (group) => (by === 'None' ? [group] : [group, ...(await rows(tree, group.node))])),
      );
      const told = (of: RegExp) =>
        below.flat().filter(({ item }) => of.test(item.accessibilityInformation?.label ?? ''));
      const marked = told(/official/);
      assert.ok(marked.length > 0);
      for (const { item } of marked) {
        assert.match(item.accessibilityInformation?.label ?? '', /alpine/);
        if (!by.startsWith('Registry')) assert.match(JSON.stringify(item.iconPath), /verified/);
      }
    });
  }

  it('sorts by size, the largest first', async () => {
    await commands.executeCommand(ids.groupImagesBy, 'None');
    await commands.executeCommand(ids.sortImagesBy, 'Size');
    const bySize = [...(await engine.images())].sort((a, b) => b.size - a.size);
    const [first] = await rows(tree);
    assert.ok(first?.description.includes(shortDigest(bySize[0]?.id ?? (first.node.id as never))));
  });

  it('shows what the settings name, in their order', async () => {
    await set(settings.imagesLabel.id, 'FullTag');
    await set(settings.imagesDescription.id, ['Platform', 'ImageId']);
    const { id } = await engine.image(named('tools:latest'));
    const group = await row(tree, 'acme/tools');
    const found = await row(tree, named('tools:latest'), group.node);
    assert.match(found.description, new RegExp(`^linux/\\w+ · ${shortDigest(id)}$`));
  });

  it('takes nonsense in the settings for nothing said', async () => {
    await set(settings.imagesGroupBy.id, 'Colour');
    await set(settings.imagesDescription.id, ['Weight', 'ImageId']);
    const { id } = await engine.image(named('tools:latest'));
    const group = await row(tree, 'acme/tools');
    assert.equal((await row(tree, 'latest', group.node)).description, shortDigest(id));
  });

  const filters: readonly (readonly [text: string, found: readonly string[]])[] = [
    ['tools', ['acme/tools:latest']],
    ['acme 1.1', ['acme/base:1.1']],
    ['reference=*/*/web:latest', ['acme/web:latest']],
    ['reference=alpine', ['alpine:3.20']],
    ['nothing-of-that-name', ['No image fits the filter']],
  ];
  for (const [text, expected] of filters) {
    it(`filters by ${text}`, async () => {
      await commands.executeCommand(ids.groupImagesBy, 'None');
      await commands.executeCommand(ids.filterImages, text);
      assert.deepEqual(
        (await rows(tree)).map(({ label }) => label),
        expected,
      );
      await commands.executeCommand(ids.clearImageFilter);
      assert.equal((await rows(tree)).length, 8);
    });
  }

  it('tells all tags of an image though a filter hides some', async () => {
    await commands.executeCommand(ids.filterImages, 'alpine');
    const alpine = await row(tree, 'alpine');
    assert.match((await row(tree, '3.20', alpine.node)).description, / · also \S+acme\/base:1\.0 · /);
  });

  it('tells that latest is not the newest', async () => {
    const group = await row(tree, 'acme/web');
    const latest = await row(tree, 'latest', group.node);
    assert.match(latest.description, /^older than 2\.0\.0 · /);
    assert.match(
      await tooltipOf(tree, latest),
      /\*\*latest\*\* is 1\.4\.1; the newest here is \*\*2\.0\.0\*\*/,
    );
    assert.match(await tooltipOf(tree, group), /the newest here is \*\*2\.0\.0\*\*/);
  });

  it('tells which tags are one image, what the image shares, and why this platform', async () => {
    const group = await row(tree, 'acme/web');
    const tooltip = await tooltipOf(tree, await row(tree, '1.4.1', group.node));
    assert.match(tooltip, /One image with 2 tags:[\s\S]*web:1\.4\.1[\s\S]*web:latest/);
    assert.match(tooltip, /linux\/\w+ \(this machine\), chosen from an index/);
    assert.match(tooltip, /unpacked; on disk \S+ of its own and \S+ shared with \d other images/);
  });

  it('hides dangling images where that is asked for, and shows them again', async () => {
    await tag('web:2.0.0', named('web:moved'));
    await tag('tools:latest', named('web:moved'));
    await tag('base:1.1', named('tools:latest'));
    await engine.remove(named('web:moved'));
    const dangling = async () =>
      (await rows(tree)).filter(({ item }) => item.contextValue === viewItems.danglingGroup);
    assert.equal((await dangling()).length, 1);
    await commands.executeCommand(ids.hideDanglingImages);
    assert.equal((await dangling()).length, 0);
    await commands.executeCommand(ids.filterImages, 'dangling=true');
    assert.equal((await dangling()).length, 1);
    await commands.executeCommand(ids.clearImageFilter);
    await commands.executeCommand(ids.showDanglingImages);
    assert.equal((await dangling()).length, 1);
  });

  it('shows the steps that made no layer where that is asked for', async () => {
    const group = await row(tree, 'acme/web');
    const steps = async () => rows(tree, (await row(tree, '2.0.0', group.node)).node);
    assert.ok((await steps()).every(({ item }) => item.contextValue === viewItems.layer));
    await set(settings.imagesShowEmptySteps.id, true);
    const again = await row(tree, 'acme/web');
    const all = await rows(tree, (await row(tree, '2.0.0', again.node)).node);
    const empty = all.filter(({ item }) => item.contextValue === viewItems.step);
    assert.ok(empty.length > 0 && empty.every(({ description }) => description === 'no layer'));
    assert.equal(all.length, (await engine.layers(await engine.image(named('web:2.0.0')))).length);
  });

  describe('with 10,000 images in the store', () => {
    const count = 10_000;
    let folder: string;

    before(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'strata-many-'));
      await writeManyImages(folder, count);
      await set(settings.storeDirectory.id, folder);
      await eventually(async () => ((await rows(tree)).length > 100 ? true : undefined), 'the large store');
    });

    after(async () => {
      await set(settings.storeDirectory.id, undefined);
      await rm(folder, { recursive: true, force: true });
    });

    for (const by of ['Repository', 'None', 'ImageId']) {
      it(`shows a first page by ${by} in no time, and the next on demand`, async () => {
        await commands.executeCommand(ids.groupImagesBy, by);
        const first = await rows(tree);
        assert.equal(first.length, 201);
        const took = await cheapest(5, () => rows(tree));
        assert.ok(took < 250, `${Math.round(took)} ms`);
        const more = first.at(-1) as Row;
        assert.equal(more.item.contextValue, viewItems.more);
        assert.equal(more.item.command?.command, ids.showMoreImages);
        await commands.executeCommand(ids.showMoreImages, more.node);
        assert.equal((await rows(tree)).length, 401);
      });
    }
  });
});
