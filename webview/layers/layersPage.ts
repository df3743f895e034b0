import { RequestFailed } from '../../src/protocol/asking.ts';
import {
  type ImageFacts,
  type LayerFacts,
  type LayersView,
  longestQuery,
  type PathSlice,
  type Tab,
} from '../../src/protocol/layersPage.ts';
import type { Failure } from '../../src/protocol/messages.ts';
import { drawControlsAfter } from '../common/controls.ts';
import { element, waited } from '../common/dom.ts';
import { keepFocus } from '../common/focus.ts';
import { fill, formatSize } from '../common/format.ts';
import { showNotice } from '../common/notice.ts';
import { remediesFor } from '../common/remedies.ts';
import { StateView } from '../common/states.ts';
import { Tabs } from '../common/tabs.ts';
import { visibleText } from '../common/visibleText.ts';
import { FilesPane } from './filesPane.ts';
import { IncomingPaths } from './incomingPaths.ts';
import { LayerDetails } from './layerDetails.ts';
import { LayerStack, shownSize } from './layerStack.ts';
import { MapPane } from './mapPane.ts';
import { Explorer } from './model/explorer.ts';
import { WastePane } from './wastePane.ts';
import type { OwnPage } from './words.ts';

/** Milliseconds between two looks at what has come so far. */
const refreshing = 200;
/** Milliseconds that the layers wait for the first paths: laid out together, both are on the screen sooner. */
const pathsWait = 50;
/** Milliseconds that the controls wait for the first rows. */
const controlsWait = 300;

const newView: Omit<LayersView, 'layer'> = {
  scope: 'changes',
  sort: 'name',
  tab: 'files',
  filters: [],
  query: '',
  unfolded: [],
  scrollTop: 0,
};

/** The whole page: which image, its layers to scale, and what is in the chosen one. */
export class LayersPage {
  readonly #main: HTMLElement;
  readonly #page: OwnPage;
  readonly #state: StateView;
  readonly #header: HTMLElement;
  readonly #facts = element('p', { class: 'facts quiet' });

  constructor(main: HTMLElement, page: OwnPage) {
    this.#main = main;
    this.#page = page;
    this.#state = new StateView(page.strings);
    const title = visibleText(fill(page.strings.title, page.subject.name), 200);
    const heading = element('h1', { class: 'foreign', text: title, attributes: { title } });
    this.#header = element('header', {}, heading, this.#facts);
    this.#main.append(this.#header, this.#state.element);
    keepFocus(main, () => main.querySelectorAll<HTMLElement>('.rows, .map[tabindex]'), page);
  }

  async load(): Promise<void> {
    const loading = new AbortController();
    const { strings } = this.#page;
    this.#state.loading(strings.readingLayers, () => loading.abort());
    const asked = this.#page.ask('image', undefined, loading.signal, ({ received, total }) =>
      this.#state.progress(received, total),
    );
    const paths = new IncomingPaths(this.#page);
    try {
      const image = await asked;
      await Promise.race([paths.begun, waited(pathsWait)]);
      this.#state.clear();
      this.#show(image, paths);
    } catch (error) {
      paths.stop();
      const retry = () => void this.load();
      if (loading.signal.aborted) this.#state.cancelled(retry);
      else if (error instanceof RequestFailed) this.#failed(error.failure, retry);
      else throw error;
    }
  }

  #failed(failure: Failure, retry: () => void): void {
    const { strings, subject } = this.#page;
    const isGone = failure.kind === 'notFound' && subject.from === undefined && /[:/]/.test(subject.name);
    const onPress = () => this.#page.act('inspectNow', undefined);
    const instead = isGone ? { label: strings.inspectNow, onPress } : undefined;
    this.#state.failure(failure, { ...remediesFor(this.#page, failure, retry), instead });
  }

  #show(image: ImageFacts, paths: IncomingPaths): void {
    const { strings } = this.#page;
    const total = (sizeOf: (layer: LayerFacts) => number) =>
      formatSize(image.layers.reduce((sum, layer) => sum + sizeOf(layer), 0));
    const isUnpacked = image.layers.every(({ unpackedSize }) => unpackedSize !== null);
    const size = isUnpacked
      ? fill(strings.unpacked, total(shownSize))
      : fill(
          strings.asDistributed,
          total(({ size }) => size),
        );
    const wasted = image.layers.some(({ wastedBytes }) => wastedBytes > 0)
      ? [
          fill(
            strings.wasted,
            total(({ wastedBytes }) => wastedBytes),
          ),
        ]
      : [];
    this.#facts.textContent = [visibleText(image.platform, 60), size, ...wasted].join(' · ');
    if (image.layers.length === 0) this.#state.empty({ title: strings.noLayers });
    else {
      const retry = () => this.#again();
      void new Inspection(this.#main, this.#page, image, this.#facts, retry).load(paths);
    }
  }

  /** From the beginning: VS Code does not show a page that reloads itself. */
  #again(): void {
    this.#main.replaceChildren(this.#header, this.#state.element);
    this.#facts.textContent = '';
    void this.load();
  }
}

/** The parts of the page about an image that has layers, kept in step with one another. */
class Inspection {
  readonly #page: OwnPage;
  readonly #onRetry: () => void;
  #onFirstRows: () => void = () => undefined;
  readonly #explorer: Explorer;
  readonly #stack: LayerStack;
  readonly #files: FilesPane;
  readonly #map: MapPane;
  readonly #waste: WastePane;
  readonly #tabs: Tabs<Tab>;
  readonly #kept: LayersView;
  /** Nothing is kept before all is there: it would be less than what was kept before. */
  #isWhole = false;
  #lastRefresh = Number.NEGATIVE_INFINITY;

