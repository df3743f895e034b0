// Takes the pictures of the pages anew that the documentation keeps: each in each kind of theme, and where it is narrow.
//
//   node test/support/pictures.ts

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ThemeKind, themeKinds, useSize, useTheme } from './e2e/appearance.ts';
import { Product } from './e2e/product.ts';
import { webviewFrame } from './e2e/webviewFrame.ts';
import { inRepository } from './paths.ts';
import { startSampleRegistry } from './sampleRegistry/start.ts';
import { untilSeen } from './vscode/untilSeen.ts';

const port = 5000;
const host = `localhost:${port}`;
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
  fillWorkspace: (directory) =>
    writeFile(path.join(directory, 'Dockerfile'), `FROM ${host}/acme/web:2.0.0\n`),
});
const { workbench, page: window } = product;
for (const name of ['base:1.0', 'base:1.1', 'web:2.0.0'])
  await product.strata('pull', '-q', `${host}/acme/${name}`);
await workbench.openFile('Dockerfile');
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
