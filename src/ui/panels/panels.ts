import {
  type Disposable,
  type ExtensionContext,
  type LogOutputChannel,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
} from 'vscode';
import type { PanelId } from '../../contributions.ts';
import type { Contract, Handlers, Validators } from '../../protocol/messages.ts';
import { asFields } from '../../protocol/validate.ts';
import type { PageName } from './pageHtml.ts';
import { PagePanel } from './pagePanel.ts';

/** A kind of panel: what its page is about, says and is answered. */
export interface PanelKind<P extends Contract, Subject> {
  readonly id: PanelId;
  readonly page: PageName;
  title(subject: Subject): string;
  /** Panels of the same key are one. */
  key(subject: Subject): string;
  /** Reads what a page kept over a restart, which may be anything. Throws where it is of no use. */
  parseSubject(kept: unknown): Subject;
  strings(): object;
  readonly validators: Validators<P>;
  handlers(subject: Subject, panel: PagePanel<P>): Handlers<P>;
}

/** All open panels of one kind, those that VS Code opens again after a restart included. */
export class Panels<P extends Contract, Subject> implements Disposable {
  readonly #kind: PanelKind<P, Subject>;
  readonly #context: ExtensionContext;
  readonly #log: LogOutputChannel;
  readonly #open = new Map<string, PagePanel<P>>();
  readonly #serializer: Disposable;

  constructor(kind: PanelKind<P, Subject>, context: ExtensionContext, log: LogOutputChannel) {
    this.#kind = kind;
    this.#context = context;
    this.#log = log;
    this.#serializer = window.registerWebviewPanelSerializer(kind.id, {
      deserializeWebviewPanel: async (panel, state) => this.#restore(panel, state),
    });
  }

  /** The panel about the subject: the one that is open already, or a new one beside nothing. */
  show(subject: Subject): PagePanel<P> {
    const known = this.#open.get(this.#kind.key(subject));
    if (known) {
      known.reveal();
      return known;
    }
    const { id } = this.#kind;
    const title = this.#kind.title(subject);
    return this.#fill(window.createWebviewPanel(id, title, ViewColumn.Active, {}), subject);
  }

  /** Has a panel show another subject in place of its own; one that shows that already is brought forward instead. */
  turn(panel: PagePanel<P>, subject: Subject): void {
    const known = this.#open.get(this.#kind.key(subject));
    if (known && known !== panel) known.reveal();
    else this.#fill(panel.release(), subject);
  }

  /** Those that are open. */
  get all(): Iterable<PagePanel<P>> {
    return this.#open.values();
  }

  dispose(): void {
    this.#serializer.dispose();
    for (const panel of [...this.#open.values()]) panel.dispose();
  }

  #restore(panel: WebviewPanel, state: unknown): void {
    try {
      this.#fill(panel, this.#kind.parseSubject(asFields(state, 'the state').subject));
    } catch (error) {
      this.#log.warn('A panel could not be opened again', error);
      panel.dispose();
    }
  }

  #icon(theme: 'light' | 'dark'): Uri {
    return Uri.joinPath(this.#context.extensionUri, 'media', `panel-${theme}.svg`);
  }

  #fill(panel: WebviewPanel, subject: Subject): PagePanel<P> {
    const { page, validators } = this.#kind;
    const key = this.#kind.key(subject);
    panel.iconPath = { light: this.#icon('light'), dark: this.#icon('dark') };
    const filled = new PagePanel<P>(panel, this.#context.extensionUri, this.#log, {
      page,
      title: this.#kind.title(subject),
      subject,
      strings: this.#kind.strings(),
      validators,
      handlers: (own) => this.#kind.handlers(subject, own),
    });
    this.#open.set(key, filled);
    filled.onDidDispose(() => this.#open.get(key) === filled && this.#open.delete(key));
    return filled;
  }
}
