import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { digestOf } from '../../src/engine/oci/digest.ts';
import { accessibilityFaults } from '../support/e2e/accessibility.ts';
import { useSize, useTheme } from '../support/e2e/appearance.ts';
import { type Product, viewport } from '../support/e2e/product.ts';
import { settled } from '../support/e2e/settled.ts';
import { webviewFrame } from '../support/e2e/webviewFrame.ts';
import { focused } from '../support/pages/focused.ts';
import { skopeoInspect } from '../support/realParts/skopeo.ts';
import {
  type FaultHandler,
  type FaultServer,
  replyError,
  replyJson,
  startFaultServer,
} from '../support/registryFaults/faultServer.ts';
import { untilSeen } from '../support/vscode/untilSeen.ts';

const title = 'Search Images';
const reloadTimeout = 90_000;

/** What a registry may say of its images: shown as what it is, and nothing of it runs. */
const hostileTexts = [
  '<img src=x onerror="globalThis.hacked=1"><script>globalThis.hacked=1</script>',
  '[run](command:strata.pruneImages) **bold** `code` $(trash)',
  'safe\u202egnp.exe\u202c \u200bzero\u200dwidth \u001b[31mred\u0007',
  `long ${'W'.repeat(10_000)}`,
];

/** What the steps need of the suite whose window they use: the sample workspace, its Dockerfile in the editor. */
export interface SearchWorld {
  readonly product: Product;
  /** Of the sample registry. */
  readonly host: string;
}

