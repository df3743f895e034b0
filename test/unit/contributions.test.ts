import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  category,
  commands,
  contextKeys,
  panels,
  settings,
  viewContainer,
  viewItems,
  views,
} from '../../src/contributions.ts';
import { imageGroupings } from '../../src/engine/listing/groupImages.ts';
import { imageOrders } from '../../src/engine/listing/sortImages.ts';
import { imageLabels, imageParts } from '../../src/ui/views/images/imagesLook.ts';

interface MenuEntry {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

interface CommandEntry {
  readonly command: string;
  readonly title: string;
  readonly category: string;
}

const root = new URL('../../', import.meta.url);
const packageJson = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const { contributes, capabilities } = packageJson;
const contributedCommands: readonly CommandEntry[] = contributes.commands;
const menus: Record<string, readonly MenuEntry[]> = contributes.menus;
const entries = Object.values(menus).flat();

/** Quoted words and regular expressions after `viewItem`, as in `viewItem =~ /^image\./`. */
function viewItemTests(when: string): readonly ((item: string) => boolean)[] {
  const equal = [...when.matchAll(/viewItem == ([\w.]+)/g)].map(
    ([, word]) =>
      (item: string) =>
        item === word,
  );
  const matching = [...when.matchAll(/viewItem =~ \/((?:\\.|[^/])+)\//g)].map(
    ([, pattern = '']) =>
      (item: string) =>
        new RegExp(pattern).test(item),
  );
  return [...equal, ...matching];
}

function whenClauses(): string[] {
  const welcomes: readonly { when?: string }[] = contributes.viewsWelcome;
  return [...entries, ...welcomes].flatMap(({ when }) => when ?? []);
}

describe('package.json', () => {
  it('contributes exactly the commands that the code knows', () => {
    const known: readonly string[] = Object.values(commands);
    assert.deepEqual(contributedCommands.map(({ command }) => command).sort(), [...known].sort());
  });

  it('contributes exactly the views that the code knows, in its one container', () => {
    assert.deepEqual(Object.keys(contributes.views), [viewContainer]);
    const ids = contributes.views[viewContainer].map(({ id }: { id: string }) => id);
    assert.deepEqual([...ids].sort(), Object.values(views).sort());
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }: { id: string }) => id),
      [viewContainer],
    );
  });

  it('contributes exactly the settings that the code knows, with the same defaults', () => {
    const contributed = Object.entries<{ default: unknown }>(contributes.configuration.properties).map(
      ([id, { default: defaultValue }]) => ({ id, defaultValue }),
    );
    const known = Object.values(settings);
    const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
    assert.deepEqual(contributed.sort(byId), [...known].sort(byId));
  });

  /** How a view looks concerns nobody's safety: a workspace may have its own way. */
  const isLook = (id: string) => id.startsWith('strata.images.');

  it('describes each setting in one sentence and keeps it on the machine, the look of views aside', () => {
    for (const [id, setting] of Object.entries<Record<string, string>>(
      contributes.configuration.properties,
    )) {
      const text = setting.description ?? setting.markdownDescription ?? '';
      assert.match(text, /^[A-Z].*[^.]\.$/, id);
      assert.equal(text.match(/\. /), null, `${id} has more than one sentence`);
      assert.equal(setting.scope, isLook(id) ? 'window' : 'machine', id);
    }
  });

  it('restricts every other setting in untrusted workspaces', () => {
    const { restrictedConfigurations } = capabilities.untrustedWorkspaces;
    assert.deepEqual(
      [...restrictedConfigurations].sort(),
      Object.values(settings)
        .map(({ id }) => id)
        .filter((id) => !isLook(id))
        .sort(),
    );
  });

  it('offers exactly the values that the code knows for the look of the Images view', () => {
    const { properties } = contributes.configuration;
    assert.deepEqual(properties['strata.images.groupBy'].enum, imageGroupings);
    assert.deepEqual(properties['strata.images.sortBy'].enum, imageOrders);
    assert.deepEqual(properties['strata.images.label'].enum, imageLabels);
    assert.deepEqual(properties['strata.images.description'].items.enum, imageParts);
  });

  it('is woken by every kind of panel that a restarted window may have', () => {
    const woken = packageJson.activationEvents.filter((event: string) => event.startsWith('onWebviewPanel:'));
    assert.deepEqual(
      woken.sort(),
      Object.values(panels)
        .map((id) => `onWebviewPanel:${id}`)
        .sort(),
    );
  });

  it('gives every command the one category and a title in title case', () => {
    const small = /^(?:to|of|in|at|as|with|for|a|the|and|by)$/;
    for (const { title, category: given } of contributedCommands) {
      assert.equal(given, category, title);
      for (const word of title.split(' ')) assert.ok(small.test(word) || /^[A-Z]/.test(word), title);
    }
  });

  it('uses only known commands in menus and welcome texts', () => {
    const known: readonly string[] = Object.values(commands);
    for (const { command } of entries) assert.ok(known.includes(command), command);
    const links = contributes.viewsWelcome.flatMap(({ contents }: { contents: string }) =>
      [...contents.matchAll(/\(command:(strata\.\w+)/g)].map(([, id]) => id),
    );
    assert.ok(links.length > 0);
    for (const id of links) assert.ok(known.includes(id), id);
  });

  it('uses only known views, kinds of rows and context keys in conditions', () => {
    const viewIds: readonly string[] = Object.values(views);
    const items: readonly string[] = Object.values(viewItems);
    const keys: readonly string[] = Object.values(contextKeys);
    for (const when of whenClauses()) {
      for (const [, id = ''] of when.matchAll(/\bview == ([\w.]+)/g)) assert.ok(viewIds.includes(id), when);
      for (const test of viewItemTests(when)) assert.ok(items.some(test), when);
      for (const [, id = ''] of when.matchAll(/\bconfig\.([\w.]+)/g)) {
        assert.ok(
          Object.values<{ id: string }>(settings).some((setting) => setting.id === id),
          when,
        );
      }
      for (const [, id = ''] of when.matchAll(/\bwebviewId == '([\w.]+)'/g)) {
        assert.ok(Object.values<string>(panels).includes(id), when);
      }
      const rest = when.replace(/\b(?:webviewId == '|view(?: == |\.))[\w.]+|\bconfig\.[\w.]+/g, '');
      for (const [key] of rest.matchAll(/\bstrata\.\w+/g)) {
        assert.ok(keys.includes(key), when);
      }
    }
  });

  it('has a menu entry for every kind of row that something can be done with', () => {
    const {
      runningTransfer,
      failedTransfer,
      doneTransfer,
      taggedImage,
      danglingImage,
      layer,
      file,
      floatingMention,
      pinnedMention,
      registry,
      remoteRepository,
      remoteTag,
      remotePlatform,
      remoteLayer,
    } = viewItems;
    const tests = entries.flatMap(({ when }) => viewItemTests(when ?? ''));
    const useful = [
      runningTransfer,
      failedTransfer,
      doneTransfer,
      taggedImage,
      danglingImage,
      layer,
      file,
      floatingMention,
      pinnedMention,
      registry,
      remoteRepository,
      remoteTag,
      remotePlatform,
      remoteLayer,
    ];
    for (const item of useful)
      assert.ok(
        tests.some((test) => test(item)),
        item,
      );
  });

  it('hides from the palette what can only be done to a row', () => {
    const hidden = menus.commandPalette?.filter(({ when }) => when === 'false').map(({ command }) => command);
    const rowCommands = (menus['view/item/context'] ?? []).map(({ command }) => command);
    const inPalette: readonly string[] = [
      commands.pin,
      commands.unpin,
      commands.updatePin,
      commands.showLayers,
      commands.inspectLayers,
      commands.lookUpDigest,
      commands.pushImage,
      commands.copyToRegistry,
      commands.tagImage,
      commands.saveImages,
      commands.inspectImage,
      commands.imageHistory,
      commands.showReferrers,
      commands.removeImage,
      commands.pruneImages,
      commands.goToFile,
      commands.findText,
      commands.openImageAsFolder,
      commands.compareWith,
      commands.compareWithTag,
      commands.compareImages,
      commands.exportFiles,
      commands.refreshImages,
      commands.refreshRegistries,
      commands.copyToEngine,
      commands.signIn,
    ];
    for (const command of rowCommands) {
      if (!inPalette.includes(command)) assert.ok(hidden?.includes(command), command);
    }
  });

  it('puts what destroys last', () => {
    const rowEntries = menus['view/item/context'] ?? [];
    const destroying: readonly string[] = [
      commands.removeImage,
      commands.pruneImages,
      commands.disconnectRegistry,
      commands.deleteTag,
    ];
    const removal = rowEntries.filter(
      ({ command, group }) => destroying.includes(command) && !group?.startsWith('inline'),
    );
    assert.deepEqual([...new Set(removal.map(({ command }) => command))].sort(), [...destroying].sort());
    for (const { command, group } of removal) assert.equal(group, '9_destructive@1', command);
  });

  it('names icons that are there', () => {
    const paths = [
      packageJson.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }: { icon: string }) => icon),
      ...contributes.views[viewContainer].map(({ icon }: { icon: string }) => icon),
    ];
    for (const path of paths) assert.ok(existsSync(fileURLToPath(new URL(path, root))), path);
  });
});
