import { EngineError, isEngineError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { blobExists } from './blobs.ts';
import { discardBody } from './body.ts';
import { pushScopes, type RepositoryPlace } from './repositoryPlace.ts';
import { backOffDelay, delayAfterAnswer, delayAfterFailure, pause } from './retry.ts';
import type { Answer } from './transport.ts';
import { chunksOf, type UploadContent } from './uploadContent.ts';
import {
  endUpload,
  isDone,
  locationOf,
  putBlob,
  requireStored,
  startUpload,
  uploadFailure,
} from './uploadSession.ts';

const chunkSize = 8 * 1024 * 1024;
/** Uploads of one blob that are begun, where the registry loses one. */
const maxUploads = 3;
const maxTriesOfChunk = 5;

/**
 * Pushes a blob chunk by chunk. A chunk whose connection breaks goes on behind what has arrived of it, as far as the
 * registry can tell; an upload that the registry has lost is begun anew where the content can be.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-a-blob-in-chunks
 */
export async function pushInChunks(
  place: RepositoryPlace,
  descriptor: Descriptor,
  content: UploadContent,
  signal?: AbortSignal,
): Promise<void> {
  for (let upload = 1; ; upload++) {
    const { location, minChunk } = await startUpload(place, signal);
    const session = new ChunkedUpload(place, descriptor, location);
    try {
      return await session.send(chunksOf(content.read(), Math.max(chunkSize, minChunk)), signal);
    } catch (error) {
      if (upload === maxUploads || !content.isReplayable || !mayPass(error)) {
        await endUpload(place, session.location, error);
      }
      await pause(backOffDelay(upload), signal);
    }
  }
}

function mayPass(error: unknown): boolean {
  if (isEngineError(error, 'Offline', 'TimedOut')) return true;
  if (!isEngineError(error, 'RegistryError', 'NotFound')) return false;
  const { status = 0 } = error.facts;
  return status === 404 || status === 408 || status === 416 || status >= 500;
}

class ChunkedUpload {
  readonly #place: RepositoryPlace;
  readonly #descriptor: Descriptor;
  #location: URL;
  /** Bytes that the registry has. */
  #offset = 0;

  constructor(place: RepositoryPlace, descriptor: Descriptor, location: URL) {
    this.#place = place;
    this.#descriptor = descriptor;
    this.#location = location;
  }

  get location(): URL {
    return this.#location;
  }

  async send(chunks: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void> {
    for await (const chunk of chunks) await this.#sendChunk(chunk, signal);
    await this.#finish(signal);
  }

  async #sendChunk(chunk: Uint8Array, signal?: AbortSignal): Promise<void> {
    const start = this.#offset;
    const end = start + chunk.length;
    for (let attempt = 1; this.#offset < end; attempt++) {
      const outcome = await this.#patch(chunk.subarray(this.#offset - start), signal).catch(asEngineError);
      if (!(outcome instanceof EngineError) && outcome.status === 202) {
        this.#accepted(outcome, end);
        continue;
      }
      const delay = attempt < maxTriesOfChunk ? delayAfter(outcome, attempt) : undefined;
      const failure = await this.#failure(outcome, signal);
      if (delay === undefined) throw failure;
      await pause(delay, signal);
      const held = await this.#askOffset(signal);
      if (held === undefined || held < start || held > end) throw failure;
      this.#offset = held;
    }
  }

  #patch(bytes: Uint8Array, signal?: AbortSignal): Promise<Answer> {
    const headers = {
      'Content-Type': 'application/octet-stream',
      'Content-Length': String(bytes.length),
      'Content-Range': `${this.#offset}-${this.#offset + bytes.length - 1}`,
    };
    const scopes = pushScopes(this.#place);
    const call = { method: 'PATCH', path: this.#location, headers, body: bytes, scopes, once: true } as const;
    return this.#place.connection.request(call, signal);
  }

  #accepted(answer: Answer, end: number): void {
    discardBody(answer);
    this.#location = locationOf(this.#place, answer);
    this.#offset = end;
  }

  /**
   * Bytes that the registry has of the upload; `undefined` where it does not know the upload any more.
   * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-a-blob-in-chunks
   */
  async #askOffset(signal?: AbortSignal): Promise<number | undefined> {
    const call = { method: 'GET', path: this.#location, scopes: pushScopes(this.#place) } as const;
    const answer = await this.#place.connection.request(call, signal);
    discardBody(answer);
    const last = /^(?:bytes[= ])?0-(\d{1,15})$/.exec(answer.headers.get('range')?.trim() ?? '')?.[1];
    if (answer.status !== 204 || last === undefined) return undefined;
    if (answer.headers.get('location')) this.#location = locationOf(this.#place, answer);
    // Of no bytes it is, by convention, `0-0` as well; one byte again is refused, and then the upload is begun anew.
    return last === '0' ? 0 : Number(last) + 1;
  }

  async #finish(signal?: AbortSignal): Promise<void> {
    const answer = await putBlob(this.#place, this.#location, this.#descriptor, undefined, signal);
    if (isDone(answer.status)) {
      discardBody(answer);
      return requireStored(this.#place, answer, this.#descriptor);
    }
    const failure = await uploadFailure(this.#place, answer, signal);
    // A repeat of a request whose answer was lost finds no upload, but the blob.
    if (answer.status !== 404 || !(await this.#isThere(signal))) throw failure;
  }

  #isThere(signal?: AbortSignal): Promise<boolean> {
    return blobExists(this.#place, this.#descriptor, pushScopes(this.#place), signal);
  }

  async #failure(outcome: Answer | EngineError, signal?: AbortSignal): Promise<EngineError> {
    return outcome instanceof EngineError ? outcome : uploadFailure(this.#place, outcome, signal);
  }
}

function asEngineError(error: unknown): EngineError {
  if (isEngineError(error)) return error;
  throw error;
}

/** Milliseconds; `undefined` where trying again does not help. */
function delayAfter(outcome: Answer | EngineError, attempt: number): number | undefined {
  if (outcome instanceof EngineError) return delayAfterFailure(outcome, attempt);
  return outcome.status === 416 ? 0 : delayAfterAnswer(outcome, attempt);
}