/** Tests of the Search page, in the window of the suite that calls this. */
export function searchTests(world: () => SearchWorld): void {
  let hostile: FaultServer;
  let answer: FaultHandler;

  before(async () => {
    answer = hostileRegistry;
    hostile = await startFaultServer((request, response) => answer(request, response));
  });

  after(() => hostile?.[Symbol.asyncDispose]());

  const frame = () => webviewFrame(world().product.page, title);

  async function row(text: string | RegExp, of?: Frame): Promise<Locator> {
    const found = (of ?? (await frame())).getByRole('treeitem').filter({ hasText: text }).first();
    await found.waitFor();
    return found;
  }

  async function names(): Promise<readonly string[]> {
    return (await frame()).getByRole('treeitem').evaluateAll(namesInOrder);
  }

  const tab = () => world().product.page.locator('.tab', { hasText: title });

  /** A registry's host may be written before what is searched for. */
  async function search(registry: string, term: string): Promise<Frame> {
    const page = await frame();
    await page.getByRole('textbox').fill(`${registry}/${term}`);
    return page;
  }

  async function chooseOtherRegistry(registry: string): Promise<void> {
    const page = await frame();
    const other = page.getByRole('option', { name: 'Other Registry…' });
    await untilSeen(other, () => page.getByRole('combobox', { name: 'Registry' }).click());
    await other.click();
    await world().product.workbench.prompt('Search Registry').answer(registry);
    await page.getByRole('heading', { name: `Search ${registry}` }).waitFor();
  }

  it('Search Images searches another registry, unfolds a result to its tags and one of those to what it is, by keyboard', async () => {
    const { product, host } = world();
    const { workbench, page: window } = product;
    await workbench.goToLine(3);
    await workbench.runCommand('Strata: Search Images');
    await chooseOtherRegistry(host);
    assert.equal(await focused(await frame()), 'Words of an image’s name');
    await window.keyboard.type('acme');
    await row('acme/web');
    assert.equal((await names())[0], `${host}/acme/web`);
    await window.keyboard.press('ArrowDown');
    await window.keyboard.press('ArrowRight');
    await row('2.0.0');
    assert.deepEqual((await names()).slice(1, 7), ['latest', '2.0.0', '2', '1.4.1', '1.4.0', '1.4']);
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await window.keyboard.press(key);
    await row(/^2\.0\.0\s*sha256:[0-9a-f]{12} · linux\/amd64, linux\/arm64 · .*B · /);
    await row(/^linux\/arm64/);
    await product.screenshot('search-unfolded');
  });

  it('the Search page pins the chosen tag into the Dockerfile, at the cursor, with the digest of its index', async () => {
    const { product, host } = world();
    const { Digest } = await skopeoInspect(`${host}/acme/web:2.0.0`);
    const dockerfile = () => readFile(path.join(product.workspace, 'Dockerfile'), 'utf8');
    const before = await dockerfile();
    await (await frame()).getByRole('button', { name: 'Insert Pinned FROM' }).click();
    const line = `FROM ${host}/acme/web:2.0.0@${Digest}`;
    const lines = async () => (await product.workbench.editorText()).split('\n');
    await settled(lines, (shown) => shown[2] === line);
    await product.screenshot('search-inserted');
    await product.page.keyboard.press('Control+S');
    const saved = await settled(dockerfile, (text) => text !== before);
    assert.equal(saved, before.replace('\n\nARG REGISTRY', `\n${line}\nARG REGISTRY`));
    await product.page.keyboard.press('Control+Z');
    await settled(lines, (shown) => shown[2] === '');
    await product.page.keyboard.press('Control+S');
    await settled(dockerfile, (text) => text === before);
  });

  async function showsTheSamePlace(): Promise<void> {
    const page = await frame();
    const chosen = page.locator('.row:visible[aria-selected="true"]').filter({ hasText: '2.0.0' });
    await chosen.waitFor();
    assert.match(await chosen.innerText(), /sha256:[0-9a-f]{12}/);
    assert.equal(await page.getByRole('textbox').inputValue(), 'acme');
    assert.equal(await chosen.getAttribute('aria-expanded'), 'true');
    await chosen.scrollIntoViewIfNeeded();
    await settled(
      () => chosen.evaluate(isOnTop),
      (isOnTop) => isOnTop,
    );
    await row(/^linux\/arm64/, page);
  }

  it('the Search page comes back to the same place when it was hidden, and when the window was reloaded', async () => {
    const { product } = world();
    await tab().click();
    await showsTheSamePlace();
    const reloaded = product.page.waitForEvent('load', { timeout: reloadTimeout });
    await product.workbench.runCommand('Developer: Reload Window');
    await reloaded;
    await product.workbench.ready();
    await tab().click();
    await webviewFrame(product.page, title, reloadTimeout);
    await showsTheSamePlace();
    await product.screenshot('search-reloaded');
  });

  it('the Search page asks anew for all that is unfolded', async () => {
    const page = await frame();
    const refresh = page.getByRole('button', { name: 'Refresh' });
    await refresh.press('Enter');
    await page.getByText('Loading…').filter({ visible: true }).waitFor({ state: 'detached' });
    await showsTheSamePlace();
    assert.equal(await focused(await frame()), 'Refresh');
    await page.getByRole('tree').focus();
  });

  it('the Search page inspects the platform of the chosen row', async () => {
    const { product, host } = world();
    const page = await frame();
    const bar = page.getByRole('region', { name: 'Selected image' });
    await (await row(/^linux\/arm64/)).click();
    await bar.getByText(`${host}/acme/web:2.0.0 · linux/arm64`).waitFor();
    await product.screenshot('search-platform');
    await bar.getByRole('button', { name: 'Inspect Layers' }).click();
    const layers = `${host}/acme/web:2.0.0: Layers`;
    await (await webviewFrame(product.page, layers)).getByText(/^linux\/arm64 · /).waitFor();
    await product.page.keyboard.press('Control+W');
    await tab().click();
    // Back to the tag.
    await (await frame()).getByRole('tree').press('ArrowLeft');
  });

  it('the Search page has nothing that axe finds fault with, in every theme, and magnified to twice the size', async () => {
    const { product } = world();
    const looks = async (name: string) => {
      await showsTheSamePlace();
      await product.screenshot(`search-${name}`);
      assert.deepEqual(await accessibilityFaults(await frame()), [], name);
    };
    // The window is light already.
    await looks('light');
    for (const kind of ['contrast-light', 'contrast-dark', 'dark'] as const) {
      await useTheme(product, kind);
      await looks(kind);
    }
    await useSize(product, { ...viewport, zoom: 2 });
    await looks('zoomed');
    await useSize(product, viewport);
  });

  it('the Search page shows what a registry says as text, whatever it says', async () => {
    const page = await search(hostile.host, 'hostile');
    await page
      .locator('.place vscode-option.selected')
      .getByText(hostile.host)
      .waitFor({ state: 'attached' });
    for (const text of [
      '<img src=x onerror=',
      '[run](command:strata.pruneImages)',
      'safe\\u202egnp.exe',
      'long WWW',
    ])
      await row(text, page);
    await (await row('<img src=x', page)).click();
    await row('1.0', page);
    assert.deepEqual((await names()).slice(0, 2), [`${hostile.host}/acme/hostile-0`, '1.0']);
    assert.equal(await page.evaluate('globalThis.hacked'), undefined);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false);
    await world().product.screenshot('search-hostile');
    assert.deepEqual(await accessibilityFaults(page), []);
  });

  it('the Search page says that a listed tag is gone, also when it comes back, and offers no more than can be done', async () => {
    const { product } = world();
    const page = await frame();
    await (await row('1.0', page)).click();
    await row(/^1\.0\s*Not found/, page);
    const bar = page.getByRole('region', { name: 'Selected image' });
    const offered = await bar.locator('vscode-button:visible').allTextContents();
    assert.deepEqual(
      offered.map((text) => text.trim()),
      ['Try Again', 'Copy Name'],
    );
    await tab().click();
    await row(/^1\.0\s*Not found/);
    assert.equal(await focused(await frame()), 'Repositories');
    await product.screenshot('search-tag-gone');
    await (await frame()).getByRole('button', { name: 'Try Again' }).press('Enter');
    await row(/^1\.0\s*Not found/);
    assert.deepEqual(await accessibilityFaults(await frame()), []);
  });

  it('the Search page says that a tag names another image by now than it shows, and asks the registry on Refresh', async () => {
    const { product } = world();
    const images = ['first', 'second', 'third'].map(imageNamed);
    const digests = images.map(({ digest }) => digest);
    let now = images[0];
    answer = ({ url }, response) => {
      const results = [{ name: 'acme/moving', description: 'Its tag moves', star_count: 1 }];
      if (url.startsWith('/v1/search')) replyJson(response, 200, { num_results: 1, results });
      else if (url.includes('/tags/list')) replyJson(response, 200, { tags: ['1.0'] });
      else if (now && url.includes('/acme/moving/')) replyImage(response, images, now);
      else replyJson(response, 200, {});
    };
    const page = await search(hostile.host, 'moving');
    await (await row('Its tag moves', page)).click();
    await (await row('1.0', page)).click();
    await row(/^linux\/amd64/, page);
    const shows = (digest = '') => row(new RegExp(`^1\\.0\\s*${digest.slice(0, 19)}`), page);
    await shows(digests[0]);
    now = images[1];
    await page.getByRole('button', { name: 'Copy Digest' }).press('Enter');
    await page.getByRole('alert').getByText('names another image by now').waitFor();
    assert.equal(await product.workbench.clipboard(), digests[1]);
    await shows(digests[1]);
    now = images[2];
    await page.getByRole('button', { name: 'Refresh' }).press('Enter');
    await shows(digests[2]);
    answer = hostileRegistry;
  });

  it('the Search page keeps the focus where one waits, stops and tries again by keyboard', async () => {
    const { product } = world();
    const { keyboard } = product.page;
    let silent: readonly ServerResponse[] = [];
    answer = (_, response) => {
      silent = [...silent, response];
    };
    const page = await search(hostile.host, 'silent');
    await page.getByRole('button', { name: 'Cancel' }).press('Enter');
    await page.getByRole('heading', { name: 'Cancelled' }).waitFor();
    assert.equal(await focused(await frame()), 'Try Again');
    answer = hostileRegistry;
    await keyboard.press('Enter');
    await row('hostile-0', page);
    assert.equal(await focused(await frame()), 'Words of an image’s name');
    for (const response of silent) response.destroy();
  });

  const failures: readonly (readonly [what: string, handler: FaultHandler, shown: string, offers: string])[] =
    [
      [
        'has had too many requests',
        (_, response) => replyError(response, 429, 'TOOMANYREQUESTS', { 'Retry-After': '3600' }),
        'Too many requests',
        'Try Again',
      ],
      [
        'wants a sign-in',
        (_, response) => replyError(response, 401, 'UNAUTHORIZED'),
        'Signing in may help',
        'Sign In…',
      ],
      [
        'cannot be searched',
        (_, response) => replyError(response, 404, 'UNSUPPORTED'),
        'That did not work',
        'Show Tags of',
      ],
      [
        'has nothing of the name',
        ({ url }, response) =>
          url.startsWith('/v1/') ? replyJson(response, 200, { results: [] }) : replyError(response, 404, 'X'),
        'Nothing found',
        '',
      ],
    ];
  for (const [what, handler, shown, offers] of failures) {
    it(`the Search page says so where a registry ${what}`, async () => {
      answer = handler;
      const page = await search(hostile.host, `app${shown.length}`);
      await page.getByRole('heading', { name: shown }).waitFor();
      if (offers !== '') await page.getByRole('button', { name: offers }).waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      await world().product.screenshot(`search-${shown.replaceAll(' ', '-')}`);
    });
  }

  it('the Search page says so where a registry is not there, and offers what was searched for lately', async () => {
    const { product } = world();
    const page = await search('127.0.0.1:1', 'app');
    await page.getByRole('heading', { name: 'Not reachable' }).waitFor();
    await page.getByRole('textbox').fill('');
    await page.getByRole('button', { name: /^acme in / }).waitFor();
    await product.screenshot('search-home');
    assert.deepEqual(await accessibilityFaults(page), []);
    await page.getByRole('button', { name: 'Clear Recent Searches' }).click();
    await page.getByRole('button', { name: /^acme in / }).waitFor({ state: 'detached' });
  });

  it('the Search page closes and leaves the window as it was', async () => {
    const { product } = world();
    await tab().click();
    await tab()
      .getByLabel(/^Close/)
      .click();
    await tab().waitFor({ state: 'detached' });
    await product.workbench.activeTab('Dockerfile').waitFor();
  });
}

