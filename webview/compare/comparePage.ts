import { RequestFailed } from '../../src/protocol/asking.ts';
import type { CommonStrings } from '../../src/protocol/commonStrings.ts';
import {
  type CompareContract,
  type ComparedFacts,
  type CompareStrings,
  type CompareSubject,
  type CompareTab,
  type CompareView,
  compareTabs,
  type PackageChanges,
  type Pair,
} from '../../src/protocol/comparePage.ts';
import { element } from '../common/dom.ts';
import { keepFocus } from '../common/focus.ts';
import { fill, formatCount } from '../common/format.ts';
import { showNotice } from '../common/notice.ts';
import type { Page } from '../common/page.ts';
import { remediesFor } from '../common/remedies.ts';
import { StateView } from '../common/states.ts';
import { Tabs } from '../common/tabs.ts';
import { CompareHeader } from './compareHeader.ts';
import { configTab } from './configTab.ts';
import { type Counts, differenceCounts, figureOf } from './figures.ts';
import { FilesTab } from './filesTab.ts';
import { layersTab } from './layersTab.ts';
import type { ListPlace } from './listTab.ts';
import { packagesTab } from './packagesTab.ts';
import { pairLayers } from './pairLayers.ts';

export type Words = CompareStrings & CommonStrings;
export type OwnPage = Page<CompareContract, CompareSubject, Words, CompareView>;

/** The whole page: which images, how much of what is different, and the differences themselves. */
export class ComparePage {
  readonly #page: OwnPage;
  readonly #header: CompareHeader;
  readonly #tabs: Tabs<CompareTab>;
  readonly #reading: StateView;
  readonly #states = new Map<CompareTab, StateView>();
  /** Sections that are known to have nothing to show. */
  readonly #alike = new Set<CompareTab>();
  #view: CompareView;

  constructor(main: HTMLElement, page: OwnPage) {
    this.#page = page;
    this.#view = page.kept ?? {};
    const words = page.strings;
    this.#header = new CompareHeader(words, page.subject, () => page.act('swap', undefined));
    const tabs = compareTabs.map((id) => ({ id, label: words[id] }));
    this.#tabs = new Tabs(words.sections, tabs, (tab) => this.#keep({ tab }));
    this.#reading = new StateView(words);
    for (const tab of compareTabs) {
      const state = new StateView(words);
      this.#states.set(tab, state);
      this.#tabs.panel(tab).append(state.element);
    }
    main.append(this.#header.element, this.#tabs.element, this.#reading.element, ...this.#tabs.panels);
    this.#tabs.select(this.#view.tab ?? 'packages');
    keepFocus(main, () => main.querySelectorAll<HTMLElement>('.tab[aria-selected="true"], .rows'), page);
  }

  async load(): Promise<void> {
    if (!(await this.#read())) return;
    await Promise.all([this.#loadPackages(), this.#loadConfig(), this.#loadLayers(), this.#loadFiles()]);
  }

  /** What is in a registry alone is read first, once for all sections. Whether they have something to show. */
  async #read(): Promise<boolean> {
    const words = this.#page.strings;
    const loading = new AbortController();
    const again = () => {
      this.#keep({ isStopped: false });
      void this.load();
    };
    if (this.#view.isStopped) {
      this.#stopped(again);
      return false;
    }
    for (const tab of compareTabs) this.#tabs.setFigure(tab, words.counting);
    this.#reading.loading(words.readingLayers, () => loading.abort());
    try {
      await this.#page.ask('read', undefined, loading.signal, ({ received, total }) =>
        this.#reading.progress(received, total),
      );
      this.#reading.clear();
      return true;
    } catch (error) {
      this.#keep({ isStopped: loading.signal.aborted });
      this.#stopped(again, error);
      return false;
    }
  }

  #stopped(again: () => void, error?: unknown): void {
    for (const tab of compareTabs) this.#tabs.setFigure(tab, this.#page.strings.unknown);
    if (this.#view.isStopped) this.#reading.cancelled(again);
    else if (error instanceof RequestFailed)
      this.#reading.failure(error.failure, remediesFor(this.#page, error.failure, again));
    else throw error;
  }

  #loadPackages(): Promise<void> {
    const words = this.#page.strings;
    return this.#section('packages', async (signal) => {
      const found = await this.#page.ask('packages', undefined, signal);
      const counts = differenceCounts(found.changes);
      this.#figure('packages', counts);
      if (found.changes.length === 0) return this.#noPackages(found);
      const tab = packagesTab(words, this.#listening('packages'));
      const alike = fill(words.packagesAlike, formatCount(found.unchanged));
      this.#fill('packages', tab.element, element('p', { class: 'quiet foot', text: alike }));
      tab.show(found.changes, this.#placeIn('packages'));
    });
  }

  #noPackages({ unchanged }: PackageChanges): void {
    const words = this.#page.strings;
    const title = unchanged > 0 ? words.noPackageChanges : words.noPackages;
    const text = unchanged > 0 ? fill(words.packagesAlike, formatCount(unchanged)) : words.noPackagesText;
    this.#states.get('packages')?.empty({ title, text });
  }

  #loadConfig(): Promise<void> {
    const words = this.#page.strings;
    return this.#section('config', async (signal) => {
      const changes = await this.#page.ask('config', undefined, signal);
      this.#figure('config', differenceCounts(changes));
      if (changes.length === 0) {
        this.#states.get('config')?.empty({ title: words.noConfigChanges });
        return;
      }
      const tab = configTab(words, this.#listening('config'));
      this.#fill('config', tab.element);
      tab.show(changes, this.#placeIn('config'));
    });
  }

