import { RequestFailed } from '../../src/protocol/asking.ts';
import type {
  FoundRepository,
  FoundTag,
  FoundTags,
  KeptResults,
  SearchContract,
  SearchStrings,
} from '../../src/protocol/searchPage.ts';
import { fill, formatCount } from '../common/format.ts';
import {
  type Content,
  known,
  type PlacedRow,
  placedRows,
  type ResultRow,
  type ResultTree,
  repositoryKey,
  tagKey,
} from './resultRows.ts';

type Words = Pick<SearchStrings, 'tagCount' | 'platformCount'>;
type Calls = SearchContract['calls'];

/** Who asks the host: the page. */
export interface Asker {
  ask<M extends 'tags' | 'tag'>(
    method: M,
    params: Calls[M]['params'],
    signal: AbortSignal,
    onSlice: (slice: Calls[M]['slice']) => void,
  ): Promise<Calls[M]['result']>;
}

/** Tags that are kept for when the page comes back; more are asked for again. */
const mostKept = 2_000;

export interface ResultsListening {
  /** The rows are others, or look otherwise. */
  onChange(): void;
  /** All that a row was unfolded for has come, or why it does not: in words. */
  onCome(text: string): void;
}

/** Where an answer goes. */
interface AnswerPlace<T> {
  /** Of the row below which it stands. */
  readonly key: string;
  readonly in: Map<string, Content<T>>;
  readonly at: string;
}

/** The tree of what was found: which rows are unfolded, and what is in them, which is asked for when they are. */
export class Results {
  readonly #page: Asker;
  readonly #words: Words;
  readonly #listening: ResultsListening;
  readonly #unfolded = new Set<string>();
  readonly #tags = new Map<string, Content<FoundTags>>();
  readonly #facts = new Map<string, Content<FoundTag>>();
  /** Keys of unfolded rows that are to be asked about again. */
  readonly #stale = new Set<string>();
  #results: readonly FoundRepository[] = [];
  #rows: readonly PlacedRow[] = [];
  #asking = new AbortController();
  /** By the key of the row below which the answer goes. */
  readonly #asked = new Map<string, AbortController>();

  constructor(page: Asker, words: Words, listening: ResultsListening) {
    this.#page = page;
    this.#words = words;
    this.#listening = listening;
  }

  get rows(): readonly PlacedRow[] {
    return this.#rows;
  }

