import assert from 'node:assert/strict';
import { accessibilityFaults } from '../support/e2e/accessibility.ts';
import { LayersPage, type PathRow } from '../support/e2e/layersPage.ts';
import type { Product } from '../support/e2e/product.ts';
import { untilSeen } from '../support/vscode/untilSeen.ts';

/** What the steps need of the suite whose window they use: an image in its store, its tag's row in sight. */
export interface LayersWorld {
  readonly product: Product;
  readonly reference: string;
  /** How many layers its manifest has. */
  readonly layers: number;
  /** Has the image pulled, and the row of its tag unfolded. */
  ready(): Promise<void>;
}

const step = 'rm -rf /usr/share/doc';
const reloadTimeout = 90_000;

/** Tests of the Layers page of a real image, in the window of the suite that calls this. */
export function layersTests(world: () => LayersWorld): void {
  const page = () => new LayersPage(world().product, world().reference);

  it('Inspect Layers shows the layers of the manifest', async function () {
    this.timeout(120_000);
    const { product, layers, ready } = world();
    await ready();
    await product.workbench.tree('Images').chooseFromMenu(/^bookworm/, 'Inspect Layers', page().tab());
    assert.equal((await page().layers()).length, layers);
    await product.screenshot('layers-page');
  });

  it('its Layers page shows what one layer removed and nothing else', async () => {
    await page().chooseLayer(step);
    await page().filter('Removed', true);
    await page().search('share/doc/git');
    const rows = await page().rows((all) => all.some(({ text }) => /^git D Removed/.test(text)));
    for (const { text, expanded } of rows) assert(expanded || /\bRemoved\b/.test(text), text);
    assert.deepEqual(await accessibilityFaults(await page().frame()), []);
    await world().product.screenshot('layers-removed');
    await page().filter('Removed', false);
  });

  it('its Layers page opens a changed file beside what was there below', async () => {
    const { product } = world();
    await page().search('os-release');
    await page().rows((all) => all.some(({ text }) => /^os-release M Changed/.test(text)));
    await page().chooseRow('os-release');
    const editor = product.page.locator('.editor-group-container.active .monaco-diff-editor');
    const added = editor.locator('.editor.modified .view-line', { hasText: 'Strata test image' });
    await untilSeen(added, () => product.page.keyboard.press('Alt+Enter'));
    await product.screenshot('layers-diff');
  });

  it('its Layers page is as it was left when it is seen again, and after the window has been reloaded', async function () {
    this.timeout(120_000);
    const { product } = world();
    const isThere = (rows: readonly PathRow[]) =>
      rows.some(({ text, current }) => current && text.startsWith('os-release'));
    await page().tab().click();
    await page().rows(isThere);
    const reloaded = product.page.waitForEvent('load', { timeout: reloadTimeout });
    await product.workbench.runCommand('Developer: Reload Window');
    await reloaded;
    await product.workbench.ready();
    await page().tab().click();
    await page().rows(isThere);
    assert.equal(await (await page().searchField()).inputValue(), 'os-release');
    assert((await page().chosenLayer()).includes(step), await page().chosenLayer());
    await product.screenshot('layers-reloaded');
  });

  it('its Layers page leaves the window as it found it', async () => {
    const { workbench, page: window } = world().product;
    await workbench.runCommand('View: Close All Editors');
    await window.locator('.tab').first().waitFor({ state: 'detached' });
    await workbench.openFile('Dockerfile');
    await workbench.openViewContainer('Strata');
  });
}
