// Takes the pictures anew that the documentation keeps: the README's, and of the pages each in each kind of theme, and
// where it is narrow.
//
//   node test/support/pictures.ts

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type ThemeKind, themeKinds, useSize, useTheme } from './e2e/appearance.ts';
import { Product } from './e2e/product.ts';
import { webviewFrame } from './e2e/webviewFrame.ts';
import { inRepository } from './paths.ts';
import { startSampleRegistry } from './sampleRegistry/start.ts';
import { prepareSampleWorkspace } from './sampleWorkspace/prepare.ts';
import { untilSeen } from './vscode/untilSeen.ts';

const port = 5000;
const host = `localhost:${port}`;
const readmeSize = { width: 1240, height: 760 };
const wide = { width: 1100, height: 740 };
const narrow = { width: 460, height: 740 };
const folder = inRepository('media/pages');

const pages = {
  layers: `${host}/acme/web:2.0.0: Layers`,
  compare: `${host}/acme/base:1.0 ↔ ${host}/acme/base:1.1`,
  search: 'Search Images',
} as const;
type PageName = keyof typeof pages;
const names = Object.keys(pages) as readonly PageName[];

await mkdir(folder, { recursive: true });
await using _registry = await startSampleRegistry({ port });
await using product = await Product.open({
  name: 'pictures',
  fillWorkspace: (directory) => prepareSampleWorkspace({ host, directory }),
});
const { workbench, page: window } = product;
await useTheme(product, 'dark');
await useSize(product, readmeSize);
await takeSearch();
for (const name of ['base:1.0', 'base:1.1', 'web:1.4.1', 'web:2.0.0'])
  await product.strata('pull', '-q', `${host}/acme/${name}`);
await takeHover();
await openPages();
await workbench.runCommand('View: Close Primary Side Bar');
for (const theme of themeKinds) {
  await useTheme(product, theme);
  await useSize(product, wide);
  for (const name of names) await take(name, theme);
}
await useTheme(product, 'dark');
await useSize(product, narrow);
for (const name of names) await take(name, 'narrow');

async function takeSearch(): Promise<void> {
  await workbench.openViewContainer('Strata');
  await workbench.openFile('Dockerfile');
  await workbench.runCommand('Strata: Search Images');
  await searchForWeb();
  await window.screenshot({ path: inRepository('media/readme/search.png') });
  await window.keyboard.press('Control+W');
}

/** Over a name in a Dockerfile, beside an image that is unfolded to its layers and files. */
async function takeHover(): Promise<void> {
  await workbench.openFile('Dockerfile');
  const images = workbench.tree('Images');
  for (const row of ['acme/web', '2.0.0', 'ADD acme-linux']) await images.expand(row);
  await images.row('etc');
  await product.hoverShows('acme/tools:latest', /Looked up/);
  // VS Code lets it come into sight slowly.
  await setTimeout(500);
  await window.screenshot({ path: inRepository('media/readme/hover.png') });
  await product.hideHover();
}

async function openPages(): Promise<void> {
  await workbench.runCommand('Strata: Inspect Layers');
  await workbench.prompt('Inspect Layers').choose('acme/web:2.0.0');
  await showLayers();
  await workbench.runCommand('Strata: Compare Images…');
  await workbench.prompt('Compare Image').choose('acme/base:1.0');
  await workbench.prompt(/^Compare .* With$/).choose('acme/base:1.1');
  await (await frame('compare')).getByRole('option').filter({ hasText: 'openssl' }).click();
  await workbench.runCommand('Strata: Search Images');
  await searchForWeb();
}

function frame(name: PageName) {
  return webviewFrame(window, pages[name]);
}

/** What a layer adds, some of which the next throws away. */
async function showLayers(): Promise<void> {
  const page = await frame('layers');
  await page.getByRole('option').filter({ hasText: 'npm ci' }).click();
  const row = (name: string) => page.getByRole('treeitem').filter({ hasText: name }).first();
  await untilSeen(row('_cacache'), () => row('root').click());
  await row('_cacache').click();
}

async function searchForWeb(): Promise<void> {
  const page = await frame('search');
  const other = page.getByRole('option', { name: 'Other Registry…' });
  await untilSeen(other, () => page.getByRole('combobox', { name: 'Registry' }).click());
  await other.click();
  await workbench.prompt('Search Registry').answer(host);
  await page.getByRole('textbox').fill('acme');
  const row = page.getByRole('treeitem').filter({ hasText: 'acme/web' }).first();
  await untilSeen(page.getByRole('treeitem').filter({ hasText: '2.0.0' }), () => row.click());
  const tag = page.getByRole('treeitem').filter({ hasText: '2.0.0' }).first();
  await untilSeen(page.getByRole('treeitem').filter({ hasText: 'linux/arm64' }), () => tag.click());
  await page
    .getByRole('treeitem')
    .filter({ hasText: /^linux\/arm64.*B$/ })
    .waitFor();
}

/** Of the page alone, once it is as it was before it was hidden. */
async function take(name: PageName, kind: ThemeKind | 'narrow'): Promise<void> {
  await window.locator('.tab', { hasText: pages[name] }).first().click();
  const page = await frame(name);
  await page.locator('.row[aria-selected=true]:visible').first().waitFor();
  await page.locator('vscode-button:defined').first().waitFor({ state: 'attached' });
  await page.evaluate(
    'new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))',
  );
  await window.locator('.part.editor').screenshot({ path: path.join(folder, `${name}-${kind}.png`) });
}
