import type { CancellationToken } from 'vscode';

/** The engine's kind of cancellation for VS Code's. Held with `using`, so that the token lets go of it. */
export function abortOn(token: CancellationToken): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  const listener = token.onCancellationRequested(() => controller.abort());
  return { signal: controller.signal, [Symbol.dispose]: () => listener.dispose() };
}
