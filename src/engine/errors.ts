import type { Digest } from './oci/digest.ts';

/** Why something could not be done. Closed: front doors switch over it with `assertNever`. */
export type Reason =
  /** A reference, platform, filter or other input does not parse. */
  | 'Invalid'
  /** The registry, store or archive does not have it. */
  | 'NotFound'
  /** The index has no manifest for the platform asked for. */
  | 'NoSuchPlatform'
  /** No credentials, or the registry refused them (401). */
  | 'Unauthorized'
  /** Signed in, but not allowed (403). */
  | 'Forbidden'
  /** Too many requests (429); `retryAt` says when, if the registry did. */
  | 'RateLimited'
  /** Bytes are not what their digest, diffId or size says. */
  | 'DigestMismatch'
  /** A document or layer is broken or contradicts itself. */
  | 'Corrupt'
  /** Input larger or deeper than the documented limits. */
  | 'TooLarge'
  /** Something still uses it. */
  | 'InUse'
  /** A short ID or a name fits several things. */
  | 'Ambiguous'
  /** It is there already, and is something else. */
  | 'Conflict'
  /** No answer: name not resolved, connection refused or broken, TLS failed. */
  | 'Offline'
  /** A time limit passed (idle or total). */
  | 'TimedOut'
  /** Refused because it would be unsafe: plain HTTP, a redirect or realm to somewhere it must not go. */
  | 'Insecure'
  /** A format, algorithm or feature that the engine does not read, or the registry does not offer. */
  | 'Unsupported'
  /** The registry or Docker engine answered with something else than the protocol allows (5xx after retries included). */
  | 'RegistryError'
  /** The file system said no (disk full, permission). */
  | 'Io'
  /** The caller's `AbortSignal` fired. */
  | 'Cancelled';

/** What a person needs to know beside the reason. Never holds a secret. */
export interface ErrorFacts {
  /** Host (and port) of the registry. */
  readonly registry?: string;
  /** The Docker engine that was asked, by its name. */
  readonly engine?: string;
  /** Names of the containers that use it. */
  readonly containers?: readonly string[];
  /** The reference, tag, digest or path in question, as the user would write it. */
  readonly reference?: string;
  /** HTTP status. */
  readonly status?: number;
  /** When the registry will answer again. */
  readonly retryAt?: Date;
  readonly expected?: Digest | string;
  readonly actual?: Digest | string;
  /** What could be had instead: platforms of an index, images of a layout. */
  readonly available?: readonly string[];
  /** Path of the file concerned. */
  readonly path?: string;
}

/**
 * The one error type of the engine. `message` is a plain English sentence without a full stop, without secrets and
 * without stack talk; front doors may print it as it is or word their own from `reason` and `facts`.
 */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly reason: Reason;
  readonly facts: ErrorFacts;

  constructor(reason: Reason, message: string, facts: ErrorFacts = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.facts = facts;
  }
}

export function isEngineError(error: unknown, ...reasons: Reason[]): error is EngineError {
  return error instanceof EngineError && (reasons.length === 0 || reasons.includes(error.reason));
}

/** Where cleaning up failed as well: what went wrong before it. (Node 20 has no class for these.) */
export function firstFailure(error: unknown): unknown {
  const hasTwo = error instanceof Error && error.name === 'SuppressedError' && 'suppressed' in error;
  return hasTwo ? firstFailure(error.suppressed) : error;
}

/** For the end of a `switch` over a closed union: unreachable when every case is there. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${String(value)}`);
}

/** Throws where the signal has fired: see {@link cancelled}. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled(signal);
}

/** What a fired signal means: the error it was fired with where that is ours (a time limit), else `Cancelled`. */
export function cancelled(signal?: AbortSignal): EngineError {
  return isEngineError(signal?.reason)
    ? signal.reason
    : new EngineError('Cancelled', 'cancelled', {}, signal?.reason);
}

/** `ENOSPC` and its like, as an `Io` error; anything that is an `EngineError` already passes through. */
export function ioError(error: unknown, what: string): EngineError {
  if (error instanceof EngineError) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  return new EngineError('Io', `${what}: ${ioText(code, error)}`, path === undefined ? {} : { path }, error);
}

/** Whether the system did not let this process do it. */
export function isNotAllowed(error: unknown): boolean {
  const { code } = (error instanceof EngineError ? error.cause : error) as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
}

function ioText(code: string | undefined, error: unknown): string {
  const known = ioTexts[code ?? ''];
  return known ?? (error instanceof Error ? error.message : String(error));
}

/** The system's codes in words: its own messages speak of system calls. */
const ioTexts: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the disk',
  EDQUOT: "the disk's quota is used up",
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'no such file or directory',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is not a directory',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
  EBUSY: 'it is in use',
  EIO: 'the disk failed',
};
