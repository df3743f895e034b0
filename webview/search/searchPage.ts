import { RequestFailed } from '../../src/protocol/asking.ts';
import type { Failure } from '../../src/protocol/messages.ts';
import type { FoundRepositories, SearchFilters, SearchQuery } from '../../src/protocol/searchPage.ts';
import { button } from '../common/controls.ts';
import { element } from '../common/dom.ts';
import { keepFocus } from '../common/focus.ts';
import { fill, formatCount } from '../common/format.ts';
import { iconOf } from '../common/icons.ts';
import { hideNotice } from '../common/notice.ts';
import { remediesFor } from '../common/remedies.ts';
import { type Action, type Remedies, StateView } from '../common/states.ts';
import { visibleText } from '../common/visibleText.ts';
import { formatMoment } from './age.ts';
import { arrange, hasFilters, knowledgeOf, knowsNothing, noFilters } from './arrange.ts';
import { Home } from './home.ts';
import { QueryForm } from './queryForm.ts';
import { type OwnPage, ResultsPane } from './resultsPane.ts';
import { dockerHub, isAsked, isSameQuery, registryLabel } from './searchPlace.ts';

/** Milliseconds of rest after which what has been typed is searched for. */
const rest = 300;

interface Found extends FoundRepositories {
  readonly query: SearchQuery;
  readonly asked: number;
}

