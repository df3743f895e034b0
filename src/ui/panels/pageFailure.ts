import { isEngineError, type Reason } from '../../engine/errors.ts';
import type { Failure, FailureKind } from '../../protocol/messages.ts';
import { errorText } from '../errorText.ts';

const kinds: Readonly<Partial<Record<Reason, FailureKind>>> = {
  NotFound: 'notFound',
  Unauthorized: 'signIn',
  Forbidden: 'signIn',
  Offline: 'offline',
  TimedOut: 'offline',
  RateLimited: 'rateLimited',
};

/** An error as a page shows it: worded as everywhere else in the editor. */
export function pageFailure(error: unknown): Failure {
  if (!isEngineError(error)) return { kind: 'error', text: errorText(error) };
  const { registry } = error.facts;
  const kind = kinds[error.reason] ?? 'error';
  return { kind, text: errorText(error), ...(registry !== undefined && { registry }) };
}
