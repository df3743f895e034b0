import type { Failure } from '../../src/protocol/messages.ts';
import type { SignIn } from '../../src/protocol/signIn.ts';
import type { Remedies } from './states.ts';

/** A page whose host can have the person sign in. */
interface SigningPage {
  act(method: 'signIn', params: SignIn['params'], onDone: (hasSignedIn: boolean) => void): void;
}

/** What can be done about a failure: to try again, and to sign in to the registry that it names. */
export function remediesFor(page: SigningPage, { registry }: Failure, retry: () => void): Remedies {
  if (registry === undefined) return { retry };
  const signIn = () => page.act('signIn', { registry }, (hasSignedIn) => hasSignedIn && retry());
  return { retry, signIn };
}