/** The whole page: the query, what became of it, and what it found. */
export class SearchPage {
  readonly #page: OwnPage;
  readonly #form: QueryForm;
  readonly #state: StateView;
  readonly #home: Home;
  readonly #results: ResultsPane;
  readonly #summary = element('span', { class: 'summary-text foreign', attributes: { role: 'status' } });
  readonly #summaryLine: HTMLElement;
  #recent: readonly SearchQuery[] = [];
  #found: Found | undefined;
  #running: { readonly query: SearchQuery; readonly cancel: AbortController } | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(main: HTMLElement, page: OwnPage) {
    this.#page = page;
    const { strings: words, kept } = page;
    this.#form = new QueryForm({
      words,
      query: kept ?? { registry: dockerHub, term: '' },
      filters: kept?.filters ?? noFilters,
      order: kept?.order ?? 'stars',
      onType: () => this.#typed(),
      onSubmit: () => this.#submit(),
      onLeave: () => this.#results.focus(),
      onRegistry: () => this.#search(),
      onOtherRegistry: () => this.#otherRegistry(),
      onArrange: () => this.#show(),
    });
    this.#state = new StateView(words);
    const onSearch = (query: SearchQuery) => this.#searchAgain(query);
    this.#home = new Home({ words, onSearch, onClear: () => this.#clearRecent() });
    this.#results = new ResultsPane(page, {
      onChange: () => this.#keep(),
      onUse: () => this.#remember(),
      remedies: (failure, retry) => this.#remedies(failure, retry),
    });
    const refresh = button({
      label: words.refresh,
      look: 'icon',
      content: iconOf('refresh'),
      onPress: () => this.#search(true),
    });
    this.#summaryLine = element('div', { class: 'summary' }, this.#summary, refresh.element);
    main.append(
      element('h1', { class: 'hidden-text', text: words.title }),
      this.#form.element,
      this.#state.element,
      this.#summaryLine,
      this.#home.element,
      ...this.#results.elements,
    );
    keepFocus(main, () => [this.#results.list, this.#form.textField], page);
  }

  /** Shows what was kept, or else what was searched for lately. Nobody is asked before somebody searches. */
  async start(): Promise<void> {
    this.#restore();
    const started = await this.#page.ask('start', undefined, new AbortController().signal);
    this.#form.registries = started.registries;
    this.#recent = started.recent;
    this.setTarget(started.target);
    if (!isSameQuery(this.#found?.query, this.#query)) this.#search();
  }

  setTarget(target: string | null): void {
    this.#results.target = target;
  }

  #restore(): void {
    const { kept } = this.#page;
    this.#drawSummary();
    this.#form.knowledge = knowsNothing;
    if (!kept?.found) return;
    this.#found = kept.found;
    this.#results.restore(kept.found, kept);
    this.#show();
  }

  get #query(): SearchQuery {
    return this.#form.query;
  }

  #typed(): void {
    clearTimeout(this.#typing);
    this.#running?.cancel.abort();
    this.#typing = setTimeout(() => this.#search(), rest);
    this.#keep();
  }

  #submit(): void {
    this.#search();
    this.#remember();
  }

  /** Searches for what stands in the form, unless that is there or on its way; the superseded search is stopped. */
  #search(again = false): void {
    clearTimeout(this.#typing);
    hideNotice();
    const query = this.#query;
    const isRunning = this.#running !== undefined && !this.#running.cancel.signal.aborted;
    if (!again && isRunning && isSameQuery(this.#running?.query, query)) return;
    this.#running?.cancel.abort();
    if (again) this.#results.refresh();
    const isThere = !isRunning && isSameQuery(this.#found?.query, query);
    if (isThere && !again) this.#show();
    else if (isAsked(query)) void this.#ask(query);
    else this.#goHome();
  }

  async #ask(query: SearchQuery): Promise<void> {
    const cancel = new AbortController();
    const running = { query, cancel };
    this.#running = running;
    this.#home.hide();
    const place = registryLabel(query.registry);
    const words = this.#page.strings;
    this.#state.loading(visibleText(fill(words.searching, place)), () => this.#cancel(cancel));
    try {
      let isNew = true;
      await this.#page.ask('search', query, cancel.signal, (slice) => {
        if (isNew && !isSameQuery(this.#found?.query, query)) this.#results.forget();
        this.#found = { ...slice, query, asked: Date.now() };
        this.#show();
        isNew = false;
      });
    } catch (error) {
      if (cancel.signal.aborted) return;
      if (!(error instanceof RequestFailed)) throw error;
      this.#failed(query, error);
    } finally {
      if (this.#running === running) this.#running = undefined;
    }
  }

  #cancel(search: AbortController): void {
    search.abort();
    this.#clear();
    this.#state.cancelled(() => this.#search(true));
  }

  #failed(query: SearchQuery, { failure }: RequestFailed): void {
    this.#clear();
    const retry = () => this.#search(true);
    const instead = failure.kind === 'error' ? this.#showTags(query) : undefined;
    this.#state.failure(failure, { ...this.#remedies(failure, retry), instead });
  }

  #remedies(failure: Failure, retry: () => void): Remedies {
    return remediesFor(this.#page, { ...failure, registry: failure.registry ?? this.#query.registry }, retry);
  }

  /** What cannot be searched can be named: its tags are there all the same. */
  #showTags({ registry, term }: SearchQuery): Action | undefined {
    if (!/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/.test(term)) return undefined;
    const name = `${registry}/${term}`;
    const label = visibleText(fill(this.#page.strings.showTagsOf, name), 200);
    const repository = { name, description: '', official: false, automated: false };
    const onPress = () => {
      this.#found = { repositories: [repository], query: { registry, term }, asked: Date.now() };
      this.#show();
      this.#results.toggle(0);
    };
    return { label, onPress };
  }

  #goHome(): void {
    this.#clear();
    const { strings: words } = this.#page;
    const { registry } = this.#query;
    this.#home.show(this.#recent);
    const listAll = { label: words.listAll, onPress: () => void this.#ask({ registry, term: '' }) };
    this.#state.empty({
      title: visibleText(fill(words.homeTitle, registryLabel(registry)), 200),
      text: words.homeText,
      ...(registry !== dockerHub && { action: listAll }),
    });
  }

  #clear(): void {
    this.#found = undefined;
    this.#form.knowledge = knowsNothing;
    this.#results.forget();
    this.#drawSummary();
    this.#keep();
  }

  /** Shows what was found, as it is to be filtered and sorted. */
  #show(): void {
    const found = this.#found;
    if (!found) return;
    this.#home.hide();
    const results = arrange(found.repositories, this.#filters, this.#form.order);
    this.#form.knowledge = knowledgeOf(found.repositories);
    this.#results.show(results);
    this.#drawSummary();
    this.#state.clear();
    if (results.length === 0) this.#nothing(found);
    this.#keep();
  }

  /** Filters that cannot be seen do nothing. */
  get #filters(): SearchFilters {
    return this.#found && knowledgeOf(this.#found.repositories).stars ? this.#form.filters : noFilters;
  }

  #nothing({ repositories, query }: Found): void {
    const { strings: words } = this.#page;
    const place = registryLabel(query.registry);
    if (repositories.length > 0 && hasFilters(this.#filters)) {
      const onPress = () => this.#clearFilters();
      this.#state.empty({
        title: words.filteredTitle,
        text: fill(words.filteredText, formatCount(repositories.length)),
        action: { label: words.clearFilters, onPress },
      });
    } else this.#state.empty({ title: words.nothingTitle, text: fill(words.nothingText, place, query.term) });
  }

  #clearFilters(): void {
    this.#form.filters = noFilters;
    this.#show();
    this.#form.focus();
  }

  #drawSummary(): void {
    const found = this.#found;
    this.#summaryLine.hidden = !found;
    if (!found) return;
    const { strings: words } = this.#page;
    const shown = arrange(found.repositories, this.#filters, this.#form.order).length;
    const place = registryLabel(found.query.registry);
    const { total } = found;
    const text =
      total !== undefined && total > shown
        ? fill(words.foundSome, formatCount(shown), formatCount(total), place)
        : fill(shown === 1 ? words.foundOne : words.found, formatCount(shown), place);
    const asked = fill(words.asked, formatMoment(found.asked));
    this.#summary.textContent = visibleText(`${text} · ${asked}`, 300);
  }

  #otherRegistry(): void {
    this.#page.act('otherRegistry', undefined, (registry) => {
      this.#form.focus();
      if (registry === undefined) return;
      this.#form.choose(registry);
      this.#search();
    });
  }

  #remember(): void {
    const query = this.#query;
    if (!isAsked(query)) return;
    this.#page.act('remember', query, (recent) => {
      this.#recent = recent;
    });
  }

  #clearRecent(): void {
    this.#page.act('forgetRecent', undefined, () => {
      this.#recent = [];
      this.#home.hide();
    });
  }

  #searchAgain({ registry, term }: SearchQuery): void {
    this.#form.registry = registry;
    this.#form.text = term;
    this.#form.focus();
    this.#search();
  }

  /** So that the page comes back as it is. */
  #keep(): void {
    this.#page.keep(() => this.#kept());
  }

  #kept() {
    const found = this.#found && { ...this.#found, tags: this.#results.tags };
    return {
      registry: this.#form.registry,
      term: this.#form.text,
      filters: this.#form.filters,
      order: this.#form.order,
      ...(found && { found }),
      ...this.#results.place,
    };
  }
}
