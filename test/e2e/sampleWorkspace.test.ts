import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Product } from '../support/e2e/product.ts';
import { settled } from '../support/e2e/settled.ts';
import { type FaultyRegistry, startFaultyRegistry } from '../support/faultyRegistry.ts';
import { randomImage } from '../support/randomImage.ts';
import { openBuildah } from '../support/realParts/buildah.ts';
import { skopeoInspect } from '../support/realParts/skopeo.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { prepareSampleWorkspace } from '../support/sampleWorkspace/prepare.ts';
import { untilSeen } from '../support/vscode/untilSeen.ts';
import { searchTests } from './searchSteps.ts';
import { sessionAsDocumented } from './sessionSteps.ts';

const emptyStore = 'No images in the local store yet.';
const openTimeout = 240_000;

describe('the sample workspace', () => {
  let registry: SampleRegistry;
  let slow: FaultyRegistry;
  let product: Product;

  before(async function () {
    this.timeout(openTimeout);
    registry = await startSampleRegistry();
    slow = await startFaultyRegistry(
      { 'acme/slow:1.0': randomImage(['one', 'two'], 4_000_000) },
      { blobDelay: 200 },
    );
    product = await Product.open({
      name: 'sample',
      fillWorkspace: (directory) => prepareSampleWorkspace({ host: registry.host, directory }),
    });
    await product.workbench.openViewContainer('Strata');
    await product.workbench.waitForText(emptyStore);
    await product.workbench.openFile('Dockerfile');
  });

  afterEach(async function () {
    await product.keepEvidence(this.currentTest);
    await product.page.keyboard.press('Escape');
  });

  after(async function () {
    this.timeout(60_000);
    await product?.[Symbol.asyncDispose]();
    await slow?.close();
    await registry?.close();
  });

  it('lists the images that the folder mentions, and offers its commands', async () => {
    await product.workbench.tree('In This Workspace').row(/acme\/base:1\.1.* · not pinned/);
    await product.screenshot('views');
    const offered = await product.workbench.offeredCommands('Strata: Pull');
    assert.ok(offered.includes('Strata: Pull Image…'), offered.join());
  });

  const notFound = () => `${registry.host}/acme/missing:1.0 was not found. Check the name and the tag.`;

  const dockerfile = () => readFile(path.join(product.workspace, 'Dockerfile'), 'utf8');

  /** Puts the cursor on the line that holds `line` and the pointer on `text`, which stands in no line before it in sight. */
  async function hoverOnLine(line: string, text: string, expected: RegExp): Promise<string> {
    const lines = (await dockerfile()).split('\n');
    const number = lines.findIndex((one) => one.includes(line)) + 1;
    assert(number > 0, `the Dockerfile has no line with ${line}`);
    await product.workbench.goToLine(number);
    const drawn = await settled(
      async () => (await product.workbench.editorText()).split('\n'),
      (shown) => shown.includes(lines[number - 1] ?? ''),
    );
    const before = drawn.slice(0, drawn.indexOf(lines[number - 1] ?? ''));
    return product.hoverShows(text, expected, before.join('\n').split(text).length - 1);
  }

  const mentions: readonly { what: string; line: string; text: string; says: RegExp }[] = [
    {
      what: 'an image whose name comes from arguments',
      line: 'AS base',
      text: '/acme/base:',
      says: /acme\/base:1\.1[\s\S]*linux\/amd64[\s\S]*Looked up/,
    },
    {
      what: 'a pinned image',
      line: 'AS frozen',
      text: '/acme/base:1.0',
      says: /acme\/base:1\.0[\s\S]*linux\/amd64/,
    },
    {
      what: 'an argument alone',
      line: 'AS tools',
      text: 'TOOLS',
      says: /acme\/tools:latest[\s\S]*Looked up/,
    },
    { what: 'a stage', line: 'AS build', text: 'base', says: /Stage base of this file, line 9/ },
    { what: 'the source of a mount', line: 'RUN --mount', text: 'acme/tools:latest', says: /Looked up/ },
    { what: 'the source of a copy', line: 'acme/web:1.4.1', text: 'acme/web:1.4.1', says: /Looked up/ },
    {
      what: 'an image for another platform',
      line: 'AS api',
      text: 'acme/api',
      says: /linux\/arm64[\s\S]*Looked up/,
    },
    {
      what: 'an argument without a value',
      line: 'AS undecided',
      text: '/team/app',
      says: /variable without a value/,
    },
    {
      what: 'the empty image',
      line: 'AS rootless',
      text: 'scratch',
      says: /The empty image: there is nothing to pull/,
    },
    {
      what: 'a stage by its number',
      line: 'COPY --from=1 ',
      text: '1 /etc',
      says: /Stage frozen of this file, line 12/,
    },
    { what: 'the syntax line', line: '# syntax', text: 'docker/dockerfile:1', says: /docker\/dockerfile:1/ },
  ];

  for (const { what, line, text, says } of mentions) {
    it(`tells of ${what}`, async () => {
      await hoverOnLine(line, text, says);
      await product.screenshot(`hover-${what.replaceAll(' ', '-')}`);
    });
  }

  it('says in one line that an image does not exist', async () => {
    const shown = await hoverOnLine('AS missing', 'acme/missing', /Check the name and the tag/);
    assert.equal(shown.split('\n').at(-1)?.trim(), notFound());
    assert.doesNotMatch(shown, /\bat \S+ \(|Error:/);
    await product.screenshot('hover-missing');
  });

  it('pins by a code action, into the argument that holds the tag, and unpins again', async () => {
    const { workbench, page } = product;
    const before = await dockerfile();
    const { Digest } = await skopeoInspect(`${registry.host}/acme/base:1.1`);
    const pinned = before.replace('ARG BASE_VERSION=1.1', `ARG BASE_VERSION=1.1@${Digest}`);
    await product.workbench.goToLine(1 + before.split('\n').findIndex((line) => line.includes('AS base')));
    await workbench.clickText('/acme/base:');
    await workbench.chooseCodeAction('Pin ');
    await settled(
      () => workbench.editorText(),
      (text) => text.includes(`BASE_VERSION=1.1@${Digest}`),
    );
    await page.keyboard.press('Control+S');
    assert.equal(await settled(dockerfile, (text) => text !== before), pinned);
    await product.screenshot('pinned-by-code-action');
    await builds(pinned.slice(0, pinned.indexOf('AS base')));
    await workbench.clickText('/acme/base:');
    await workbench.chooseCodeAction('Unpin ');
    await settled(
      () => workbench.editorText(),
      (text) => !text.includes(`BASE_VERSION=1.1@`),
    );
    await page.keyboard.press('Control+S');
    assert.equal(await settled(dockerfile, (text) => text !== pinned), before);
  });

  it('looks up a digest and copies it', async () => {
    const { workbench } = product;
    const { Digest } = await skopeoInspect(`${registry.host}/acme/web:2`);
    await workbench.runCommand('Strata: Look Up Digest…');
    await workbench.prompt('Look Up Digest').answer(`${registry.host}/acme/web:2`);
    const found = workbench.prompt('Digest of ');
    await found.row('Copy Digest').waitFor();
    await product.screenshot('look-up');
    await found.choose('Copy Digest');
    await settled(
      () => workbench.clipboard(),
      (text) => text === Digest,
    );
  });

  it('says what is wrong with a malformed reference, and stays open for a better one', async () => {
    const { workbench } = product;
    await workbench.runCommand('Strata: Pull Image…');
    const prompt = workbench.prompt('Pull Image');
    await prompt.type('Acme/Web:::1');
    await prompt.press('Enter');
    await prompt.says(/reference|repository|upper|invalid/i);
    await product.screenshot('malformed');
    await prompt.leave();
    assert.deepEqual(await workbench.notifications(), []);
  });

  it('says why a pull failed, in its row, until it is dismissed', async () => {
    const { workbench } = product;
    await workbench.runCommand('Strata: Pull Image…');
    await workbench.prompt('Pull Image').answer(`${registry.host}/acme/missing:1.0`);
    const row = await workbench.tree('Images').row(notFound());
    await product.screenshot('pull-failed');
    await row.hover();
    await row.getByRole('button', { name: 'Dismiss' }).click();
    await workbench.waitForText(emptyStore);
  });

  it('forgets a pull that is cancelled midway', async () => {
    const { workbench } = product;
    await workbench.runCommand('Strata: Pull Image…');
    await workbench.prompt('Pull Image').answer(`${slow.host}/acme/slow:1.0`);
    const row = await workbench
      .tree('Images')
      .row(/acme\/slow:1\.0.*[1-9][\d.]*[kM]?B of 8MB, 0 of 2 layers/);
    await product.screenshot('cancel');
    await row.hover();
    await row.getByRole('button', { name: 'Cancel' }).click();
    await workbench.waitForText(emptyStore);
    await progressIsOver();
    assert.deepEqual(await workbench.notifications(), []);
    // A pull that only looked cancelled would now be done in no time.
    slow.faults = {};
    await product.strata('store', 'verify');
    assert.equal((await product.strata('image', 'ls', '-q')).stdout, '');
    await workbench.waitForText(emptyStore);
    await product.screenshot('cancelled');
  });

  async function progressIsOver(): Promise<void> {
    const running = product.page.locator('.sidebar .monaco-progress-container.active');
    await settled(
      () => running.count(),
      (count) => count === 0,
    );
  }

  it('can be worked with by keyboard alone: opens, pulls, unfolds to a file and removes', async () => {
    const { workbench, page } = product;
    const { keyboard } = page;
    const tree = workbench.tree('Images');
    const focused = (text: string | RegExp) =>
      page
        .locator('.sidebar .monaco-list:focus .monaco-list-row.focused')
        .filter({ hasText: text })
        .waitFor();
    const unfolded = page.locator(
      '.sidebar .monaco-list:focus .monaco-list-row.focused[aria-expanded="true"]',
    );
    await keyboard.press('Control+Shift+E');
    await workbench.runCommand('Strata: Focus on Images View');
    await workbench.runCommand('Strata: Pull Image…');
    await workbench.prompt('Pull Image').field.and(page.locator(':focus')).waitFor();
    await keyboard.type(`${registry.host}/acme/base:1.0`);
    await keyboard.press('Enter');
    await tree.row(`acme/base1 tag · ${registry.host}`);
    await workbench.runCommand('Strata: Focus on Images View');
    await keyboard.press('Home');
    await focused('acme/base');
    for (const row of [/^1\.0/, /^ADD|^COPY|^RUN/, /^(bin|etc|usr)/]) {
      // A view that is drawn anew at that moment does not hear the key.
      await untilSeen(unfolded, () => keyboard.press('ArrowRight'), 10_000);
      await settled(
        () => tree.rows(),
        (rows) => rows.some(({ text }) => row.test(text)),
      );
      await keyboard.press('ArrowDown');
      await focused(row);
    }
    await product.screenshot('keyboard-unfolded');
    await keyboard.press('Home');
    await keyboard.press('ArrowDown');
    await focused(/^1\.0/);
    const menu = page.locator('.monaco-menu');
    await untilSeen(menu, () => keyboard.press('Shift+F10'), 10_000);
    await keyboard.press('ArrowUp');
    await menu.locator('.action-item.focused', { hasText: 'Remove…' }).waitFor();
    await product.screenshot('keyboard-menu');
    await keyboard.press('Enter');
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    await dialog.locator('.monaco-button:focus', { hasText: 'Remove' }).waitFor();
    await keyboard.press('Enter');
    await workbench.waitForText(emptyStore);
  });

  searchTests(() => ({ product, host: registry.host }));

  it('tells the last answer and its age while the registry is down', async () => {
    const name = 'acme/cron';
    await hoverOnLine('AS cron', name, /Looked up/);
    await ageAnswers(product.store);
    const port = Number(registry.host.split(':')[1]);
    await registry.close();
    try {
      const shown = await hoverOnLine('AS cron', name, /cannot be reached/);
      assert.match(shown, /3 hours ago/);
      assert.match(shown, /linux\/amd64/);
      await product.screenshot('registry-down');
    } finally {
      registry = await startSampleRegistry({ port });
    }
  });

  it('tells the life of an image in the terminal as the documentation has it', async () => {
    await sessionAsDocumented(product, registry.host);
  });
});

/** Fails where a real builder does not take it. */
async function builds(text: string): Promise<void> {
  const context = await mkdtemp(path.join(tmpdir(), 'strata-pinned-'));
  try {
    await writeFile(path.join(context, 'Dockerfile'), text);
    await using buildah = await openBuildah();
    await buildah.build(context, 'pinned');
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/** As if three hours had gone by since the registry was asked. */
async function ageAnswers(store: string): Promise<void> {
  const folder = path.join(store, 'strata/cache/tags');
  const earlier = new Date(Date.now() - 3 * 60 * 60 * 1000).toISOString();
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const rows = JSON.parse(await readFile(file, 'utf8')) as Record<string, object>;
    const aged = Object.entries(rows).map(([tag, answer]) => [tag, { ...answer, lookedUp: earlier }]);
    await writeFile(file, JSON.stringify(Object.fromEntries(aged)));
  }
}
