import { RequestFailed } from '../../src/protocol/asking.ts';
import type { CommonStrings } from '../../src/protocol/commonStrings.ts';
import type {
  ImageFacts,
  LayersContract,
  LayersStrings,
  LayersSubject,
  LayersView,
} from '../../src/protocol/layersPage.ts';
import { element } from '../common/dom.ts';
import { fill } from '../common/format.ts';
import type { Page } from '../common/page.ts';
import { StateView } from '../common/states.ts';
import { visibleText } from '../common/visibleText.ts';
import { LayerDetails } from './layerDetails.ts';
import { LayerStack } from './layerStack.ts';

export type Words = LayersStrings & CommonStrings;
export type OwnPage = Page<LayersContract, LayersSubject, Words, LayersView>;

/** The whole page: which image, its layers to scale, and the chosen one's facts. */
export class LayersPage {
  readonly #main: HTMLElement;
  readonly #page: OwnPage;
  readonly #state: StateView;
  #view: LayersView;

  constructor(main: HTMLElement, page: OwnPage) {
    this.#main = main;
    this.#page = page;
    this.#state = new StateView(page.strings);
    this.#view = page.kept ?? {};
    const title = visibleText(fill(page.strings.title, page.subject.name), 200);
    this.#main.append(
      element('header', {}, element('h1', { class: 'foreign', text: title })),
      this.#state.element,
    );
  }

  async load(): Promise<void> {
    const loading = new AbortController();
    const { strings } = this.#page;
    this.#state.loading(strings.readingLayers, () => loading.abort());
    try {
      const image = await this.#page.ask('image', undefined, loading.signal);
      this.#state.clear();
      this.#show(image);
    } catch (error) {
      const retry = () => void this.load();
      if (loading.signal.aborted) this.#state.cancelled(retry);
      else if (error instanceof RequestFailed) this.#state.failure(error.failure, { retry });
      else throw error;
    }
  }

  #show({ layers }: ImageFacts): void {
    const words = this.#page.strings;
    if (layers.length === 0) {
      this.#state.empty({ title: words.noLayers });
      return;
    }
    const details = new LayerDetails(words, (text) => void this.#copy(text));
    const choose = (layer: number) => {
      const chosen = layers[layer];
      if (chosen) details.show(chosen, layer);
      this.#view = { ...this.#view, layer };
      this.#page.keep(this.#view);
    };
    const stack = new LayerStack(words, layers, choose);
    this.#main.append(element('section', { class: 'stack' }, stack.element, details.element));
    stack.choose(Math.min(this.#view.layer ?? 0, layers.length - 1));
  }

  async #copy(text: string): Promise<void> {
    await this.#page.ask('copy', { text }, new AbortController().signal);
  }
}
