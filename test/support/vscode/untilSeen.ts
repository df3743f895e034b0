import { errors, type Locator } from 'playwright-core';

const tries = 3;

/**
 * Does what a person does, and does it again where it has brought nothing about: a click on a row that was drawn anew
 * under the pointer, a key that nobody was listening to yet.
 * @param outcome what is seen once it was done
 * @param patience milliseconds until it is done again; many for what a second time undoes on a busy machine
 */
export function untilSeen(outcome: Locator, act: () => Promise<unknown>, patience = 25_000): Promise<void> {
  return untilIt('visible', outcome, act, patience);
}

/** As {@link untilSeen}, for what is to cease: an Enter that a list did not take while it was being filled. */
export function untilGone(element: Locator, act: () => Promise<unknown>, patience = 15_000): Promise<void> {
  return untilIt('hidden', element, act, patience);
}

async function untilIt(
  state: 'visible' | 'hidden',
  element: Locator,
  act: () => Promise<unknown>,
  patience: number,
): Promise<void> {
  const becomes = (options?: { timeout: number }) => element.first().waitFor({ state, ...options });
  for (let left = tries; left > 1; left--) {
    await act();
    if (await isDoneWithin(becomes({ timeout: patience }))) return;
  }
  await act();
  await becomes();
}

/** Whether it comes to be seen in that many milliseconds. */
export function isSeenWithin(element: Locator, milliseconds: number): Promise<boolean> {
  return isDoneWithin(element.first().waitFor({ timeout: milliseconds }));
}

/** Whether it ceases to be seen in that many milliseconds. */
export function isGoneWithin(element: Locator, milliseconds: number): Promise<boolean> {
  return isDoneWithin(element.first().waitFor({ state: 'hidden', timeout: milliseconds }));
}

/** `false` where Playwright's own time limit ended it. */
export async function isDoneWithin(action: Promise<unknown>): Promise<boolean> {
  try {
    await action;
    return true;
  } catch (error) {
    if (error instanceof errors.TimeoutError) return false;
    throw error;
  }
}