  /** @param onRetry somebody wants all of it to be asked for again */
  constructor(
    main: HTMLElement,
    page: OwnPage,
    { layers }: ImageFacts,
    facts: HTMLElement,
    onRetry: () => void,
  ) {
    this.#page = page;
    this.#onRetry = onRetry;
    const firstRows = new Promise<void>((resolve) => {
      this.#onFirstRows = resolve;
    });
    drawControlsAfter(Promise.race([firstRows, waited(controlsWait)]));
    const last = layers.length - 1;
    const kept = page.kept ?? { ...newView, layer: last };
    this.#kept = { ...kept, layer: Math.min(kept.layer, last) };
    const { layer, scope, sort, filters, query } = this.#kept;
    this.#explorer = new Explorer({ layer, scope, sort, filters, query });
    const words = page.strings;
    const details = new LayerDetails(words, (text) =>
      page.act('copy', { text }, () => showNotice(words.copied, 'news')),
    );
    this.#stack = new LayerStack(words, layers, (position) => {
      const chosen = layers[position];
      if (chosen) details.show(chosen, position);
      this.#chooseLayer(position);
    });
    this.#files = new FilesPane(page, this.#explorer, layers, () => this.#changed());
    this.#map = new MapPane(words, this.#explorer, {
      onChoose: (path) => this.#leadTo(path),
      onMove: () => this.#changed(),
      onShowAll: () => this.#files.showAll(),
    });
    this.#waste = new WastePane(
      page,
      (path) => this.#leadToWaste(path),
      (text) => facts.append(` · ${text}`),
      { current: this.#kept.wasted, onMove: () => this.#changed() },
    );
    const labels = [
      { id: 'files', label: words.files },
      { id: 'map', label: words.map },
      { id: 'waste', label: words.waste },
    ] as const;
    this.#tabs = new Tabs<Tab>(words.views, labels, () => this.#changed());
    for (const [id, { element: pane }] of Object.entries({
      files: this.#files,
      map: this.#map,
      waste: this.#waste,
    }))
      this.#tabs.panel(id as Tab).append(pane);
    this.#tabs.select(this.#kept.tab);
    main.append(this.#layOut(details.element));
    this.#stack.choose(layer);
  }

  async load(paths: IncomingPaths): Promise<void> {
    const { reading } = this.#files;
    reading.loading(this.#page.strings.readingFiles, () => paths.stop());
    try {
      await paths.handTo((slice) => this.#take(slice));
      reading.clear();
      this.#files.isWhole = true;
      this.#refresh();
      this.#comeBack();
      await this.#waste.load();
    } catch (error) {
      const retry = this.#onRetry;
      if (paths.isStopped) reading.cancelled(retry);
      else if (error instanceof RequestFailed)
        reading.failure(error.failure, remediesFor(this.#page, error.failure, retry));
      else throw error;
    }
  }

  /** The first paths are shown at once, those that follow several slices at a time. */
  #take(slice: PathSlice): void {
    this.#explorer.append(slice);
    if (performance.now() - this.#lastRefresh < refreshing) return;
    this.#refresh();
    this.#lastRefresh = performance.now();
  }

  #layOut(details: HTMLElement): HTMLElement {
    return element(
      'div',
      { class: 'columns' },
      element('section', { class: 'stack' }, this.#stack.element, details),
      element('div', { class: 'content' }, this.#tabs.element, ...this.#tabs.panels),
    );
  }

  /** What has come so far. */
  #refresh(): void {
    this.#explorer.update();
    this.#files.show();
    this.#map.show();
    this.#onFirstRows();
  }

  /** As it was when it was left. */
  #comeBack(): void {
    const { unfolded, current, scrollTop, mapFolder } = this.#kept;
    this.#explorer.restore(unfolded);
    const path = current === undefined ? undefined : this.#explorer.find(current);
    this.#files.show(path);
    this.#files.scrollTo(scrollTop);
    if (mapFolder !== undefined) this.#map.open(this.#explorer.find(mapFolder));
    this.#isWhole = true;
    void this.#prepareSearch();
  }

  /** Before somebody types, not while they do. */
  async #prepareSearch(): Promise<void> {
    for (const _ of this.#explorer.prepareSearch()) await waited(0);
  }

  #chooseLayer(layer: number): void {
    if (layer === this.#explorer.choice.layer) return;
    this.#explorer.choose({ layer });
    this.#files.show();
    this.#changed();
  }

  #leadTo(path: number): void {
    this.#tabs.select('files');
    this.#files.reveal(path);
  }

  #leadToWaste(path: string): void {
    const found = this.#explorer.find(path);
    if (found === undefined) return;
    const layer = this.#explorer.wastedIn(found);
    this.#explorer.choose({ layer, scope: 'layer', filters: [], query: '' });
    this.#files.take();
    this.#stack.choose(layer);
    this.#leadTo(found);
  }

  #changed(): void {
    this.#map.show();
    if (this.#isWhole) this.#page.keep(() => this.#view());
  }

  #view(): LayersView {
    return {
      ...this.#explorer.kept(),
      tab: this.#tabs.selected ?? 'files',
      current: this.#files.currentPath,
      query: this.#explorer.choice.query.slice(0, longestQuery),
      scrollTop: Math.round(this.#files.scrollTop),
      mapFolder: this.#map.folderPath,
      wasted: this.#waste.current,
    };
  }
}
