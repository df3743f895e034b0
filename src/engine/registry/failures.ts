import { EngineError, type ErrorFacts, type Reason } from '../errors.ts';
import { asArray, asObject, asString, optional, parseJson } from '../oci/json.ts';
import { retryAfter } from './retry.ts';
import type { Answer } from './transport.ts';

/** What was asked for, so that a refusal can be put into words. */
export interface Asked {
  readonly registry: string;
  /** `library/alpine` */
  readonly repository?: string;
  /** `tag "latest"`, `manifest sha256:…`, `blob sha256:…` */
  readonly what?: string;
  /** As the user would write it. */
  readonly reference?: string;
  /** `push to it`; what `Forbidden` speaks of. */
  readonly action?: string;
  /** Whether credentials were sent. */
  readonly signedIn?: boolean;
}

/** The codes in a registry's error body: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#error-codes */
export function errorCodes(bytes: Uint8Array): readonly string[] {
  try {
    const errors =
      optional(asObject(parseJson(bytes, 'the error'), 'the error').errors, 'errors', asArray) ?? [];
    return errors.map((error) => asString(asObject(error, 'an error').code, 'code'));
  } catch {
    // Gateways answer in HTML; then the status has to say it all.
    return [];
  }
}

/** Puts an answer that is no success into an error, by status and error codes. */
export function answerError(answer: Answer, bytes: Uint8Array, asked: Asked): EngineError {
  const codes = errorCodes(bytes);
  const { registry, reference } = asked;
  const facts = { registry, status: answer.status, ...(reference !== undefined && { reference }) };
  const [reason, message, more] = verdict(answer, codes, asked);
  return new EngineError(reason, message, { ...facts, ...more });
}

type Verdict = readonly [reason: Reason, message: string, facts?: ErrorFacts];

function verdict(answer: Answer, codes: readonly string[], asked: Asked): Verdict {
  switch (answer.status) {
    case 401:
      return ['Unauthorized', unauthorizedText(asked)];
    case 403:
      return ['Forbidden', `${name(asked)}: not allowed to ${asked.action ?? 'read it'}`];
    case 404:
      return ['NotFound', notFoundText(codes, asked)];
    case 429:
      return rateLimited(answer, asked);
    default:
      return registryError(answer, codes, asked);
  }
}

function name({ registry, repository }: Asked): string {
  return repository === undefined ? registry : `${registry}/${repository}`;
}

/** Docker Hub and others say 401 for a repository that is not there, so as not to tell which private ones are. */
function unauthorizedText(asked: Asked): string {
  if (asked.repository === undefined) return `${asked.registry} wants a sign-in`;
  const second = asked.signedIn ? 'this account may not read it' : 'needs a sign-in';
  return `${name(asked)} does not exist or ${second}`;
}

function notFoundText(codes: readonly string[], { registry, repository, what }: Asked): string {
  if (repository === undefined) return `${registry} does not have what was asked for`;
  if (what === undefined || codes.includes('NAME_UNKNOWN'))
    return `${registry} has no repository "${repository}"`;
  return `${registry} has no ${what} in ${repository}`;
}

function rateLimited(answer: Answer, { registry }: Asked): Verdict {
  const retryAt = retryAfter(answer);
  if (retryAt === undefined) return ['RateLimited', `${registry} says that there were too many requests`];
  const message = `${registry} says that there were too many requests; try again at ${retryAt.toISOString()}`;
  return ['RateLimited', message, { retryAt }];
}

function registryError(answer: Answer, codes: readonly string[], { registry }: Asked): Verdict {
  const retryAt = retryAfter(answer);
  const known = codes.filter((code) => /^[A-Z][A-Z_]{0,40}$/.test(code)).slice(0, 3);
  const suffix = known.length > 0 ? ` ${known.join(', ')}` : '';
  const message = `${registry} answered with status ${answer.status}${suffix}`;
  return ['RegistryError', message, retryAt ? { retryAt } : {}];
}
