import { assertNever, EngineError, type ErrorFacts, firstFailure } from '../engine/errors.ts';
import { isCertificateCode, networkCode } from '../engine/registry/networkError.ts';

/** One line for a person: what went wrong and, where something can be done about it, what. */
export function errorText(thrown: unknown): string {
  const error = firstFailure(thrown);
  if (error instanceof EngineError) return withAdvice(error.message, advice(error));
  const text = error instanceof Error ? error.message : String(error);
  return `${text || 'unknown error'}; this is a fault in strata, please report it`;
}

function withAdvice(message: string, what: string | undefined): string {
  return what === undefined ? message : `${message.replace(/[.;]\s*$/, '')}; ${what}`;
}

function advice(error: EngineError): string | undefined {
  const { reason, facts } = error;
  // Docker engines say themselves what is the matter.
  if (facts.engine !== undefined) return undefined;
  switch (reason) {
    case 'Unauthorized':
      return facts.registry === undefined ? 'sign in first' : `sign in with "docker login ${facts.registry}"`;
    case 'Forbidden':
      return 'ask its owner for access';
    case 'RateLimited':
    case 'RegistryError':
      return facts.retryAt === undefined ? 'try again later' : retryText(error.message, facts.retryAt);
    case 'NoSuchPlatform':
      return availableText('choose one with --platform', facts);
    case 'Offline':
      return isDistrusted(error)
        ? `if you trust it, add --insecure-registry ${facts.registry}`
        : 'check the name and the network, then try again';
    case 'TimedOut':
      return 'check the network, then try again';
    case 'DigestMismatch':
      return facts.path === undefined
        ? 'nothing was kept of it; try again, and beware of the registry if it happens again'
        : 'it is damaged on the disk; in the store, "strata store verify --repair" mends it';
    case 'Ambiguous':
      return availableText('say which', facts);
    case 'NotFound':
      return facts.available?.length ? availableText('say which', facts) : undefined;
    case 'Insecure':
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

/** Most messages say when already. */
function retryText(message: string, retryAt: Date): string | undefined {
  const time = retryAt.toISOString();
  return message.includes(time) ? undefined : `try again after ${time}`;
}

/** The registry answers, but not with TLS or not with a certificate that anybody vouches for. */
function isDistrusted(error: EngineError): boolean {
  const code = networkCode(error);
  if (code === undefined || error.facts.registry === undefined) return false;
  return isCertificateCode(code) || code === 'EPROTO' || code.startsWith('ERR_SSL');
}
