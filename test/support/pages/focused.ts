import type { Frame, Page } from 'playwright-core';
import { settled } from '../e2e/settled.ts';

/** What of a page has the focus, by its name or its text; waits while nothing has. */
export function focused(page: Page | Frame): Promise<string> {
  return settled(
    () => page.evaluate(focusedName),
    (name) => name !== '',
  );
}

interface Named {
  readonly ariaLabel: string | null;
  readonly textContent: string | null;
}

/** Runs in the page. */
function focusedName(): string {
  const { document } = globalThis as unknown as {
    readonly document: { readonly activeElement: Named; readonly body: Named };
  };
  const { activeElement, body } = document;
  if (activeElement === body) return '';
  return (activeElement.ariaLabel ?? activeElement.textContent ?? '').trim();
}
