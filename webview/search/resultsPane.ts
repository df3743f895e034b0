import { RequestFailed } from '../../src/protocol/asking.ts';
import type { CommonStrings } from '../../src/protocol/commonStrings.ts';
import type { Failure } from '../../src/protocol/messages.ts';
import type {
  FoundRepository,
  KeptResults,
  SearchAction,
  SearchContract,
  SearchStrings,
  SearchSubject,
  SearchView,
} from '../../src/protocol/searchPage.ts';
import { element } from '../common/dom.ts';
import { hideNotice, showNotice } from '../common/notice.ts';
import type { Page } from '../common/page.ts';
import { VirtualRows } from '../common/rows/virtualRows.ts';
import { type Remedies, StateView } from '../common/states.ts';
import { visibleText } from '../common/visibleText.ts';
import { ActionBar } from './actionBar.ts';
import { drawRow, rowLabel } from './drawRow.ts';
import type { ResultRow } from './resultRows.ts';
import { Results } from './results.ts';

export type OwnPage = Page<SearchContract, SearchSubject, SearchStrings & CommonStrings, SearchView>;

export interface ResultsListening {
  /** What is to be kept of it is otherwise now. */
  onChange(): void;
  /** The person has made use of what was found. */
  onUse(): void;
  /** What can be done about a failure, of which trying again is one. */
  remedies(failure: Failure, retry: () => void): Remedies;
}

/** Milliseconds between what is kept of where the tree is scrolled to. */
const scrollRest = 100;
const rowHeight = 44;

/** What was found, as a tree, and what can be done with the row that is chosen. */
export class ResultsPane {
  readonly elements: readonly HTMLElement[];
  readonly #page: OwnPage;
  readonly #listening: ResultsListening;
  readonly #results: Results;
  readonly #tree: VirtualRows;
  readonly #bar: ActionBar;
  /** What was asked for last, and that it takes its time. */
  #acting = new AbortController();
  readonly #working: StateView;
  /** What has come of what was unfolded, to who cannot see it come. */
  readonly #told = element('div', { class: 'hidden-text', attributes: { role: 'status' } });
  #scrolling: ReturnType<typeof setTimeout> | undefined;
  #wantedRow: string | undefined;
  /** Where the tree is to be scrolled to, until all its rows are back or the person goes elsewhere. */
  #wantedScroll: number | undefined;

  constructor(page: OwnPage, listening: ResultsListening) {
    this.#page = page;
    this.#listening = listening;
    const { strings: words } = page;
    this.#results = new Results(page, words, {
      onChange: () => this.#draw(),
      onCome: (text) => {
        this.#told.textContent = visibleText(text, 300);
      },
    });
    this.#tree = this.#makeTree();
    const retry = (row: ResultRow) => this.#results.retry(row);
    this.#bar = new ActionBar({
      words,
      onAct: (action) => void this.#act(action),
      onRetry: retry,
      onSignIn: (failure, row) => listening.remedies(failure, () => retry(row)).signIn?.(),
    });
    this.#working = new StateView(words);
    this.#working.element.classList.add('compact');
    const tree = element('div', { class: 'tree' }, this.#tree.element);
    this.elements = [tree, this.#bar.element, this.#working.element, this.#told];
    tree.addEventListener('wheel', () => this.#stopScrolling(), { passive: true });
    tree.addEventListener('pointerdown', () => this.#stopScrolling());
  }

  /** What its keys go to. */
  get list(): HTMLElement {
    return this.#tree.element;
  }

  focus(): void {
    this.#tree.focus();
  }

  /** Where a `FROM` would be inserted. */
  set target(target: string | null) {
    this.#bar.target = target;
  }

  show(results: readonly FoundRepository[]): void {
    this.#results.show(results);
  }

  /** The next results are those of another search. */
  forget(): void {
    this.#results.forget();
  }

  /** The next results are newer ones of the same search. */
  refresh(): void {
    this.#results.refresh();
  }

  /** As it was kept, for when it is shown. */
  restore(found: KeptResults, { unfolded, current, scrollTop }: SearchView): void {
    this.#results.restore(found, unfolded);
    this.#wantedRow = current;
    this.#wantedScroll = scrollTop;
  }

  /** What is to be kept of it. */
  get tags(): KeptResults['tags'] {
    return this.#results.tags;
  }

  get place(): Pick<SearchView, 'unfolded' | 'current' | 'scrollTop'> {
    return {
      unfolded: this.#results.unfolded,
      ...(this.#wantedRow !== undefined && { current: this.#wantedRow }),
      scrollTop: Math.round(this.#tree.scrollTop),
    };
  }

  /** Unfolds or folds a row; of a message it asks again for what did not come. */
  toggle(at: number): void {
    const row = this.#results.rows[at]?.row;
    if (!row) return;
    this.#wantedRow = row.key;
    this.#stopScrolling();
    if (row.kind === 'message') this.#results.retry(row);
    else this.#results.toggle(row);
    this.#listening.onUse();
  }

  #makeTree(): VirtualRows {
    const { strings: words } = this.#page;
    const results = this.#results;
    const rowAt = (at: number) => results.rows[at];
    return new VirtualRows({
      role: 'tree',
      name: words.results,
      rowHeight,
      rows: {
        get length() {
          return results.rows.length;
        },
        shape: (at) => rowAt(at)?.shape ?? { level: 1 },
        place: (at) => rowAt(at) ?? { position: 1, setSize: 1 },
        label: (at) => (results.rows[at] ? rowLabel(results.rows[at].row, words) : ''),
        draw: (at, content) => {
          const placed = rowAt(at);
          if (placed) drawRow(placed.row, words, content);
        },
      },
      onToggle: (at) => this.toggle(at),
      onOpen: (at) => this.toggle(at),
      onMove: () => this.#moved(),
      onScroll: () => this.#scrolled(),
    });
  }

  #draw(): void {
    const key = this.#wantedRow;
    const at = key === undefined ? 0 : this.#results.indexOf(key);
    this.#tree.element.hidden = this.#results.rows.length === 0;
    this.#tree.refresh(Math.max(0, at));
    if (this.#wantedScroll !== undefined) this.#tree.scrollTo(this.#wantedScroll);
    if (!this.#results.isAsking) this.#stopScrolling();
    this.#bar.show(this.#currentRow);
    this.#listening.onChange();
  }

  #stopScrolling(): void {
    this.#wantedScroll = undefined;
  }

  get #currentRow(): ResultRow | undefined {
    return this.#results.rows[this.#tree.current]?.row;
  }

  #moved(): void {
    this.#wantedRow = this.#currentRow?.key;
    this.#stopScrolling();
    this.#bar.show(this.#currentRow);
    this.#listening.onChange();
  }

  #scrolled(): void {
    clearTimeout(this.#scrolling);
    this.#scrolling = setTimeout(() => this.#listening.onChange(), scrollRest);
  }

  /** One after the other: whoever wants something else does not wait for what was wanted before. */
  async #act(action: SearchAction): Promise<void> {
    this.#acting.abort();
    const acting = new AbortController();
    const { signal } = acting;
    this.#acting = acting;
    hideNotice();
    this.#working.loading(undefined, () => acting.abort());
    try {
      const { text, hasMoved } = await this.#page.ask('act', action, signal);
      if (text !== '') showNotice(text, hasMoved ? 'failure' : 'news');
      if (hasMoved) this.#results.lookAgain(action.reference);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RequestFailed)) throw error;
      showNotice(error.failure.text);
    } finally {
      if (this.#acting === acting) this.#working.clear();
    }
  }
}
