import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { type CommandResult, runCommandLine } from '../commandLine.ts';
import { existingPackage } from '../extensionPackage.ts';
import { artifacts, inRepository } from '../paths.ts';
import { installVsix, type ServerOptions, startVsCodeServer, type VsCodeServer } from '../vscode/server.ts';
import { type Settings, writeUserSettings } from '../vscode/settings.ts';
import { untilSeen } from '../vscode/untilSeen.ts';
import { openWorkbench, type Workbench } from '../vscode/workbench.ts';
import { settled } from './settled.ts';

export interface ProductOptions {
  /** Screenshots and logs in `artifacts/` begin with it. */
  readonly name: string;
  /** Fills the folder that the window opens. */
  readonly fillWorkspace: (directory: string) => Promise<void>;
  readonly settings?: Settings;
  /** Added to the environment of the server, which the extension inherits. */
  readonly env?: Readonly<Record<string, string>>;
}

export const viewport = { width: 1440, height: 960 };
const commandLineLimit = 120_000;
const tooltipTimeout = 5_000;
/** Milliseconds after which a hover that does not say what is awaited is asked for again. */
const staleHover = 5_000;
const hoverPatience = 120_000;

/** The packed extension as a person has it: installed in a fresh profile, its window open, a store of its own. */
export class Product implements AsyncDisposable {
  readonly workspace: string;
  readonly store: string;
  readonly workbench: Workbench;
  readonly #name: string;
  readonly #scratch: string;
  readonly #profile: ServerOptions;
  readonly #server: VsCodeServer;
  #settings: Settings = {};
  #screenshots = 0;

  private constructor(
    { name, scratch, profile }: { name: string; scratch: string; profile: ServerOptions },
    server: VsCodeServer,
    workbench: Workbench,
  ) {
    this.#name = name;
    this.#scratch = scratch;
    this.#profile = profile;
    this.#server = server;
    this.workbench = workbench;
    this.workspace = path.join(scratch, 'workspace');
    this.store = path.join(scratch, 'store');
  }

  static async open({ name, fillWorkspace, settings, env }: ProductOptions): Promise<Product> {
    const scratch = await mkdtemp(path.join(tmpdir(), `strata-${name}-`));
    const folder = path.join(scratch, 'workspace');
    const profile: ServerOptions = {
      extensionsDirectory: path.join(scratch, 'extensions'),
      userDataDirectory: path.join(scratch, 'profile'),
      settings: {
        'files.autoSave': 'off',
        'editor.minimap.enabled': false,
        // What this machine's own Docker engines have is no business of the tests.
        'strata.images.hiddenEngines': ['*'],
        ...settings,
      },
      env: {
        STRATA_STORE: path.join(scratch, 'store'),
        DOCKER_CONFIG: path.join(scratch, 'docker'),
        ...env,
      },
      logFile: path.join(artifacts, `${name}-server.log`),
    };
    let server: VsCodeServer | undefined;
    try {
      await mkdir(folder);
      await fillWorkspace(folder);
      await installVsix(await existingPackage(), profile);
      server = await startVsCodeServer(profile);
      const workbench = await openWorkbench(server, { folder, viewport });
      return new Product({ name, scratch, profile }, server, workbench);
    } catch (error) {
      await server?.close();
      await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
      throw error;
    }
  }

  get page(): Page {
    return this.workbench.page;
  }

  /** Changes the user's settings beside those that the window was opened with; resolves before VS Code has seen it. */
  async changeSettings(settings: Settings): Promise<void> {
    this.#settings = { ...this.#settings, ...settings };
    await writeUserSettings(this.#profile.userDataDirectory, {
      ...this.#profile.settings,
      ...this.#settings,
    });
  }

  /** Keeps what the window shows now, numbered in the order of the steps. */
  async screenshot(step: string): Promise<void> {
    this.#screenshots += 1;
    await this.workbench.screenshot(`${this.#name}-${String(this.#screenshots).padStart(2, '0')}-${step}`);
  }

  /** Keeps a screenshot and a trace of a test that has failed. */
  async keepEvidence(
    test: { readonly title: string; readonly state?: string | undefined } | undefined,
  ): Promise<void> {
    if (test?.state !== 'failed') return;
    await this.workbench.keepEvidence(`${this.#name}-${test.title.replace(/\W+/g, '-').slice(0, 60)}`);
  }

  /** Runs the shipped command line on the window's own store; fails where it does. */
  async strata(...args: readonly string[]): Promise<CommandResult> {
    const build = { node: process.execPath, file: inRepository('dist/cli.js') };
    const options = { timeLimit: commandLineLimit };
    const result = await runCommandLine(['--store', this.store, ...args], options, build);
    assert.equal(result.code, 0, `strata ${args.join(' ')}: ${result.stderr}`);
    return result;
  }

  /**
   * Rests the pointer on `text` until the hover there says something that matches; gives all of the hover. VS Code never
   * draws a hover anew, and one that came late may hold only what was known in time: it is asked for again.
   */
  async hoverShows(text: string, expected: RegExp, occurrence = 0): Promise<string> {
    let asked = Number.NEGATIVE_INFINITY;
    return settled(
      async () => {
        const isStale = performance.now() - asked > staleHover;
        if (!isStale && (await this.workbench.hoverWidget().isVisible())) return this.workbench.hoverText();
        await this.hideHover();
        const shown = await this.workbench.hover(text, occurrence);
        asked = performance.now();
        return shown;
      },
      (shown) => expected.test(shown),
      hoverPatience,
    );
  }

  async hideHover(): Promise<void> {
    await this.#pointAside();
    await this.workbench.hoverWidget().waitFor({ state: 'hidden' });
  }

  /** Points at a row of a tree until its tooltip says something that matches; gives all of the tooltip. */
  async tooltipShows(row: Locator, expected: RegExp): Promise<string> {
    const tooltip = this.page
      .locator('.workbench-hover:visible, .monaco-hover.workbench-hover:visible')
      .first();
    const shown = await settled(
      async () => {
        if (!(await tooltip.isVisible())) await this.#pointAt(row, tooltip);
        return (await tooltip.isVisible()) ? ((await tooltip.textContent()) ?? '') : '';
      },
      (text) => expected.test(text),
    );
    await this.#pointAside();
    await tooltip.waitFor({ state: 'hidden' });
    return shown;
  }

  async #pointAt(row: Locator, tooltip: Locator): Promise<void> {
    const point = async () => {
      await row.waitFor();
      const box = await row.boundingBox();
      assert(box, 'the row is not in sight');
      await this.#pointAside();
      await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 3 });
    };
    await untilSeen(tooltip, point, tooltipTimeout);
  }

  async #pointAside(): Promise<void> {
    await this.page.mouse.move(viewport.width / 2, viewport.height - 8);
  }

  /** Folds every row of a tree, one of which has `text`. */
  async foldAll(view: string, text: string): Promise<void> {
    await this.workbench.tree(view).click(text);
    await this.page.keyboard.press('Control+ArrowLeft');
    await settled(
      () => this.workbench.tree(view).rows(),
      (rows) => rows.every(({ level }) => level === 1),
    );
  }

  /** Folds a view, which leaves its place to the others. */
  async foldView(view: string): Promise<void> {
    const header = this.page.locator('.pane-header').filter({ hasText: view });
    const folded = header.and(this.page.locator('[aria-expanded="false"]'));
    await untilSeen(folded, async () => {
      if (!(await folded.isVisible())) await header.click();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.workbench.close();
    await this.#server.close();
    await rm(this.#scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}
