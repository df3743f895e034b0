/** What VS Code gives a page. https://code.visualstudio.com/api/extension-guides/webview#scripts-and-message-passing */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  /** What was last set, also after the page was hidden, reloaded or the window restarted. */
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

let api: VsCodeApi | undefined;

/** May be acquired once only. */
export function vscodeApi(): VsCodeApi {
  api ??= acquireVsCodeApi();
  return api;
}
