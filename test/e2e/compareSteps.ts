import assert from 'node:assert/strict';
import type { Frame, Locator } from 'playwright-core';
import { accessibilityFaults } from '../support/e2e/accessibility.ts';
import type { Product } from '../support/e2e/product.ts';
import { settled } from '../support/e2e/settled.ts';
import { webviewFrame } from '../support/e2e/webviewFrame.ts';
import type { SampleRegistry } from '../support/sampleRegistry/start.ts';
import { startSlowRegistry } from '../support/slowRegistry.ts';
import { untilSeen } from '../support/vscode/untilSeen.ts';

/** What the steps need of the suite whose window they use: `base:1.0` and `base:1.1` in its store. */
export interface CompareWorld {
  readonly product: Product;
  /** Name of an image of the sample registry. */
  named(name: string): string;
  registry(): SampleRegistry;
}

/** Tests of the Compare page, in the window of the suite that calls this. */
export function compareTests(world: () => CompareWorld): void {
  const page = () => world().product.page;
  const title = () => `${world().named('base:1.0')} ↔ ${world().named('base:1.1')}`;
  const frame = (): Promise<Frame> => webviewFrame(page(), title());
  const tab = async (name: string): Promise<Locator> => (await frame()).getByRole('tab', { name });
  const row = async (text: string | RegExp): Promise<Locator> =>
    (await frame()).locator('.row:visible').filter({ hasText: text }).first();

  it('Compare Images… says first which packages changed', async () => {
    const { workbench } = world().product;
    await workbench.runCommand('Strata: Compare Images…');
    await workbench.prompt('Compare Image').choose('acme/base:1.0');
    await workbench.prompt(/^Compare .*base:1\.0 With$/).choose('acme/base:1.1');
    await (await tab('Packages')).getByText('3 changed, 1 added, 1 removed').waitFor();
    await (await row('openssl')).waitFor();
    const text = plain(await (await row('openssl')).innerText());
    assert.match(text, /openssl.*1:3\.5\.4-1.*to.*1:3\.5\.6-1\+acme1/);
    assert.match(plain(await (await row('libacme-log1')).innerText()), /Removed.*0\.9\.4-2.*not there/);
    assert.deepEqual(await accessibilityFaults(await frame()), []);
    await world().product.screenshot('compare-packages');
  });

  it('lays layers side by side, the common one joined, and tells what differs in the configuration', async () => {
    await (await tab('Layers')).click();
    await (await tab('Layers')).getByText('1 in common, 1 of 2 differ').waitFor();
    await (await row('in both')).waitFor();
    assert.deepEqual(await accessibilityFaults(await frame()), []);
    await world().product.screenshot('compare-layers');
    await (await tab('Configuration')).click();
    await (await row(/Label.*org\.opencontainers\.image\.version/)).waitFor();
    await world().product.screenshot('compare-config');
  });

  it('finds a changed file, by keyboard, and opens its diff in the editor', async () => {
    await (await tab('Files')).click();
    await (await frame()).locator('.search input').fill('release');
    await (await row('acme-release')).waitFor();
    assert.deepEqual(await accessibilityFaults(await frame()), []);
    await world().product.screenshot('compare-files');
    await (await frame()).getByRole('tree').focus();
    await page().keyboard.press('End');
    await page().keyboard.press('Control+C');
    await settled(
      () => world().product.workbench.clipboard(),
      (text) => text === '/etc/os-release',
    );
    await page().keyboard.press('Enter');
    const diff = page().locator('.tab.active', { hasText: 'os-release (base:1.0 ↔ base:1.1)' });
    await diff.waitFor();
    await page().locator('.editor.original .view-line', { hasText: 'VERSION_ID="1.0"' }).waitFor();
    await page().locator('.editor.modified .view-line', { hasText: 'VERSION_ID="1.1"' }).waitFor();
    await world().product.screenshot('compare-diff');
  });

  it('is as it was after it was hidden', async () => {
    await page().locator('.tab', { hasText: title() }).click();
    await (await row('os-release')).waitFor();
    assert.equal(await (await frame()).locator('.search input').inputValue(), 'release');
    assert.equal(await (await tab('Files')).getAttribute('aria-selected'), 'true');
  });

  it('swaps its sides in place, where it is, and back', async () => {
    const swapped = `${world().named('base:1.1')} ↔ ${world().named('base:1.0')}`;
    const swap = async (from: string, to: string) => {
      await (await webviewFrame(page(), from)).getByRole('button', { name: 'Swap Sides' }).click();
      await page().locator('.tab.active', { hasText: to }).waitFor();
      // The title is the new one before the page is.
      const row = async () =>
        (await webviewFrame(page(), to)).locator('.row:visible', { hasText: 'os-release' });
      const rows = async () => (await row()).count().catch(() => 0);
      await settled(rows, (count) => count > 0);
      const shown = await webviewFrame(page(), to);
      assert.equal(await shown.locator('.search input').inputValue(), 'release');
      assert.equal(await page().locator('.tab', { hasText: '↔' }).count(), pages);
    };
    const pages = await page().locator('.tab', { hasText: '↔' }).count();
    await swap(title(), swapped);
    await world().product.screenshot('compare-swapped');
    await swap(swapped, title());
  });

  /** The tree keeps what it has of the focus: no page takes it from a prompt. */
  const leavePage = () => world().product.workbench.tree('Images').click('acme/web');
  async function inspectLayers(): Promise<void> {
    await leavePage();
    await world().product.workbench.ask('Strata: Inspect Layers', 'Inspect Layers');
  }

  const withOther = /^Compare .*base:1\.0 With$/;
  async function compareBase(): Promise<void> {
    const { workbench } = world().product;
    await leavePage();
    await workbench.asked(withOther, async () => {
      const first = await workbench.ask('Strata: Compare Images…', 'Compare Image');
      await first.choose('acme/base:1.0');
    });
  }

  /** Of an image that the store does not have, from the palette. */
  const other = () => world().named('web:2.0.0');
  async function nameOther(title: string | RegExp, name = other()): Promise<void> {
    const prompt = world().product.workbench.prompt(title);
    // By its keys: VS Code's tooltip of the row above may lie on this one.
    await untilSeen(prompt.message.filter({ hasText: 'A tag or a digest' }), async () => {
      await prompt.type('An Image in a Registry');
      await prompt.press('Enter');
    });
    await prompt.answer(name);
  }

  it('Inspect Layers and Compare Images… read an image in its registry, and pull nothing', async () => {
    await inspectLayers();
    await nameOther('Inspect Layers');
    const layers = await webviewFrame(page(), `${other()}: Layers`);
    await layers.getByRole('option').nth(1).waitFor();
    await layers.getByRole('treeitem').first().waitFor();
    await world().product.screenshot('layers-in-registry');
    await compareBase();
    await nameOther(withOther);
    const compared = await webviewFrame(page(), `${world().named('base:1.0')} ↔ ${other()}`);
    await compared.getByRole('tab', { name: /Layers.* differ/ }).waitFor();
    await world().product.screenshot('compare-in-registry');
    const { stdout } = await world().product.strata('images', '--format', '{{.Repository}}:{{.Tag}}');
    assert(!stdout.split('\n').includes(other()), stdout);
  });

  /** Both pages ask for what they show in their own ways. */
  const pages = {
    'Inspect Layers': async (name: string) => {
      await inspectLayers();
      await nameOther('Inspect Layers', name);
      return { title: `${name}: Layers`, row: 'treeitem' as const };
    },
    'Compare Images…': async (name: string) => {
      await compareBase();
      await nameOther(withOther, name);
      return { title: `${world().named('base:1.0')} ↔ ${name}`, row: 'option' as const };
    },
  };
  for (const [command, open] of Object.entries(pages)) {
    const image = command === 'Inspect Layers' ? 'acme/tools:latest' : 'acme/cron:2026.3';
    it(`${command} of an image in a slow registry says how much has come; Cancel ends its requests, and Try Again reads it`, async () => {
      await using slow = await startSlowRegistry(world().registry());
      const { title, row } = await open(`${slow.host}/${image}`);
      const shown = await webviewFrame(page(), title);
      await shown.getByText(/^\d.*B of \d.*B$/).waitFor();
      assert(slow.held.size > 0, 'nothing is being read');
      await world().product.screenshot(`slow-${row}`);
      await shown.getByRole('button', { name: 'Cancel' }).click();
      await shown.getByRole('heading', { name: 'Cancelled' }).waitFor();
      await settled(
        async () => [...slow.held],
        (held) => held.length === 0,
      );
      const asked = slow.server.requests.length;
      slow.hurry();
      await shown.getByRole('button', { name: 'Try Again' }).click();
      await shown.getByRole(row).first().waitFor();
      const again = slow.server.requests.slice(asked).map(({ url, headers }) => `${url} ${headers.range}`);
      assert(again.length > 0, 'nothing was read again');
      assert.equal(new Set(again).size, again.length, `asked twice: ${again.join(', ')}`);
    });
  }

  it('leaves the window as it found it', async () => {
    await page().keyboard.press('Control+K');
    await page().keyboard.press('Control+W');
    await page().locator('.tab').first().waitFor({ state: 'detached' });
  });
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
