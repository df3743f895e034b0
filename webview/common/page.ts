import { Asking, RequestFailed } from '../../src/protocol/asking.ts';
import type { Boot } from '../../src/protocol/boot.ts';
import type { Contract, Event, ToPage } from '../../src/protocol/messages.ts';
import { MessageError } from '../../src/protocol/validate.ts';
import { formatCount, setLanguage } from './format.ts';
import { showNotice } from './notice.ts';
import { vscodeApi } from './vscodeApi.ts';

/** Milliseconds in which changes of what the page looks like are gathered. */
const gathering = 100;

export interface PageOptions<P extends Contract, View> {
  readonly onEvent?: (event: Event<P>) => void;
  /** Reads what the page itself kept, maybe in an older version. `undefined`, or a `MessageError`, where it is of no use. */
  readonly parseView: (kept: unknown) => View | undefined;
}

/** What the host has opened the page for and with, how to ask the host, and where the page keeps its state. */
export class Page<P extends Contract, Subject, Strings, View> {
  readonly subject: Subject;
  readonly strings: Strings;
  /** What was kept before the page was hidden, reloaded or restarted; `undefined` where it is new. */
  readonly kept: View | undefined;
  readonly #asking: Asking<P>;
  #home: string | undefined;
  #isGathering = false;
  #unkept: (() => View) | undefined;

  constructor({ onEvent, parseView }: PageOptions<P, View>) {
    const boot = JSON.parse(document.body.dataset.boot ?? '') as Boot<Subject, Strings>;
    this.subject = boot.subject;
    this.strings = boot.strings;
    this.kept = keptView(parseView);
    this.#home = keptHome();
    setLanguage(document.documentElement.lang || 'en');
    // While the host answers, not when what it says is to be shown.
    setTimeout(() => formatCount(1000));
    this.#asking = new Asking({
      post: (message) => vscodeApi().postMessage(message),
      ...(onEvent && { onEvent }),
    });
    addEventListener('message', ({ data }: MessageEvent<ToPage<P>>) => this.#asking.receive(data));
    // A panel may show another subject than it did before.
    this.#set(this.kept);
  }

  /** The part of the page that had the focus last: see `keepFocus`. */
  get home(): string | undefined {
    return this.#home;
  }

  set home(home: string | undefined) {
    if (home === this.#home) return;
    this.#home = home;
    vscodeApi().setState({ ...keptState(), home });
  }

  /** Rejects with `RequestFailed` where the host cannot answer. See `Asking.ask`. */
  ask<M extends keyof P['calls'] & string>(
    method: M,
    params: P['calls'][M]['params'],
    signal: AbortSignal,
    onSlice: (slice: P['calls'][M]['slice']) => void = () => undefined,
  ): Promise<P['calls'][M]['result']> {
    // What the host does may hide the page.
    this.#write();
    return this.#asking.ask(method, params, onSlice, signal);
  }

  /** Has the host do something. What it cannot do is told in a notice. */
  act<M extends keyof P['calls'] & string>(
    method: M,
    params: P['calls'][M]['params'],
    onDone: (result: P['calls'][M]['result']) => void = () => undefined,
  ): void {
    const told = (error: unknown) => {
      if (!(error instanceof RequestFailed)) throw error;
      showNotice(error.failure.text);
    };
    this.ask(method, params, new AbortController().signal).then(onDone, told);
  }

  /**
   * Keeps what the page is to look like when it comes back: at once, since it may be hidden at once, and then what has
   * gathered meanwhile. Called as often as anything changes; scrolling changes a lot.
   * @param read called when it is kept
   */
  keep(read: () => View): void {
    this.#unkept = read;
    if (!this.#isGathering) this.#gather();
  }

  #gather(): void {
    this.#isGathering = this.#write();
    if (this.#isGathering) setTimeout(() => this.#gather(), gathering);
  }

  /** Whether there was something to keep. */
  #write(): boolean {
    const read = this.#unkept;
    if (!read) return false;
    this.#unkept = undefined;
    this.#set(read());
    return true;
  }

  #set(view: View | undefined): void {
    const home = this.#home;
    const parts = { ...(view !== undefined && { view }), ...(home !== undefined && { home }) };
    vscodeApi().setState({ subject: this.subject, ...parts });
  }
}

/** What this page, or another version of it, has kept. */
function keptState(): { readonly view?: unknown; readonly home?: unknown } {
  const state = vscodeApi().getState();
  return typeof state === 'object' && state !== null ? state : {};
}

function keptHome(): string | undefined {
  const { home } = keptState();
  return typeof home === 'string' ? home : undefined;
}

function keptView<View>(parse: (kept: unknown) => View | undefined): View | undefined {
  const { view } = keptState();
  if (view === undefined) return undefined;
  try {
    return parse(view);
  } catch (error) {
    // Kept by another version of the page: it begins anew.
    if (error instanceof MessageError) return undefined;
    throw error;
  }
}
