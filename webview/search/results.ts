import { RequestFailed } from '../../src/protocol/asking.ts';
import type {
  FoundRepository,
  FoundTag,
  FoundTags,
  KeptResults,
  SearchContract,
} from '../../src/protocol/searchPage.ts';
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
  readonly #onChange: () => void;
  readonly #unfolded = new Set<string>();
  readonly #tags = new Map<string, Content<FoundTags>>();
  readonly #facts = new Map<string, Content<FoundTag>>();
  #results: readonly FoundRepository[] = [];
  #rows: readonly PlacedRow[] = [];
  #asking = new AbortController();
  /** By the key of the row below which the answer goes. */
  readonly #asked = new Map<string, AbortController>();

  /** @param onChange the rows are others, or look otherwise */
  constructor(page: Asker, onChange: () => void) {
    this.#page = page;
    this.#onChange = onChange;
  }

  get rows(): readonly PlacedRow[] {
    return this.#rows;
  }

  get unfolded(): readonly string[] {
    return [...this.#unfolded];
  }

  /** What is known of the tags of the unfolded rows, to be kept. */
  get tags(): KeptResults['tags'] {
    let room = mostKept;
    return [...this.#tags].flatMap(([repository, content]) => {
      const isWanted = content.kind === 'there' && this.#unfolded.has(repositoryKey(repository));
      if (!isWanted || content.value.tags.length > room) return [];
      room -= content.value.tags.length;
      const tags = content.value.tags.map((tag) => known(this.#tree, `${repository}:${tag.tag}`) ?? tag);
      return [{ repository, tags, total: content.value.total }];
    });
  }

  /** Shows these results; rows that were there before stay as they are. */
  show(results: readonly FoundRepository[]): void {
    this.#results = results;
    this.#draw();
  }

  /** Nothing of the last search is of interest any more. */
  forget(): void {
    this.#asking.abort();
    this.#asking = new AbortController();
    for (const part of [this.#unfolded, this.#tags, this.#facts]) part.clear();
    this.show([]);
  }

  /** What is known of the rows is out of date; they stay as they are. */
  refresh(): void {
    this.#asking.abort();
    this.#asking = new AbortController();
    this.#tags.clear();
    this.#facts.clear();
  }

  /** As it was kept; what was not is asked for again. */
  restore({ tags }: KeptResults, unfolded: readonly string[]): void {
    for (const { repository, ...value } of tags) this.#tags.set(repository, { kind: 'there', value });
    for (const key of unfolded) this.#unfolded.add(key);
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

  /** Asks again for what did not come. */
  retry({ key }: ResultRow): void {
    for (const { row } of this.#rows) {
      const isParent = `m ${row.key}` === key;
      if (isParent && row.kind === 'repository') void this.#askTags(row.repository.name);
      if (isParent && row.kind === 'tag') void this.#askTag(`${row.repository}:${row.tag.tag}`, row.tag);
    }
  }

  /** Asks for what is unfolded and was not kept. */
  complete(): void {
    for (const { name } of this.#results) {
      if (this.#unfolded.has(repositoryKey(name)) && !this.#tags.has(name)) void this.#askTags(name);
    }
  }

  #unfold(row: Extract<ResultRow, { kind: 'repository' | 'tag' }>): void {
    this.#unfolded.add(row.key);
    if (row.kind === 'repository') {
      if (this.#tags.get(row.repository.name)?.kind !== 'there') void this.#askTags(row.repository.name);
    } else if (!row.tag.platforms?.length) void this.#askTag(`${row.repository}:${row.tag.tag}`, row.tag);
  }

  async #askTags(repository: string): Promise<void> {
    let value: FoundTags | undefined;
    const place = { key: repositoryKey(repository), in: this.#tags, at: repository };
    const tell = (content: Content<FoundTags>) => this.#tell(place, content);
    tell({ kind: 'loading' });
    await this.#guard(place, async (signal) => {
      await this.#page.ask('tags', { repository }, signal, (slice) => {
        value = slice;
        tell({ kind: 'loading', value });
      });
      tell({ kind: 'there', value: value ?? { tags: [], total: 0 } });
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
        tell({ kind: 'loading', value });
      });
      tell({ kind: 'there', value });
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
      this.#tell(place, { kind: 'failed', failure: error.failure });
    } finally {
      if (this.#asked.get(place.key) === asked) this.#asked.delete(place.key);
    }
  }

  get #tree(): ResultTree {
    return { results: this.#results, unfolded: this.#unfolded, tags: this.#tags, facts: this.#facts };
  }

  #draw(): void {
    this.#rows = placedRows(this.#tree);
    this.#onChange();
  }
}