  #loadLayers(): Promise<void> {
    return this.#section('layers', async (signal) => {
      const images = await this.#page.ask('images', undefined, signal);
      this.#header.show(images);
      this.#showLayers(images);
    });
  }

  #showLayers({ before, after }: Pair<ComparedFacts>): void {
    const words = this.#page.strings;
    const rows = pairLayers(before.layers, after.layers);
    const common = rows.filter(({ isCommon }) => isCommon).length;
    const figure = fill(words.commonCount, formatCount(common));
    const different = fill(words.differentCount, formatCount(rows.length - common), formatCount(rows.length));
    this.#tabs.setFigure('layers', common === rows.length ? words.alike : `${figure}, ${different}`);
    if (rows.length === 0) {
      this.#states.get('layers')?.empty({ title: words.noLayers });
      return;
    }
    const tab = layersTab(words, this.#listening('layers'));
    this.#fill('layers', this.#header.columns(), tab.element);
    tab.show(rows, this.#placeIn('layers', common));
  }

  #loadFiles(): Promise<void> {
    const words = this.#page.strings;
    return this.#section('files', async (signal) => {
      let tab: FilesTab | undefined;
      const counts = await this.#page.ask('files', undefined, signal, (slice) => {
        if (slice.paths.length === 0) return;
        if (!tab) {
          tab = this.#filesTab();
          this.#states.get('files')?.clear();
          this.#fill('files', tab.element);
        }
        tab.add(slice);
      });
      tab?.comeBack();
      this.#figure('files', counts);
      if (!tab) this.#states.get('files')?.empty({ title: words.noFileChanges });
    });
  }

  #filesTab(): FilesTab {
    return new FilesTab({
      words: this.#page.strings,
      view: this.#view,
      onOpen: (pair) => this.#page.act('open', pair),
      onCopy: (text) => this.#copy(text),
      onView: (view) => this.#keep(view),
      onScroll: (scrollTop) => this.#keepScroll('files', scrollTop),
    });
  }

  /** Runs what fills a section, with its states before and, where it fails, after. */
  async #section(tab: CompareTab, run: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const words = this.#page.strings;
    const loading = new AbortController();
    const state = this.#states.get(tab);
    const again = () => void this.#section(tab, run);
    this.#fill(tab);
    this.#tabs.setFigure(tab, words.counting);
    state?.loading(words.reading, () => loading.abort());
    try {
      await run(loading.signal);
      this.#moveOn();
    } catch (error) {
      this.#tabs.setFigure(tab, words.unknown);
      this.#fill(tab);
      if (loading.signal.aborted) state?.cancelled(again);
      else if (error instanceof RequestFailed)
        state?.failure(error.failure, remediesFor(this.#page, error.failure, again));
      else throw error;
    }
  }

  /** What a section shows below its state, in place of what it showed before. */
  #fill(tab: CompareTab, ...content: readonly Node[]): void {
    const state = this.#states.get(tab);
    this.#tabs.panel(tab).replaceChildren(...(state ? [state.element] : []), ...content);
    if (content.length > 0) state?.clear();
  }

  #figure(tab: CompareTab, counts: Counts): void {
    const text = figureOf(counts, this.#page.strings);
    this.#tabs.setFigure(tab, text ?? this.#page.strings.alike);
    if (text === undefined) this.#alike.add(tab);
    else this.#alike.delete(tab);
  }

  /** Whoever has not chosen a section sees the first that has something to show. */
  #moveOn(): void {
    if (this.#view.tab !== undefined) return;
    this.#tabs.select(compareTabs.find((tab) => !this.#alike.has(tab)) ?? 'packages');
  }

  #listening(tab: CompareTab) {
    return {
      onCopy: (text: string) => this.#copy(text),
      onMove: (at: number) => this.#keep({ rows: { ...this.#view.rows, [tab]: at } }),
      onScroll: (scrollTop: number) => this.#keepScroll(tab, scrollTop),
    };
  }

  #keepScroll(tab: CompareTab, scrollTop: number): void {
    this.#keep({ scroll: { ...this.#view.scroll, [tab]: scrollTop } });
  }

  /** Where in a section's list the person was; at its first row, or another one, where they have not been there. */
  #placeIn(tab: CompareTab, first = 0): ListPlace {
    const { rows, scroll } = this.#view;
    return { at: rows?.[tab] ?? first, scrollTop: scroll?.[tab] };
  }

  #copy(text: string): void {
    this.#page.act('copy', { text }, () => showNotice(this.#page.strings.copied, 'news'));
  }

  #keep(view: Partial<CompareView>): void {
    this.#view = { ...this.#view, ...view };
    this.#page.keep(() => this.#view);
  }
}
