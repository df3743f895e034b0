import { RequestFailed } from '../../src/protocol/asking.ts';
import type { Failure } from '../../src/protocol/messages.ts';
import type { SignIn } from '../../src/protocol/signIn.ts';
import { showNotice } from './notice.ts';
import type { Remedies } from './states.ts';

/** A page whose host can have the person sign in. */
interface SigningPage {
  ask(method: 'signIn', params: SignIn['params'], signal: AbortSignal): Promise<boolean>;
}

/** What can be done about a failure: to try again, and to sign in to the registry that it names. */
export function remediesFor(page: SigningPage, { registry }: Failure, retry: () => void): Remedies {
  return registry === undefined ? { retry } : { retry, signIn: () => void signIn(page, registry, retry) };
}

async function signIn(page: SigningPage, registry: string, then: () => void): Promise<void> {
  try {
    if (await page.ask('signIn', { registry }, new AbortController().signal)) then();
  } catch (error) {
    if (!(error instanceof RequestFailed)) throw error;
    showNotice(error.failure.text);
  }
}
