import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { accessibilityFaults } from '../support/e2e/accessibility.ts';
import { settled } from '../support/e2e/settled.ts';
import { buildPages } from '../support/extensionPackage.ts';
import { focused } from '../support/pages/focused.ts';
import { harmDone, hostileTexts, noHarm, rowHeights, spelledOut } from '../support/pages/hostileTexts.ts';
import { openPage, useTheme } from '../support/pages/openPage.ts';
import { type ThemeName, themeNames } from '../support/pages/themes.ts';
import { launchChromium } from '../support/vscode/chromium.ts';

/** An instruction, and names of files: path 0 is a folder, and so is 12; those between are files in it. */
const hostile = [`RUN echo ${hostileTexts.join(' ')}`, ...hostileTexts];

describe('the Layers page, without VS Code around it', () => {
  let browser: Browser;
  let page: Page;

  before(async function () {
    this.timeout(120_000);
    await buildPages();
    browser = await launchChromium();
  });

  after(() => browser?.close());

  afterEach(() => page?.close());

  async function open(
    hostOptions: object,
    theme: ThemeName = 'dark',
    viewport = { width: 1200, height: 800 },
  ): Promise<void> {
    const subject = { manifest: `sha256:${'0'.repeat(64)}`, name: 'acme/web:2.0' };
    page = await openPage(browser, {
      name: 'layers',
      hostOptions,
      subject,
      theme,
      viewport,
    });
    await page.getByText('efficient').first().waitFor();
    await page.getByRole('combobox', { name: 'Which files' }).click();
    await page.getByRole('option', { name: 'The image up to the layer' }).click();
  }

  const rowTexts = async () =>
    (await page.locator('[role=treeitem]:visible .path-name').allInnerTexts()).toSorted();

  it('shows hostile text as text, within its place', async () => {
    await open({
      paths: 24,
      hostile: hostile.map((name, at) => (at === 0 ? name : name.replaceAll('/', '∕'))),
    });
    const rows = await settled(rowTexts, (texts) => texts.length > 8);
    const shown = rows.join('\n');
    for (const text of ['<img src=x onerror="globalThis.ran=1">', ...spelledOut])
      assert(shown.includes(text), `${text} is not in ${shown.slice(0, 2000)}`);
    await page.getByText('Not verified: ').waitFor();
    assert.deepEqual(await page.evaluate(harmDone), noHarm);
    assert.deepEqual(await page.evaluate(rowHeights), [44, 22]);
    assert.deepEqual(await accessibilityFaults(page.mainFrame()), []);
  });

  it('has nothing that axe finds fault with, in every theme', async function () {
    this.timeout(90_000);
    await open({ paths: 300 });
    const others = ['Map', 'Wasted Space'];
    for (const [at, theme] of themeNames.entries()) {
      await useTheme(page, theme);
      for (const tab of ['Files', others[at % others.length] ?? 'Files']) {
        await page.getByRole('tab', { name: tab }).click();
        assert.deepEqual(await accessibilityFaults(page.mainFrame()), [], `${tab}, ${theme}`);
      }
    }
  });

  it('is whole by keyboard', async () => {
    await open({ paths: 300 });
    const tree = page.getByRole('tree');
    await tree.focus();
    const current = () => page.locator('[role=treeitem][aria-selected=true]').getAttribute('aria-expanded');
    await page.keyboard.press('Home');
    if ((await current()) === 'true') await page.keyboard.press('ArrowLeft');
    assert.equal(await settled(current, (expanded) => expanded === 'false'), 'false');
    await page.keyboard.press('ArrowRight');
    assert.equal(await settled(current, (expanded) => expanded === 'true'), 'true');
    await page.keyboard.press('End');
    const id = await tree.getAttribute('aria-activedescendant');
    const row = page.locator(`[id="${id}"]`);
    assert.equal(await row.getAttribute('aria-posinset'), await row.getAttribute('aria-setsize'));
    await page.keyboard.press('Control+c');
    await page.keyboard.press('Alt+Enter');
    await settled(
      () => page.evaluate('globalThis.asked') as Promise<string[]>,
      (asked) => asked.includes('copy') && asked.includes('openChange'),
    );
  });

  it('has a map that is walked by keyboard', async () => {
    await open({ paths: 300 });
    await page.getByRole('tab', { name: 'Map' }).click();
    const map = page.getByRole('listbox', { name: /^Where the bytes of/ });
    const where = () => page.locator('.map-pane .controls').innerText();
    const current = () => map.getByRole('option', { selected: true }).getAttribute('aria-label');
    await map.focus();
    assert.match(await where(), /^\/ · /);
    const top = await current();
    assert.match(top ?? '', /^f0 .*\(100%\)$/);
    await page.keyboard.press('Enter');
    assert.match(await settled(where, (text) => text.includes('/f0')), /\/f0 · /);
    const first = await current();
    await page.keyboard.press('ArrowRight');
    const second = await current();
    assert.notEqual(second, first);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await current(), first);
    await page.keyboard.press('Backspace');
    await settled(where, (text) => !text.includes('/f0'));
    assert.equal(await current(), top);
    await page.keyboard.press('Enter');
    await settled(where, (text) => text.includes('/f0'));
    while (!(await current())?.startsWith('name-')) await page.keyboard.press('ArrowDown');
    const file = /^(\S+) /.exec((await current()) ?? '')?.[1] ?? '';
    await page.keyboard.press('Enter');
    const chosen = page.locator('[role=treeitem][aria-selected=true] .path-name');
    assert.equal(
      await settled(
        () => chosen.innerText(),
        (name) => name === file,
      ),
      file,
    );
  });

  it('leads from a path that wastes to its rows', async () => {
    await open({ paths: 300 });
    await page.getByRole('tab', { name: 'Wasted Space' }).click();
    await page
      .getByRole('listbox', { name: /bytes they waste/ })
      .getByRole('option')
      .nth(2)
      .click();
    const chosen = page.locator('[role=treeitem][aria-selected=true] .path-name');
    await settled(
      () => chosen.innerText(),
      (name) => name.startsWith('name-2.'),
    );
  });

  it('explains a score that wasted bytes seem to contradict, and no other', async () => {
    const said = async (efficiency: number) => {
      await open({ paths: 300, efficiency });
      await page.getByRole('tab', { name: 'Wasted Space' }).click();
      await page.getByText('12MB wasted: in').waitFor();
      const explained = await page.getByText('dive counts less').count();
      await page.close();
      return explained;
    };
    assert.equal(await said(0.9731), 0);
    assert.equal(await said(0.9997), 1);
  });

  it('asks for all of it again, in its place, where somebody who stopped it wants it after all', async () => {
    const subject = { manifest: `sha256:${'0'.repeat(64)}`, name: 'acme/web:2.0' };
    const hostOptions = { paths: 20_000, stallsOnce: true };
    page = await openPage(browser, { name: 'layers', hostOptions, subject });
    await page.evaluate('globalThis.isSamePage = true');
    const files = page.getByRole('tabpanel', { name: 'Files' });
    await files.getByRole('button', { name: 'Cancel' }).click();
    await files.getByRole('button', { name: 'Try Again' }).click();
    await page.getByText('97.3% efficient').first().waitFor();
    assert.equal(await page.getByRole('tree').count(), 1);
    assert.equal(await page.getByRole('button', { name: 'Try Again' }).count(), 0);
    assert.equal(await page.evaluate('globalThis.isSamePage'), true);
    const asked = (await page.evaluate('globalThis.asked')) as string[];
    assert.deepEqual(asked, ['image', 'paths', 'cancel', 'image', 'paths', 'waste']);
  });

  it('has the focus when it opens, and keeps it where one waits, stops and tries again by keyboard', async () => {
    const subject = { manifest: `sha256:${'0'.repeat(64)}`, name: 'acme/web:2.0' };
    const hostOptions = { paths: 20_000, stallsOnce: true };
    page = await openPage(browser, { name: 'layers', hostOptions, subject });
    assert.equal(await focused(page), 'Layers');
    const files = page.getByRole('tabpanel', { name: 'Files' });
    await files.getByRole('button', { name: 'Cancel' }).press('Enter');
    await files.getByRole('button', { name: 'Try Again' }).waitFor();
    assert.equal(await focused(page), 'Try Again');
    await page.keyboard.press('Enter');
    await page.getByText('97.3% efficient').first().waitFor();
    assert.equal(await focused(page), 'Layers');
    await page.getByRole('textbox').press('ArrowDown');
    assert.equal(await focused(page), 'Files');
  });

  it('leaves the focus in the map where the way up ends', async () => {
    await open({ paths: 300 });
    await page.getByRole('tab', { name: 'Map' }).click();
    await page.getByRole('listbox', { name: /^Where the bytes of/ }).press('Enter');
    await page.getByRole('button', { name: 'Folder Above' }).press('Enter');
    await page.getByRole('button', { name: 'Folder Above' }).waitFor({ state: 'hidden' });
    assert.match(
      await settled(
        () => focused(page),
        (name) => name !== 'Folder Above',
      ),
      /^Where the bytes of/,
    );
  });

  it('comes back with the focus where it was left', async () => {
    await open({ paths: 300 });
    await page.getByRole('tree').focus();
    await page.keyboard.press('ArrowDown');
    const kept = await settled(
      () => page.evaluate('globalThis.keptState') as Promise<{ readonly home?: string }>,
      (state) => state?.home === 'Files',
    );
    await page.addInitScript(`globalThis.keptState = ${JSON.stringify(kept)}`);
    await page.reload();
    await page.getByText('97.3% efficient').first().waitFor();
    assert.equal(
      await settled(
        () => focused(page),
        (name) => name === 'Files',
      ),
      'Files',
    );
  });

  it('says on the map too that a search leaves nothing, and shows all again', async () => {
    await open({ paths: 300 });
    await page.getByRole('textbox').fill('nothing-is-called-so');
    await page.getByText('Search and filters leave nothing').waitFor();
    await page.getByRole('tab', { name: 'Map' }).click();
    const map = page.getByRole('tabpanel', { name: 'Map' });
    await map.getByText('Search and filters leave nothing').waitFor();
    assert.deepEqual(await accessibilityFaults(page.mainFrame()), []);
    await map.getByRole('button', { name: 'Show All' }).press('Enter');
    await page.getByRole('listbox', { name: /^Where the bytes of/ }).waitFor();
    assert.match(
      await settled(
        () => focused(page),
        (name) => name !== 'Show All',
      ),
      /^Where the bytes of/,
    );
  });

  it('offers what its name stands for now where the store has its image no more', async () => {
    const subject = { manifest: `sha256:${'0'.repeat(64)}`, name: 'acme/web:2.0' };
    const failure = { kind: 'notFound', text: 'Acme/web:2.0 is not in the store any more.' };
    page = await openPage(browser, { name: 'layers', hostOptions: { paths: 0, failure }, subject });
    await page.getByRole('button', { name: 'Inspect What the Name Stands for Now' }).press('Enter');
    await settled(
      () => page.evaluate('globalThis.asked') as Promise<string[]>,
      (asked) => asked.includes('inspectNow'),
    );
  });

  it('says so where no layer has a file', async () => {
    await open({ paths: 0 });
    await page.getByText('The layer changes no file.').waitFor();
  });

  it('says that it has copied', async () => {
    await open({ paths: 300 });
    await page.getByRole('tree').focus();
    await page.keyboard.press('Control+c');
    await page.getByRole('alert').getByText('Copied').waitFor();
  });

  it('comes back to the folder of the map, and to the row of what is wasted', async () => {
    await open({ paths: 300 });
    await page.getByRole('tab', { name: 'Map' }).click();
    await page
      .locator('.cell')
      .filter({ has: page.locator('.cell-folder') })
      .first()
      .click({ position: { x: 4, y: 4 } });
    const where = () => page.locator('.map-pane .controls').innerText();
    const folder = await settled(where, (text) => text.includes('/f'));
    await page.getByRole('tab', { name: 'Wasted Space' }).click();
    await page.getByRole('listbox', { name: /bytes they waste/ }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const row = () => page.locator('.waste-pane [role=option][aria-selected=true] .path-name').innerText();
    const wasted = await settled(row, (text) => text !== '');
    const kept = await settled(
      () => page.evaluate('globalThis.keptState?.view') as Promise<{ wasted?: string; mapFolder?: string }>,
      (view) => view?.wasted === wasted,
    );
    await page.addInitScript(`globalThis.keptState = { view: ${JSON.stringify(kept)} }`);
    await page.reload();
    assert.equal(await settled(row, (text) => text === wasted), wasted);
    await page.getByRole('tab', { name: 'Map' }).click();
    assert.equal(await settled(where, (text) => text === folder), folder);
  });

  it('says what is wrong, and offers to try again', async () => {
    const subject = { manifest: `sha256:${'0'.repeat(64)}`, name: 'acme/web:2.0' };
    const hostOptions = { paths: 0, failure: { kind: 'offline', text: 'The store is gone.' } };
    page = await openPage(browser, { name: 'layers', hostOptions, subject });
    await page.getByText('The store is gone.').waitFor();
    await page.getByRole('button', { name: 'Try Again' }).waitFor();
    assert.deepEqual(await accessibilityFaults(page.mainFrame()), []);
  });

  it('keeps all within a narrow panel, magnified twice', async () => {
    await open({ paths: 300 }, 'light-contrast', { width: 320, height: 400 });
    const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    assert.equal(wider, 0);
    const isLayerSeen = await page.locator('.stack .row[aria-selected=true]').evaluate((row) => {
      const list = row.closest('.rows').getBoundingClientRect();
      const { top, bottom } = row.getBoundingClientRect();
      return top >= list.top && bottom <= list.bottom;
    });
    assert(isLayerSeen, 'the chosen layer is out of sight');
    const stack = page.locator('.stack');
    assert.equal(await stack.evaluate((part) => part.scrollHeight - part.clientHeight), 0);
    assert.deepEqual(await accessibilityFaults(page.mainFrame()), []);
  });
});
