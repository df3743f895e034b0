import type { Failure } from '../../src/protocol/messages.ts';
import type { SearchAction } from '../../src/protocol/searchPage.ts';
import { button, type Control } from '../common/controls.ts';
import { element } from '../common/dom.ts';
import { fill } from '../common/format.ts';
import { visibleText } from '../common/visibleText.ts';
import { aboutText, type Words } from './drawRow.ts';
import { failureOf, type ResultRow } from './resultRows.ts';

export interface ActionBarOptions {
  readonly words: Words;
  readonly onAct: (action: SearchAction) => void;
  readonly onRetry: (row: ResultRow) => void;
  readonly onSignIn: (failure: Failure, row: ResultRow) => void;
}

type ActionName = SearchAction['action'];

/** What the current row is, in full, and what can be done with it: all of it by keyboard, a step behind the tree. */
export class ActionBar {
  readonly element: HTMLElement;
  readonly #options: ActionBarOptions;
  readonly #name = element('div', { class: 'chosen-name foreign mono' });
  readonly #digest = element('div', { class: 'chosen-digest foreign mono quiet' });
  readonly #about = element('div', { class: 'foreign quiet' });
  readonly #hint = element('div', { class: 'quiet' });
  readonly #buttons: Readonly<Record<ActionName, Control>>;
  readonly #retry: Control;
  readonly #signIn: Control;
  #row: ResultRow | undefined;
  #target: string | null = null;

  constructor(options: ActionBarOptions) {
    this.#options = options;
    const { words } = options;
    this.#buttons = {
      insertPinned: this.#button('insertPinned', words.insertPinned, 'primary'),
      insert: this.#button('insert', words.insert),
      pull: this.#button('pull', words.pull),
      inspect: this.#button('inspect', words.inspect),
      copy: this.#button('copy', words.copy),
      copyDigest: this.#button('copyDigest', words.copyDigest),
    };
    const onRow = (act: (row: ResultRow) => void) => () => this.#row && act(this.#row);
    this.#retry = button({ label: words.tryAgain, onPress: onRow((row) => options.onRetry(row)) });
    this.#signIn = button({
      label: words.signIn,
      look: 'primary',
      onPress: onRow((row) => {
        const failure = failureOf(row);
        if (failure) options.onSignIn(failure, row);
      }),
    });
    const controls = [this.#signIn, this.#retry, ...Object.values(this.#buttons)];
    const buttons = element('div', { class: 'controls' }, ...controls.map((one) => one.element));
    const attributes = { 'aria-label': words.selected };
    this.element = element(
      'section',
      { class: 'chosen', attributes },
      this.#name,
      this.#digest,
      buttons,
      this.#about,
      this.#hint,
    );
    this.show(undefined);
  }

  /** Where a `FROM` would be inserted. */
  set target(target: string | null) {
    this.#target = target;
    this.show(this.#row);
  }

  show(row: ResultRow | undefined): void {
    this.#row = row;
    const { words } = this.#options;
    const digest = row?.kind === 'tag' || row?.kind === 'platform' ? row.tag.digest : undefined;
    this.element.hidden = row === undefined;
    const platform = row?.kind === 'platform' ? ` · ${row.platform.name}` : '';
    this.#name.textContent = visibleText(row ? `${nameOf(row)}${platform}` : '', 700);
    this.#digest.textContent = digest === undefined ? '' : visibleText(digest);
    this.#about.textContent = visibleText(aboutText(row, words), 2000);
    this.#offer(row, digest !== undefined);
    this.#hint.textContent = isImage(row)
      ? visibleText(this.#target === null ? words.noTarget : fill(words.insertInto, this.#target))
      : '';
  }

  #offer(row: ResultRow | undefined, hasDigest: boolean): void {
    const failure = failureOf(row);
    const { insert, insertPinned, pull, inspect, copy, copyDigest } = this.#buttons;
    for (const control of [insert, insertPinned, pull, inspect]) control.element.hidden = !isImage(row);
    for (const control of [insert, insertPinned]) control.disabled = this.#target === null;
    copy.element.hidden = row === undefined || row.kind === 'message';
    copyDigest.element.hidden = !hasDigest;
    this.#retry.element.hidden = failure === undefined;
    this.#signIn.element.hidden = failure?.kind !== 'signIn' && failure?.kind !== 'rateLimited';
  }

  #button(action: ActionName, label: string, look?: 'primary'): Control {
    const onPress = () => {
      const row = this.#row;
      if (!row || row.kind === 'message') return;
      const platform = row.kind === 'platform' ? row.platform.name : undefined;
      const shown = row.kind === 'repository' ? undefined : row.tag.digest;
      this.#options.onAct({ action, reference: nameOf(row), platform, shown });
    };
    return button({ label, onPress, ...(look && { look }) });
  }
}

/** Something that can be pulled, unless the registry has said that there is no such image. */
function isImage(row: ResultRow | undefined): boolean {
  if (row?.kind === 'tag') return failureOf(row)?.kind !== 'notFound';
  return row?.kind === 'platform';
}

function nameOf(row: ResultRow): string {
  if (row.kind === 'repository') return row.repository.name;
  if (row.kind !== 'message') return `${row.repository}:${row.tag.tag}`;
  return failureOf(row)?.text ?? '';
}