  get unfolded(): readonly string[] {
    return [...this.#unfolded];
  }

  /** Whether rows are still to come. */
  get isAsking(): boolean {
    return [...this.#tags.values(), ...this.#facts.values()].some(({ kind }) => kind === 'loading');
  }

  /** What is known of the tags of the unfolded rows, to be kept. */
  get tags(): KeptResults['tags'] {
    let room = mostKept;
    return [...this.#tags].flatMap(([repository, content]) => {
      const { value } = content;
      if (!value || !this.#unfolded.has(repositoryKey(repository)) || value.tags.length > room) return [];
      room -= value.tags.length;
      const tags = value.tags.map((tag) => known(this.#tree, `${repository}:${tag.tag}`) ?? tag);
      return [{ repository, tags, total: value.total, ...(content.kind !== 'there' && { isPart: true }) }];
    });
  }

  /** Shows these results; rows that were there before stay as they are, and what is not known of those is asked for. */
  show(results: readonly FoundRepository[]): void {
    this.#results = results;
    this.#draw();
    this.#complete();
  }

  /** Nothing of the last search is of interest any more. */
  forget(): void {
    this.#asking.abort();
    this.#asking = new AbortController();
    for (const part of [this.#unfolded, this.#tags, this.#facts, this.#stale]) part.clear();
    this.show([]);
  }

  /** What is known of the rows is out of date; they stay as they are until more is known. */
  refresh(): void {
    this.#asking.abort();
    this.#asking = new AbortController();
    this.#stale.clear();
    const age = <T>(contents: Map<string, Content<T>>, keyOf: (at: string) => string) => {
      for (const [at, { value }] of contents) {
        if (value && this.#unfolded.has(keyOf(at))) this.#stale.add(keyOf(at));
        else contents.delete(at);
      }
    };
    age(this.#tags, repositoryKey);
    age(this.#facts, tagKey);
  }

  /** As it was kept, for when it is shown. */
  restore({ tags }: KeptResults, unfolded: readonly string[]): void {
    for (const key of unfolded) this.#unfolded.add(key);
    for (const { repository, isPart, ...value } of tags) {
      this.#tags.set(repository, { kind: 'there', value });
      if (isPart) this.#stale.add(repositoryKey(repository));
      for (const tag of value.tags) {
        const reference = `${repository}:${tag.tag}`;
        const isSeen = this.#unfolded.has(tagKey(reference)) && isToldOf(tag);
        if (isSeen) this.#facts.set(reference, { kind: 'there', value: tag });
      }
    }
  }

  indexOf(key: string): number {
    return this.#rows.findIndex(({ row }) => row.key === key);
  }

  toggle(row: ResultRow): void {
    if (row.kind === 'message' || row.kind === 'platform') return;
    if (this.#unfolded.delete(row.key)) this.#asked.get(row.key)?.abort();
    else this.#unfold(row);
    this.#draw();
  }

  /** Asks again for what did not come. @param failed the row itself, or the message below it */
  retry(failed: ResultRow): void {
    const key = failed.kind === 'message' ? failed.parent : failed.key;
    const row = this.#rows[this.indexOf(key)]?.row;
    if (row?.kind === 'repository') void this.#askTags(row.repository.name);
    if (row?.kind === 'tag') void this.#askTag(referenceOf(row), row.tag);
  }

  /** Asks again what a tag is: it is another image by now than what is shown. */
  lookAgain(reference: string): void {
    const row = this.#rows[this.indexOf(tagKey(reference))]?.row;
    if (row?.kind === 'tag') void this.#askTag(reference, row.tag);
  }

  /** Asks for what is below the rows that are unfolded, where it is neither there nor on its way. */
  #complete(): void {
    for (const { row } of this.#rows) {
      if (!this.#unfolded.has(row.key)) continue;
      const isStale = this.#stale.has(row.key);
      if (row.kind === 'repository' && (isStale || !this.#tags.has(row.repository.name))) {
        void this.#askTags(row.repository.name);
      }
      if (row.kind === 'tag' && (isStale || (!row.asked && !isToldOf(row.tag))))
        void this.#askTag(referenceOf(row), row.tag);
    }
  }

  #unfold(row: Extract<ResultRow, { kind: 'repository' | 'tag' }>): void {
    this.#unfolded.add(row.key);
    if (row.kind === 'repository') {
      if (this.#tags.get(row.repository.name)?.kind !== 'there') void this.#askTags(row.repository.name);
    } else if (!isToldOf(row.tag)) void this.#askTag(referenceOf(row), row.tag);
  }

  async #askTags(repository: string): Promise<void> {
    let value = this.#tags.get(repository)?.value;
    const place = { key: repositoryKey(repository), in: this.#tags, at: repository };
    const tell = (content: Content<FoundTags>) => this.#tell(place, content);
    tell({ kind: 'loading', value });
    await this.#guard(place, async (signal) => {
      await this.#page.ask('tags', { repository }, signal, (slice) => {
        value = slice;
        tell({ kind: 'loading', value });
      });
      const found = value ?? { tags: [], total: 0 };
      tell({ kind: 'there', value: found });
      this.#listening.onCome(fill(this.#words.tagCount, formatCount(found.total), repository));
      this.#complete();
    });
  }

  async #askTag(reference: string, before: FoundTag): Promise<void> {
    let value = before;
    const place = { key: tagKey(reference), in: this.#facts, at: reference };
    const tell = (content: Content<FoundTag>) => this.#tell(place, content);
    tell({ kind: 'loading', value });
    await this.#guard(place, async (signal) => {
      await this.#page.ask('tag', { reference }, signal, (slice) => {
        value = slice;
        // Of the same image more is known already than the first slices tell.
        const isShown = isToldOf(before) && slice.digest === before.digest;
        if (!isShown) tell({ kind: 'loading', value });
      });
      tell({ kind: 'there', value });
      const count = formatCount(value.platforms?.length ?? 0);
      this.#listening.onCome(fill(this.#words.platformCount, count, reference));
    });
  }

  #tell<T>(place: AnswerPlace<T>, content: Content<T>): void {
    place.in.set(place.at, content);
    this.#draw();
  }

  /** What is asked for is not wanted any more once its row is folded, and is asked for anew when that is unfolded. */
  async #guard<T>(place: AnswerPlace<T>, ask: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const asked = new AbortController();
    this.#asked.set(place.key, asked);
    this.#stale.delete(place.key);
    const signal = AbortSignal.any([this.#asking.signal, asked.signal]);
    try {
      await ask(signal);
    } catch (error) {
      if (asked.signal.aborted) {
        place.in.delete(place.at);
        this.#draw();
      }
      if (signal.aborted) return;
      if (!(error instanceof RequestFailed)) throw error;
      const value = place.in.get(place.at)?.value;
      this.#tell(place, { kind: 'failed', failure: error.failure, value });
      this.#listening.onCome(error.failure.text);
    } finally {
      if (this.#asked.get(place.key) === asked) this.#asked.delete(place.key);
    }
  }

  get #tree(): ResultTree {
    return { results: this.#results, unfolded: this.#unfolded, tags: this.#tags, facts: this.#facts };
  }

  #draw(): void {
    this.#rows = placedRows(this.#tree);
    this.#listening.onChange();
  }
}

function referenceOf({ repository, tag }: Extract<ResultRow, { kind: 'tag' }>): string {
  return `${repository}:${tag.tag}`;
}

/** Registries that tell of their tags' platforms in their lists need not be asked about each tag. */
function isToldOf({ platforms }: FoundTag): boolean {
  return platforms !== undefined && platforms.length > 0;
}
