import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Product } from '../support/e2e/product.ts';
import { settled } from '../support/e2e/settled.ts';
import { skopeoInspect } from '../support/realParts/skopeo.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import type { Prompt } from '../support/vscode/prompt.ts';
import { compareTests } from './compareSteps.ts';
import { registryTests } from './registrySteps.ts';

const openTimeout = 240_000;
const terminalLimit = 90_000;

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
  const dialog = () => product.workbench.dialog();

  /** Chooses an entry of the row 1.0 and gives the prompt that it opens. */
  async function promptOf(entry: string, title: string): Promise<Prompt> {
    const prompt = product.workbench.prompt(title);
    await tree().chooseFromMenu(/^1\.0/, entry, prompt.widget);
    return prompt;
  }

  compareTests(() => ({ product, named, registry: () => registry }));

  it('Push… says that it tags first, and leaves the digest in the view', async () => {
    await tree().openMenu(/^1\.0/);
    await product.screenshot('menu');
    const prompt = await promptOf('Push…', 'Push ');
    await prompt.type(named('pushed:1'));
    await prompt.says(/given this tag here first/);
    await product.screenshot('push');
    await prompt.accept();
    await tree().row('acme/pushed:1pushed as');
    await product.screenshot('pushed');
    const { Digest } = await skopeoInspect(named('pushed:1'));
    const listed = (await product.strata('image', 'ls', '--digests', named('pushed'))).stdout;
    assert.ok(listed.includes(Digest), listed);
  });

  it('Tag… warns of the image that loses the tag, which then is dangling', async () => {
    const prompt = await promptOf('Tag…', 'Tag ');
    await prompt.type(named('base:1.1'));
    await prompt.says(/The tag moves from .*; that image stays as dangling/);
    await product.screenshot('tag');
    await prompt.accept();
    await tree().row(/Dangling/);
    await product.screenshot('tagged');
  });

  it('Inspect and History open as documents', async () => {
    const { workbench } = product;
    await tree().chooseFromMenu(/^1\.0/, 'Inspect', workbench.activeTab('base:1.0 (inspect).json'));
    await settled(
      () => workbench.editorText(),
      (shown) => /"Id": "sha256:[0-9a-f]{64}"/.test(shown),
    );
    await product.screenshot('inspect');
    await tree().chooseFromMenu(/^1\.0/, 'History', workbench.activeTab('base:1.0 (history).txt'));
    await settled(
      () => workbench.editorText(),
      (shown) => /IMAGE +CREATED +SIZE/.test(shown),
    );
    await product.screenshot('history');
    await product.page.keyboard.press('Control+K');
    await product.page.keyboard.press('Control+W');
  });

  it('Save… and Load… go through the dialogs', async () => {
    const file = path.join(product.workspace, 'base.tar');
    const save = await promptOf('Save…', 'Save ');
    await settled(
      () => save.field.inputValue(),
      (value) => value.endsWith('base-1.0.tar'),
    );
    await product.screenshot('save');
    await save.answer(file);
    await settled(
      () =>
        readFile(file).then(
          ({ length }) => length,
          () => 0,
        ),
      (length) => length > 0,
    );
    await product.workbench.runCommand('Strata: Load…');
    const load = product.workbench.prompt('Load Images');
    await settled(
      () => load.field.inputValue(),
      (value) => value.endsWith('/'),
    );
    await product.screenshot('load');
    await load.answer(file);
    await product.workbench.waitForText(/^Loaded /);
    await product.screenshot('loaded');
  });

  it('Prune… frees what its preview says', async () => {
    await product.strata('pull', '-q', named('web:1.4.1'));
    await product.strata('tag', named('web:1.4.0'), named('web:1.4.1'));
    await tree().row(/Dangling/);
    const plan = await storeInfo();
    const dangling = await danglingCount();
    await product.workbench.runCommand('Strata: Prune…');
    const choice = product.workbench.prompt('Prune Images');
    await choice.row('Dangling Images').waitFor();
    await product.screenshot('prune-choice');
    await choice.choose('Dangling Images');
    await dialog().waitFor();
    await product.screenshot('prune-preview');
    const said = (await dialog().innerText()).match(
      /Total reclaimed space: (\S+)[\s\S]*Freed on this disk: (\S+)/,
    );
    await dialog().locator('.monaco-button', { hasText: 'Prune' }).click();
    const what = dangling === 1 ? '1 image' : `${dangling} images`;
    await product.workbench.waitForText(`Pruned ${what}: ${said?.[1]} reclaimed, ${said?.[2]} on disk`);
    await settled(
      () => tree().rows(),
      (rows) => rows.every(({ text }) => !text.startsWith('Dangling')),
    );
    await product.screenshot('pruned');
    assert.equal((await storeInfo()).images, plan.images - dangling);
  });

  async function danglingCount(): Promise<number> {
    const { stdout } = await product.strata('image', 'ls', '-q', '--filter', 'dangling=true');
    return stdout.trim().split('\n').length;
  }

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
    await product.workbench.runInTerminal(
      'clear; strata image ls; strata image ls > listed.txt; echo done > done.txt',
    );
    const read = (name: string) => readFile(path.join(product.workspace, name), 'utf8').catch(() => '');
    await settled(
      () => read('done.txt'),
      (text) => text === 'done\n',
      terminalLimit,
    );
    await product.screenshot('terminal');
    assert.equal(await read('listed.txt'), (await product.strata('image', 'ls')).stdout);
  });

  registryTests(() => ({ product }));
});
