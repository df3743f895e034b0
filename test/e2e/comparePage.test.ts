import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { Failure } from '../../src/protocol/messages.ts';
import { accessibilityFaults } from '../support/e2e/accessibility.ts';
import { settled } from '../support/e2e/settled.ts';
import { buildPages } from '../support/extensionPackage.ts';
import { focused } from '../support/pages/focused.ts';
import { harmDone, hostileTexts, noHarm, rowHeights, spelledOut } from '../support/pages/hostileTexts.ts';
import { openPage, useTheme } from '../support/pages/openPage.ts';
import { themeNames } from '../support/pages/themes.ts';
import { launchChromium } from '../support/vscode/chromium.ts';

const wide = { width: 1200, height: 800 };
/** As wide as a panel beside others, and what is left of a window that is magnified twice. */
const tight = [
  { width: 320, height: 640 },
  { width: 600, height: 400 },
];

const subjectNamed = (before: string, after: string) => ({
  before: { manifest: `sha256:${'0'.repeat(64)}`, name: before },
  after: { manifest: `sha256:${'1'.repeat(64)}`, name: after },
});
const subject = subjectNamed('registry.example/acme/web:1.4.0', 'registry.example/acme/web:2.0.0');

describe('the Compare page, without VS Code around it', () => {
  let browser: Browser;
  let page: Page;

  before(async function () {
    this.timeout(120_000);
    await buildPages();
    browser = await launchChromium();
  });

  after(() => browser?.close());

  async function open(hostOptions: object, own: object = subject): Promise<void> {
    await page?.close();
    page = await openPage(browser, { name: 'compare', hostOptions, subject: own, viewport: wide });
  }

  async function showTab(name: string): Promise<void> {
    await page.getByRole('tab', { name }).click();
    await page.locator('.row:visible').first().waitFor();
  }

  const tabs = ['Packages', 'Configuration', 'Layers', 'Files'];

  it('shows hostile text as text, within its place', async () => {
    const [first = ''] = hostileTexts;
    await open({ hostile: hostileTexts }, subjectNamed(first, hostileTexts.join(' ')));
    for (const tab of tabs) {
      await showTab(tab);
      const shown = await page.locator('.rows:visible').innerText();
      for (const text of [
        first,
        '[click](command:workbench.action.quit)',
        '**bold** `code` &amp;',
        ...spelledOut,
      ])
        assert(shown.includes(text) || tab === 'Files', `${tab} lacks ${text}: ${shown.slice(0, 3000)}`);
      // The longest one, at full length below the list.
      await page.locator('.row:visible').filter({ hasText: 'longlong' }).first().click();
      assert.deepEqual(await page.evaluate(harmDone), noHarm, tab);
      assert.deepEqual(
        await page.evaluate(rowHeights),
        [tab === 'Layers' ? 46 : tab === 'Files' ? 22 : 24],
        tab,
      );
    }
    await page.setViewportSize({ width: 320, height: 640 });
    for (const tab of tabs) {
      await showTab(tab);
      assert.deepEqual(await page.evaluate(harmDone), noHarm, `${tab}, narrow`);
    }
  });

  it('says beside which image, and of which layer, nobody vouches for the list of files', async () => {
    const text = 'Not verified: its list of files is the registry’s word';
    await open({});
    await showTab('Layers');
    const sides = await page.locator('.side').allInnerTexts();
    assert.deepEqual(
      sides.map((side) => side.includes(text)),
      [false, true],
    );
    const details = async (row: string) => {
      await page.locator('.row:visible').filter({ hasText: row }).first().click();
      return page.getByRole('region', { name: 'Details' }).innerText();
    };
    assert(!(await details('ADD rootfs')).includes(text));
    const [before = '', after = ''] = (await details('COPY . /app')).split('After ·');
    assert(!before.includes(text));
    assert(after.includes(text), after);
  });

  it('has nothing that axe finds fault with, in every theme', async function () {
    this.timeout(90_000);
    await open({});
    for (const [at, theme] of themeNames.entries()) {
      await useTheme(page, theme);
      // All that has colours is in the files; the rest takes turns.
      for (const tab of new Set(['Files', tabs[at % tabs.length] ?? 'Files'])) {
        await showTab(tab);
        assert.deepEqual(await accessibilityFaults(page.mainFrame()), [], `${tab}, ${theme}`);
      }
    }
  });

  it('keeps all within a narrow panel, and where it is magnified twice', async () => {
    await open({});
    for (const size of tight) {
      await page.setViewportSize(size);
      for (const tab of tabs) {
        await showTab(tab);
        assert.deepEqual(await page.evaluate(harmDone), noHarm, `${tab}, ${size.width}`);
      }
      assert.deepEqual(await accessibilityFaults(page.mainFrame()), []);
    }
  });

  it('says after a while how much has been read, moves nothing where motion is unwanted, and stops', async () => {
    await open({ isSlow: true });
    await page.getByText('Reading the layers…').waitFor();
    await page.getByText('3MB of 40MB').waitFor();
    const moving = () => page.evaluate('document.getAnimations().length') as Promise<number>;
    assert.equal(await moving(), 1);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    assert.equal(await moving(), 0);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: 'Cancelled' }).waitFor();
    assert.deepEqual(await page.evaluate('globalThis.asked'), ['read', 'cancel']);
    const kept = await settled(
      () =>
        page.evaluate('globalThis.keptState') as Promise<{
          readonly view?: { readonly isStopped?: boolean };
        }>,
      (state) => state?.view?.isStopped === true,
    );
    await page.addInitScript(`globalThis.keptState = ${JSON.stringify(kept)}`);
    await page.reload();
    await page.getByRole('heading', { name: 'Cancelled' }).waitFor();
    assert.deepEqual(await page.evaluate('globalThis.asked'), []);
    await page.getByRole('button', { name: 'Try Again' }).click();
    await page.getByText('3MB of 40MB').waitFor();
  });

  it('has the focus on the section that it shows, and leads from the search of files to them', async () => {
    await open({});
    assert.match(await focused(page), /^Packages/);
    await page.keyboard.press('End');
    await page.locator('.row:visible').first().waitFor();
    assert.match(await focused(page), /^Files/);
    await page.getByRole('textbox').press('ArrowDown');
    assert.equal(await focused(page), 'Files');
  });

  it('comes back as far down as it was', async () => {
    await open({ hostile: Array.from({ length: 60 }, (_, at) => `text ${at}`) });
    for (const tab of tabs) {
      await showTab(tab);
      await page.locator('.rows:visible').evaluate((rows) => {
        rows.scrollTop = 111;
      });
    }
    type View = { readonly scroll?: Readonly<Record<string, number>> };
    const kept = await settled(
      () => page.evaluate('globalThis.keptState?.view') as Promise<View>,
      (view) => Object.values(view?.scroll ?? {}).filter((pixels) => pixels === 111).length === tabs.length,
    );
    await page.addInitScript(`globalThis.keptState = { view: ${JSON.stringify(kept)} }`);
    await page.reload();
    for (const tab of tabs) {
      await showTab(tab);
      const scrollTop = () => page.locator('.rows:visible').evaluate((rows) => rows.scrollTop as number);
      assert.equal(await settled(scrollTop, (pixels) => pixels === 111), 111, tab);
    }
  });

  const failures: readonly (Failure & { readonly title: string })[] = [
    { kind: 'offline', text: 'registry.example cannot be reached.', title: 'Not reachable' },
    { kind: 'error', text: hostileTexts.join(' '), title: 'That did not work' },
    {
      kind: 'rateLimited',
      text: 'registry.example has had too many requests. It takes more in 12 minutes.',
      registry: 'registry.example',
      title: 'Too many requests',
    },
    {
      kind: 'signIn',
      text: 'registry.example wants a sign-in.',
      registry: 'registry.example',
      title: 'Signing in may help',
    },
  ];
  for (const { title, ...failure } of failures) {
    it(`says “${title}” where that is what is wrong, and what can be done`, async () => {
      await open({ failure });
      await page.getByRole('heading', { name: title }).waitFor();
      await page.getByRole('button', { name: 'Try Again' }).waitFor();
      if (failure.registry) assert.deepEqual(await accessibilityFaults(page.mainFrame()), []);
      assert.deepEqual(await page.evaluate(harmDone), noHarm);
      const signIn = page.getByRole('button', { name: 'Sign In…' });
      assert.equal(await signIn.count(), failure.registry === undefined ? 0 : 1);
      if (failure.registry === undefined) return;
      await signIn.click();
      await settled(
        () => page.evaluate('globalThis.asked') as Promise<string[]>,
        (asked) => asked.includes('signIn'),
      );
    });
  }
});
