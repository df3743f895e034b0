import type { SearchQuery } from '../../src/protocol/searchPage.ts';
import { button } from '../common/controls.ts';
import { element } from '../common/dom.ts';
import { fill } from '../common/format.ts';
import { visibleText } from '../common/visibleText.ts';
import type { Words } from './drawRow.ts';
import { registryLabel } from './searchPlace.ts';

/** Characters that a button has room for in a narrow panel. */
const longest = 30;

export interface HomeOptions {
  readonly words: Words;
  readonly onSearch: (query: SearchQuery) => void;
  readonly onClear: () => void;
}

/** What was searched for lately, for who has not yet typed anything. */
export class Home {
  readonly element = element('section', { class: 'home', attributes: { hidden: '' } });
  readonly #options: HomeOptions;

  constructor(options: HomeOptions) {
    this.#options = options;
    this.element.setAttribute('aria-label', options.words.recent);
  }

  show(recent: readonly SearchQuery[]): void {
    const { words, onClear } = this.#options;
    const { clearRecent } = words;
    const clear = button({ label: clearRecent, name: clearRecent, look: 'icon', onPress: onClear });
    this.element.replaceChildren(
      element('h2', { text: words.recent }),
      element('ul', { class: 'recent' }, ...recent.map((query) => this.#row(query))),
      clear.element,
    );
    this.element.hidden = recent.length === 0;
  }

  hide(): void {
    this.element.hidden = true;
  }

  #row(query: SearchQuery): HTMLElement {
    const { words, onSearch } = this.#options;
    const place = visibleText(registryLabel(query.registry), longest);
    const label = fill(words.recentIn, visibleText(query.term, longest), place);
    return element('li', {}, button({ label, onPress: () => onSearch(query) }).element);
  }
}
