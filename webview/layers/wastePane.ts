import { RequestFailed } from '../../src/protocol/asking.ts';
import type { WasteFacts, WastefulPath } from '../../src/protocol/layersPage.ts';
import { element } from '../common/dom.ts';
import { fill, formatCount, formatPercent, formatSize } from '../common/format.ts';
import { remediesFor } from '../common/remedies.ts';
import { VirtualRows } from '../common/rows/virtualRows.ts';
import { StateView } from '../common/states.ts';
import { visibleText } from '../common/visibleText.ts';
import type { OwnPage, Words } from './words.ts';

/** How much of the image nobody can see, and the paths that cost the most, each leading to its rows. */
export class WastePane {
  readonly element: HTMLElement;
  readonly #page: OwnPage;
  readonly #state: StateView;
  readonly #score = element('div', { class: 'score' });
  readonly #list: VirtualRows;
  readonly #onEfficiency: (text: string) => void;
  /** Path of the row to come back to, until the list is there. */
  #wanted: string | undefined;
  #worst: readonly WastefulPath[] = [];
  #isAsked = false;

  /** @param onChoose somebody wants to see where the path is wasted */
  constructor(
    page: OwnPage,
    onChoose: (path: string) => void,
    onEfficiency: (text: string) => void,
    kept: { readonly current: string | undefined; readonly onMove: () => void },
  ) {
    this.#wanted = kept.current;
    this.#page = page;
    this.#onEfficiency = onEfficiency;
    this.#state = new StateView(page.strings);
    const choose = (at: number) => {
      const path = this.#worst[at]?.path;
      if (path !== undefined) onChoose(path);
    };
    this.#list = this.#makeList(choose, kept.onMove);
    const list = element('div', { class: 'tree' }, this.#list.element);
    this.element = element('section', { class: 'waste-pane' }, this.#score, this.#state.element, list);
    list.addEventListener('click', (event) => {
      if (event.target instanceof Element && event.target.closest('.row')) choose(this.#list.current);
    });
  }

  /** Path of the current row. */
  get current(): string | undefined {
    return this.#wanted ?? this.#worst[this.#list.current]?.path;
  }

  /** Asks once. */
  async load(): Promise<void> {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const loading = new AbortController();
    this.#state.loading(this.#page.strings.readingWaste, () => loading.abort());
    try {
      const facts = await this.#page.ask('waste', undefined, loading.signal);
      this.#state.clear();
      this.#show(facts);
    } catch (error) {
      this.#isAsked = false;
      const retry = () => void this.load();
      if (loading.signal.aborted) this.#state.cancelled(retry);
      else if (error instanceof RequestFailed)
        this.#state.failure(error.failure, remediesFor(this.#page, error.failure, retry));
      else throw error;
    }
  }

  #show({ efficiency, wastedBytes, worst, hasMore }: WasteFacts): void {
    const words = this.#page.strings;
    this.#worst = worst;
    const score = fill(words.efficiency, formatPercent(efficiency));
    this.#onEfficiency(score);
    const meter = element('div', { class: 'meter', attributes: { 'aria-hidden': 'true' } });
    meter.style.setProperty('--share', String(efficiency));
    const texts = wastedBytes > 0 ? [fill(words.wastedInAll, formatSize(wastedBytes))] : [];
    if (wastedBytes > 0 && score === fill(words.efficiency, formatPercent(1))) texts.push(words.beyondDive);
    if (hasMore) texts.push(fill(words.fewerShown, formatCount(worst.length)));
    this.#score.replaceChildren(
      element('h2', { text: score }),
      meter,
      ...texts.map((text) => element('p', { class: 'quiet', text })),
    );
    if (worst.length === 0) this.#state.empty({ title: words.noWaste });
    this.#list.element.hidden = worst.length === 0;
    this.#list.refresh(
      Math.max(
        0,
        worst.findIndex(({ path }) => path === this.#wanted),
      ),
    );
    this.#wanted = undefined;
  }

  #makeList(choose: (at: number) => void, onMove: () => void): VirtualRows {
    const words = this.#page.strings;
    const worst = () => this.#worst;
    return new VirtualRows({
      role: 'listbox',
      name: words.worstPaths,
      rows: {
        get length() {
          return worst().length;
        },
        shape: () => ({ level: 1 }),
        place: (at) => ({ position: at + 1, setSize: worst().length }),
        label: (at) => worst()[at]?.path ?? '',
        draw: (at, content) => drawWasteful(words, content, worst()[at], worst()[0]?.bytes ?? 1),
      },
      onOpen: choose,
      onMove,
    });
  }
}

function drawWasteful(
  words: Words,
  content: HTMLElement,
  path: WastefulPath | undefined,
  most: number,
): void {
  if (!path) return;
  const name = visibleText(path.path);
  const bar = element('span', { class: 'size-bar wasted-bar', attributes: { 'aria-hidden': 'true' } });
  bar.style.setProperty('--share', String(path.bytes / most));
  content.append(
    element('span', { class: 'path-name foreign mono', text: name, attributes: { title: name } }),
    bar,
    element('span', { class: 'size', text: costOf(path, words) }),
  );
}

function costOf({ bytes, count }: WastefulPath, { worstPath }: Words): string {
  return count > 1 ? fill(worstPath, formatSize(bytes), count) : formatSize(bytes);
}
