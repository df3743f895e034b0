import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { Product } from '../support/e2e/product.ts';
import { settled } from '../support/e2e/settled.ts';
import { skopeoInspect } from '../support/realParts/skopeo.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';

const openTimeout = 240_000;

describe('the verbs of images, as a person uses them', () => {
  let registry: SampleRegistry;
  let product: Product;

  before(async function () {
    this.timeout(openTimeout);
    registry = await startSampleRegistry();
    product = await Product.open({
      name: 'verbs',
      fillWorkspace: (directory) => writeFile(path.join(directory, 'notes.txt'), 'nothing\n'),
      settings: { 'terminal.integrated.gpuAcceleration': 'off' },
    });
    await product.workbench.openViewContainer('Strata');
    for (const name of ['base:1.0', 'base:1.1', 'web:1.4.0']) await product.strata('pull', '-q', named(name));
    await tree().expand('acme/base');
  });

  afterEach(async function () {
    await product.keepEvidence(this.currentTest);
    await product.page.keyboard.press('Escape');
  });

  after(async function () {
    this.timeout(60_000);
    await product?.[Symbol.asyncDispose]();
    await registry?.close();
  });

  const named = (name: string) => `${registry.host}/acme/${name}`;
  const tree = () => product.workbench.tree('Images');
  const quickRow = (text: string): Locator =>
    product.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
  const inputMessage = () => product.page.locator('.quick-input-message');
  const dialog = () => product.page.locator('.monaco-dialog-box');

  async function typeAndRead(text: string, expected: RegExp): Promise<void> {
    await product.workbench.quickInput().fill(text);
    await settled(
      async () => (await inputMessage().textContent()) ?? '',
      (message) => expected.test(message),
    );
  }

  it('Push… says that it tags first, and leaves the digest in the view', async () => {
    await (await tree().row(/^1\.0/)).click({ button: 'right' });
    await product.page.locator('.monaco-menu').waitFor();
    await product.screenshot('menu');
    await product.page.locator('.monaco-menu .action-label', { hasText: 'Push…' }).first().click();
    await typeAndRead(named('pushed:1'), /given this tag here first/);
    await product.screenshot('push');
    await product.page.keyboard.press('Enter');
    await tree().row('acme/pushed:1pushed as');
    await product.screenshot('pushed');
    const { Digest } = await skopeoInspect(named('pushed:1'));
    const listed = (await product.strata('image', 'ls', '--digests', named('pushed'))).stdout;
    assert.ok(listed.includes(Digest), listed);
  });

  it('Tag… warns of the image that loses the tag, which then is dangling', async () => {
    await tree().chooseFromMenu(/^1\.0/, 'Tag…');
    await typeAndRead(named('base:1.1'), /The tag moves from .*; that image stays as dangling/);
    await product.screenshot('tag');
    await product.page.keyboard.press('Enter');
    await tree().row(/Dangling/);
    await product.screenshot('tagged');
  });

  it('Inspect and History open as documents', async () => {
    await tree().chooseFromMenu(/^1\.0/, 'Inspect');
    await product.page.locator('.tab.active[data-resource-name="base:1.0 (inspect).json"]').waitFor();
    await settled(
      () => product.workbench.editorText(),
      (shown) => /"Id": "sha256:[0-9a-f]{64}"/.test(shown),
    );
    await product.screenshot('inspect');
    await tree().chooseFromMenu(/^1\.0/, 'History');
    await product.page.locator('.tab.active[data-resource-name="base:1.0 (history).txt"]').waitFor();
    await settled(
      () => product.workbench.editorText(),
      (shown) => /IMAGE +CREATED +SIZE/.test(shown),
    );
    await product.screenshot('history');
    await product.page.keyboard.press('Control+K');
    await product.page.keyboard.press('Control+W');
  });

  it('Save… and Load… go through the dialogs', async () => {
    const file = path.join(product.workspace, 'base.tar');
    await tree().chooseFromMenu(/^1\.0/, 'Save…');
    await settled(
      () => product.workbench.quickInput().inputValue(),
      (value) => value.endsWith('base-1.0.tar'),
    );
    await product.screenshot('save');
    await product.workbench.answer(file);
    await settled(
      () =>
        readFile(file).then(
          ({ length }) => length,
          () => 0,
        ),
      (length) => length > 0,
    );
    await product.workbench.runCommand('Strata: Load…');
    await product.workbench.quickInput().waitFor();
    await product.screenshot('load');
    await product.workbench.answer(file);
    await product.workbench.waitForText(/^Loaded /);
    await product.screenshot('loaded');
  });

  it('Prune… frees what its preview says', async () => {
    const plan = await storeInfo();
    await product.workbench.runCommand('Strata: Prune…');
    await quickRow('Dangling Images').waitFor();
    await product.screenshot('prune-choice');
    await quickRow('Dangling Images').click();
    await dialog().waitFor();
    await product.screenshot('prune-preview');
    const said = (await dialog().innerText()).match(
      /Total reclaimed space: (\S+)[\s\S]*Freed on this disk: (\S+)/,
    );
    await dialog().locator('.monaco-button', { hasText: 'Prune' }).click();
    await product.workbench.waitForText(`Pruned 1 image: ${said?.[1]} reclaimed, ${said?.[2]} on disk`);
    await settled(
      () => tree().rows(),
      (rows) => rows.every(({ text }) => !text.startsWith('Dangling')),
    );
    await product.screenshot('pruned');
    assert.ok((await storeInfo()).images === plan.images - 1);
  });

  async function storeInfo(): Promise<{ readonly images: number }> {
    return JSON.parse((await product.strata('store', 'info', '--json')).stdout);
  }

  it('Remove… by the Delete key asks which names go', async () => {
    await tree().click(/^1\.0/);
    await product.page.keyboard.press('Delete');
    await dialog().waitFor();
    await product.screenshot('remove');
    await dialog().locator('.monaco-button', { hasText: 'Untag' }).click();
    await settled(
      () => tree().rows(),
      (rows) => rows.every(({ text }) => !text.startsWith('1.0')),
    );
  });

  it('has strata in the terminal, on the same store', async () => {
    const { page, workbench } = product;
    await workbench.runCommand('Terminal: Create New Terminal');
    const screen = page.locator('.terminal-wrapper.active .xterm-screen');
    await screen.waitFor();
    await page.keyboard.type('clear; strata image ls; strata image ls > listed.txt; echo done > done.txt\n');
    const read = (name: string) => readFile(path.join(product.workspace, name), 'utf8').catch(() => '');
    await settled(
      () => read('done.txt'),
      (text) => text === 'done\n',
    );
    await product.screenshot('terminal');
    assert.equal(await read('listed.txt'), (await product.strata('image', 'ls')).stdout);
  });
});
