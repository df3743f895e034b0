import { Disposable, EventEmitter, type LogOutputChannel, type Uri, type WebviewPanel } from 'vscode';
import { Answering } from '../../protocol/answering.ts';
import type { Contract, Event, Handlers, ToPage, Validators } from '../../protocol/messages.ts';
import { commonStrings } from './commonStrings.ts';
import { pageFailure } from './pageFailure.ts';
import { type PageName, pageHtml, pagesFolder } from './pageHtml.ts';

export interface PagePanelOptions<P extends Contract> {
  readonly page: PageName;
  readonly title: string;
  /** Given to the page, kept by it, and read anew where the window is restarted. Plain JSON. */
  readonly subject: unknown;
  /** The page's own words; those of all pages come by themselves. */
  readonly strings: object;
  readonly validators: Validators<P>;
  readonly handlers: (panel: PagePanel<P>) => Handlers<P>;
}

/**
 * One webview panel with a page in it: shows the page, answers what it asks, and stops all that it has asked for as soon as
 * nobody sees it any more. A hidden page is not kept alive; it comes back from its own state.
 */
export class PagePanel<P extends Contract> implements Disposable {
  readonly #panel: WebviewPanel;
  readonly #log: LogOutputChannel;
  readonly #answering: Answering<P>;
  readonly #disposed = new EventEmitter<void>();
  readonly #owned: Disposable;

  /** The person has closed it, it was disposed of, or it shows something else now. */
  readonly onDidDispose = this.#disposed.event;

  /** @param panel new, or given back by VS Code after a restart */
  constructor(
    panel: WebviewPanel,
    extensionUri: Uri,
    log: LogOutputChannel,
    { page, title, subject, strings, validators, handlers }: PagePanelOptions<P>,
  ) {
    this.#panel = panel;
    this.#log = log;
    const { webview } = panel;
    const post = (message: ToPage<P>) => webview.postMessage(message);
    this.#answering = new Answering({ handlers: handlers(this), validators, post, failure: this.#failure });
    this.#owned = Disposable.from(
      webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      panel.onDidChangeViewState(() => !panel.visible && this.#answering.cancelAll()),
      panel.onDidDispose(() => this.#end()),
    );
    panel.title = title;
    webview.options = { enableScripts: true, localResourceRoots: [pagesFolder(extensionUri)] };
    webview.html = pageHtml(webview, extensionUri, page, {
      subject,
      strings: { ...commonStrings(), ...strings },
    });
  }

  get title(): string {
    return this.#panel.title;
  }

  set title(title: string) {
    this.#panel.title = title;
  }

  reveal(): void {
    this.#panel.reveal();
  }

  /** Tells the page something that it has not asked for; a page that is hidden does not hear it. */
  tell(event: Event<P>): void {
    void this.#panel.webview.postMessage(event);
  }

  dispose(): void {
    this.#panel.dispose();
  }

  /** Gives the panel away, with the page in it still there; nothing that the page has asked for is answered any more. */
  release(): WebviewPanel {
    this.#end();
    return this.#panel;
  }

  #receive(message: unknown): void {
    this.#answering.receive(message).catch((error) => this.#log.warn('A page said something unknown', error));
  }

  readonly #failure = (error: unknown) => {
    this.#log.error(error instanceof Error ? error : String(error));
    return pageFailure(error);
  };

  #end(): void {
    this.#answering.cancelAll();
    this.#owned.dispose();
    this.#disposed.fire();
    this.#disposed.dispose();
  }
}
