import type { SearchFilters, SearchOrder, SearchQuery } from '../../src/protocol/searchPage.ts';
import {
  type Choice,
  type ChoiceControl,
  checkbox,
  dropdown,
  group,
  textField,
  type ValueControl,
} from '../common/controls.ts';
import { element } from '../common/dom.ts';
import { fill, formatCount } from '../common/format.ts';
import type { Words } from './drawRow.ts';
import { registryLabel } from './searchPlace.ts';

export interface QueryFormOptions {
  readonly words: Words;
  readonly query: SearchQuery;
  readonly filters: SearchFilters;
  readonly order: SearchOrder;
  readonly onType: (text: string) => void;
  /** Enter. */
  readonly onSubmit: () => void;
  /** The key that leads from the text into the results. */
  readonly onLeave: () => void;
  readonly onRegistry: (registry: string) => void;
  readonly onOtherRegistry: () => void;
  /** The filters or the order are others. */
  readonly onArrange: () => void;
}

/** Stands for a registry that the person has yet to name. */
const other = '';
const starSteps = ['0', '10', '100', '1000', '10000'] as const;

/** What is searched for, where, and which of it is shown. */
export class QueryForm {
  readonly element: HTMLElement;
  readonly #options: QueryFormOptions;
  readonly #text: ValueControl<string> & { focus(): void };
  readonly #arranging: HTMLElement;
  readonly #place: ChoiceControl<string>;
  #filters: SearchFilters;
  #order: SearchOrder;
  #registry: string;
  #registries: readonly string[];

  constructor(options: QueryFormOptions) {
    this.#options = options;
    const { words, query } = options;
    this.#filters = options.filters;
    this.#order = options.order;
    this.#registry = query.registry;
    this.#text = textField({
      name: words.searchName,
      placeholder: words.placeholder,
      value: query.term,
      onInput: options.onType,
      onLeave: options.onLeave,
    });
    this.#text.element.classList.add('search-text');
    this.#text.element.addEventListener('keydown', (event) => this.#onKey(event));
    this.#registries = [query.registry];
    this.#place = dropdown({
      name: words.registry,
      choices: this.#places,
      value: query.registry,
      onChange: (registry) => this.#choose(registry),
    });
    this.#arranging = element('div', { class: 'arranging' });
    this.#drawArranging();
    const place = element('div', { class: 'place' }, this.#place.element);
    const search = element('div', { class: 'query' }, this.#text.element, place);
    this.element = element('div', { class: 'form', attributes: { role: 'search' } }, search, this.#arranging);
  }

  get text(): string {
    return this.#text.value;
  }

  set text(text: string) {
    this.#text.value = text;
  }

  get registry(): string {
    return this.#registry;
  }

  set registry(registry: string) {
    this.#registry = registry;
    this.registries = this.#registries;
    this.#place.value = registry;
  }

  /** Those that can be chosen from, the chosen one among them. */
  set registries(registries: readonly string[]) {
    this.#registries = [...new Set([...registries, this.#registry])];
    this.#place.offer(this.#places);
  }

  get filters(): SearchFilters {
    return this.#filters;
  }

  set filters(filters: SearchFilters) {
    this.#filters = filters;
    this.#drawArranging();
  }

  get order(): SearchOrder {
    return this.#order;
  }

  /** Whether there is anything to filter or sort by. */
  set canArrange(can: boolean) {
    this.#arranging.hidden = !can;
  }

  /** Where one types. */
  get textField(): HTMLElement {
    return this.#text.element;
  }

  focus(): void {
    this.#text.focus();
  }

  get #places(): readonly Choice<string>[] {
    const choices = this.#registries.map((value) => ({ value, label: registryLabel(value) }));
    return [...choices, { value: other, label: this.#options.words.otherRegistry }];
  }

  #choose(registry: string): void {
    if (registry === other) this.#options.onOtherRegistry();
    else {
      this.#registry = registry;
      this.#options.onRegistry(registry);
    }
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    this.#options.onSubmit();
  }

  #drawArranging(): void {
    const { words } = this.#options;
    const kind = (name: 'official' | 'verified' | 'automated') =>
      checkbox({
        label: words[name],
        checked: this.#filters[name],
        onChange: (checked) => this.#arrange({ ...this.#filters, [name]: checked }, this.#order),
      });
    const stars = dropdown({
      name: words.stars,
      choices: starSteps.map((value) => ({ value, label: this.#starsLabel(Number(value)) })),
      value: starSteps.find((step) => Number(step) === this.#filters.stars) ?? '0',
      onChange: (value) => this.#arrange({ ...this.#filters, stars: Number(value) }, this.#order),
    });
    const order = dropdown({
      name: words.order,
      choices: this.#orders(),
      value: this.#order,
      onChange: (value) => this.#arrange(this.#filters, value),
    });
    const filters = group(words.filters, kind('official'), kind('verified'), kind('automated'), stars);
    this.#arranging.replaceChildren(filters, order.element);
  }

  #orders(): readonly Choice<SearchOrder>[] {
    const { orderStars, orderPulls, orderUpdated, orderName } = this.#options.words;
    return [
      { value: 'stars', label: orderStars },
      { value: 'pulls', label: orderPulls },
      { value: 'updated', label: orderUpdated },
      { value: 'name', label: orderName },
    ];
  }

  #starsLabel(count: number): string {
    const { anyStars, atLeastStars } = this.#options.words;
    return count === 0 ? anyStars : fill(atLeastStars, formatCount(count));
  }

  #arrange(filters: SearchFilters, order: SearchOrder): void {
    this.#filters = filters;
    this.#order = order;
    this.#options.onArrange();
  }
}
