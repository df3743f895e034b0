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
import { type Knowledge, knowsNothing } from './arrange.ts';
import type { Words } from './drawRow.ts';
import { registryLabel, searchPlace } from './searchPlace.ts';

export interface QueryFormOptions {
  readonly words: Words;
  readonly query: SearchQuery;
  readonly filters: SearchFilters;
  readonly order: SearchOrder;
  readonly onType: () => void;
  /** Enter. */
  readonly onSubmit: () => void;
  /** The key that leads from the text into the results. */
  readonly onLeave: () => void;
  /** The person has chosen another registry. */
  readonly onRegistry: () => void;
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
  #knowledge = knowsNothing;
  #shownPlace: string | undefined;
  #offered: readonly string[] | undefined;

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
      onInput: () => {
        this.#showPlace();
        options.onType();
      },
      onLeave: options.onLeave,
    });
    this.#text.element.classList.add('search-text');
    this.#text.element.addEventListener('keydown', (event) => this.#onKey(event));
    this.#registries = [query.registry];
    this.#place = dropdown({
      name: words.registry,
      choices: this.#places,
      value: query.registry,
      onChange: (registry) => this.#onChoose(registry),
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
    this.#showPlace();
  }

  /** A registry that is written before the term is the one that is asked. */
  get query(): SearchQuery {
    return searchPlace(this.#registry, this.text);
  }

  get registry(): string {
    return this.#registry;
  }

  set registry(registry: string) {
    this.#registry = registry;
    this.registries = this.#registries;
  }

  /** Another registry is to be searched for the same term, also where the text named one. */
  choose(registry: string): void {
    const { term } = this.query;
    this.registry = registry;
    this.text = term;
  }

  /** Those that can be chosen from, the chosen one among them. */
  set registries(registries: readonly string[]) {
    this.#registries = [...new Set([...registries, this.#registry])];
    this.#showPlace();
  }

  #showPlace(): void {
    const { registry } = this.query;
    if (registry === this.#shownPlace && this.#registries === this.#offered) return;
    this.#shownPlace = registry;
    this.#offered = this.#registries;
    this.#place.offer(this.#places);
    this.#place.value = registry;
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

  /** What there is to filter and sort by; nothing else is offered, but for what is chosen already. */
  set knowledge(knowledge: Knowledge) {
    this.#arranging.hidden = !knowledge.stars;
    if (JSON.stringify(knowledge) === JSON.stringify(this.#knowledge)) return;
    this.#knowledge = knowledge;
    this.#drawArranging();
  }

  /** Where one types. */
  get textField(): HTMLElement {
    return this.#text.element;
  }

  focus(): void {
    this.#text.focus();
  }

  get #places(): readonly Choice<string>[] {
    const registries = new Set([...this.#registries, this.query.registry]);
    const choices = [...registries].map((value) => ({ value, label: registryLabel(value) }));
    return [...choices, { value: other, label: this.#options.words.otherRegistry }];
  }

  #onChoose(registry: string): void {
    if (registry === other) {
      this.#shownPlace = undefined;
      this.#showPlace();
      this.#options.onOtherRegistry();
    } else {
      this.choose(registry);
      this.#options.onRegistry();
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
    const hasVerified = this.#knowledge.verified || this.#filters.verified;
    const kinds = [kind('official'), ...(hasVerified ? [kind('verified')] : []), kind('automated')];
    const filters = group(words.filters, ...kinds, stars);
    this.#arranging.replaceChildren(filters, order.element);
  }

  #orders(): readonly Choice<SearchOrder>[] {
    const { orderStars, orderPulls, orderUpdated, orderName } = this.#options.words;
    const { pulls, updated } = this.#knowledge;
    const orders: readonly (Choice<SearchOrder> & { readonly isKnown: boolean })[] = [
      { value: 'stars', label: orderStars, isKnown: true },
      { value: 'pulls', label: orderPulls, isKnown: pulls },
      { value: 'updated', label: orderUpdated, isKnown: updated },
      { value: 'name', label: orderName, isKnown: true },
    ];
    return orders.filter(({ value, isKnown }) => isKnown || value === this.#order);
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