interface TreeRow {
  readonly dataset: { readonly at?: string };
  querySelector(selector: string): { readonly textContent: string | null } | null;
}

interface NamedImage {
  readonly digest: string;
  readonly manifest: Buffer;
  readonly config: Buffer;
}

/** Without layers, and of a digest of its own. */
function imageNamed(name: string): NamedImage {
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Labels: { name } },
      rootfs: { type: 'layers', diff_ids: [] },
    }),
  );
  const mediaType = 'application/vnd.oci.image.config.v1+json';
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType, digest: digestOf(config), size: config.length },
      layers: [],
    }),
  );
  return { digest: digestOf(manifest), manifest, config };
}

/** By its digest each of them; by its tag the one that is there now. */
function replyImage(response: ServerResponse, images: readonly NamedImage[], now: NamedImage): void {
  const { url = '' } = response.req;
  const isManifest = url.includes('/manifests/');
  const named = ({ digest, config }: NamedImage) => url.endsWith(isManifest ? digest : digestOf(config));
  const { digest, manifest, config } = images.find(named) ?? now;
  const body = isManifest ? manifest : config;
  const type = isManifest ? { 'Content-Type': manifestType, 'Docker-Content-Digest': digest } : {};
  response.writeHead(200, { ...type, 'Content-Length': body.length }).end(body);
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

interface Box {
  getBoundingClientRect(): {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
  contains(other: unknown): boolean;
}

/** Runs in the page: whether nothing hides the middle of an element, nor the lack of room. */
function isOnTop(element: unknown): boolean {
  const { document } = globalThis as unknown as {
    readonly document: { elementFromPoint(x: number, y: number): unknown };
  };
  const box = element as Box;
  const { x, y, width, height } = box.getBoundingClientRect();
  return box.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}

/** Runs in the page, whose rows are in the document in another order than one sees them. */
function namesInOrder(rows: readonly unknown[]): string[] {
  return (rows as TreeRow[])
    .toSorted((one, other) => Number(one.dataset.at) - Number(other.dataset.at))
    .map((row) => row.querySelector('.row-name')?.textContent ?? '');
}

const hostileRegistry: FaultHandler = ({ url }, response) => {
  if (url.startsWith('/v1/search')) {
    const results = hostileTexts.map((description, at) => ({
      name: `acme/hostile-${at}`,
      description,
      star_count: 10 - at,
    }));
    replyJson(response, 200, { num_results: results.length, results });
  } else if (url.includes('/tags/list')) {
    replyJson(response, 200, { tags: ['1.0', '<b>x</b>', 'x@sha256:1', '\u202e1'] });
  } else replyError(response, 404, 'UNSUPPORTED');
};
