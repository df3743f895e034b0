import { assertNever, EngineError, type ErrorFacts, type Reason } from '../engine/errors.ts';

/** One line for a person: what went wrong and, where something can be done about it, what. */
export function errorText(error: unknown): string {
  if (error instanceof EngineError) return withAdvice(error.message, advice(error.reason, error.facts));
  const text = error instanceof Error ? error.message : String(error);
  return `${text || 'unknown error'}; this is a fault in strata, please report it`;
}

function withAdvice(message: string, what: string | undefined): string {
  return what === undefined ? message : `${message.replace(/[.;]\s*$/, '')}; ${what}`;
}

function advice(reason: Reason, facts: ErrorFacts): string | undefined {
  switch (reason) {
    case 'Unauthorized':
      return facts.registry === undefined ? 'sign in first' : `sign in with "docker login ${facts.registry}"`;
    case 'Forbidden':
      return 'ask its owner for access';
    case 'RateLimited':
      return facts.retryAt === undefined
        ? 'try again later'
        : `try again after ${facts.retryAt.toISOString()}`;
    case 'NoSuchPlatform':
      return availableText('choose one with --platform', facts);
    case 'Offline':
    case 'TimedOut':
      return 'check the name and the network, then try again';
    case 'RegistryError':
      return 'try again later';
    case 'DigestMismatch':
      return 'nothing was kept of it; try again, and beware of the registry if it happens again';
    case 'Ambiguous':
      return availableText('say which', facts);
    case 'NotFound':
      return facts.available?.length ? availableText('say which', facts) : undefined;
    case 'Insecure':
      return facts.registry === undefined
        ? undefined
        : `if you trust it, add --insecure-registry ${facts.registry}`;
    case 'Invalid':
    case 'Corrupt':
    case 'TooLarge':
    case 'InUse':
    case 'Conflict':
    case 'Unsupported':
    case 'Io':
    case 'Cancelled':
      return undefined;
    default:
      return assertNever(reason);
  }
}

function availableText(what: string, { available }: ErrorFacts): string {
  return available?.length ? `${what}: ${available.join(', ')}` : what;
}
