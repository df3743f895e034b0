import { EngineError, type Reason } from '../errors.ts';
import { type Digest, isDigest } from '../oci/digest.ts';
import { asObject, asString, type JsonObject, optional } from '../oci/json.ts';

/** What an engine tells while it pulls, pushes or loads. */
export interface EngineProgress {
  /** In its words: `Downloading`, `Pushed`, `Loaded image: alpine:3.20` */
  readonly status: string;
  /** The layer's short ID, or a tag. */
  readonly id?: string;
  /** Bytes, where they are known. */
  readonly current?: number;
  readonly total?: number;
  /** Once, when an image has been pushed: what the registry calls it. */
  readonly pushed?: { readonly tag: string; readonly digest: Digest };
}

/**
 * Reads a message; one that tells of a failure is thrown, since the answer's status has long been 200.
 * @throws `Unauthorized`, `NotFound`, `RegistryError`, `Corrupt`
 */
export function parseProgress(message: JsonObject, engine: string): EngineProgress {
  const failure = optional(message.error, 'error', asString);
  if (failure !== undefined) throw failed(failure, message, engine);
  const { current, total } = optional(message.progressDetail, 'progressDetail', asObject) ?? {};
  const id = optional(message.id, 'id', asString);
  const text = optional(message.status, 'status', asString) ?? optional(message.stream, 'stream', asString);
  return {
    status: text?.trim() ?? '',
    ...(id && { id }),
    ...(typeof current === 'number' && { current }),
    ...(typeof total === 'number' && { total }),
    ...pushedOf(message.aux),
  };
}

/** Podman's `aux` has other fields, and its absence is no fault. */
function pushedOf(aux: unknown): Pick<EngineProgress, 'pushed'> {
  if (typeof aux !== 'object' || aux === null) return {};
  const { Tag: tag, Digest: digest } = aux as JsonObject;
  const isWhole = typeof tag === 'string' && typeof digest === 'string' && isDigest(digest);
  return isWhole ? { pushed: { tag, digest } } : {};
}

const reasons: Readonly<Record<number, Reason>> = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound' };

function failed(text: string, { errorDetail }: JsonObject, engine: string): EngineError {
  const { code } = optional(errorDetail, 'errorDetail', asObject) ?? {};
  const status = typeof code === 'number' ? code : undefined;
  const reason = (status !== undefined && reasons[status]) || 'RegistryError';
  return new EngineError(reason, text, { engine, ...(status !== undefined && { status }) });
}
