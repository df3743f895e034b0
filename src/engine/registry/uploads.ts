import { Readable } from 'node:stream';
import { cancelled, isEngineError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { maxManifestBytes } from '../oci/manifest.ts';
import { blobExists } from './blobs.ts';
import { discardBody } from './body.ts';
import { pushInChunks } from './chunkedUpload.ts';
import { manifestPath, pullScopes, pushScopes, type RepositoryPlace } from './repositoryPlace.ts';
import type { Answer } from './transport.ts';
import {
  ReopenableContent,
  ReplayableContent,
  readVerified,
  type UploadContent,
  verified,
} from './uploadContent.ts';
import {
  cancelUpload,
  endUpload,
  isDone,
  locationOf,
  pushFailure,
  putBlob,
  requireStored,
  startUpload,
  uploadFailure,
} from './uploadSession.ts';

/**
 * Pushes a blob in one request, or in chunks where the registry does not take that.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-blobs
 * @throws `DigestMismatch` where the content is not the descriptor's: nothing is kept of it
 */
export async function pushBlob(
  place: RepositoryPlace,
  descriptor: Descriptor,
  content: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  if (await blobExists(place, descriptor, pushScopes(place), signal)) return;
  // A stream can be ended also while it has nothing to say; a generator that waits for its source cannot.
  const source = Readable.from(content);
  const end = (): void => void source.destroy(cancelled(signal));
  signal?.addEventListener('abort', end, { once: true });
  try {
    await upload(place, descriptor, new ReplayableContent(verified(source, descriptor, place.label)), signal);
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

/**
 * Pushes a blob that the registry is known to lack, from content that can be opened again: whatever breaks on the way is
 * tried again, from where the registry says that it is or from the beginning.
 * @param open begins to read; the stream ends by itself where the signal fires
 * @throws as {@link pushBlob}
 */
export function uploadBlob(
  place: RepositoryPlace,
  descriptor: Descriptor,
  open: () => Promise<Readable>,
  signal?: AbortSignal,
): Promise<void> {
  return upload(place, descriptor, new ReopenableContent(open, descriptor, place.label), signal);
}

async function upload(
  place: RepositoryPlace,
  descriptor: Descriptor,
  content: UploadContent,
  signal?: AbortSignal,
): Promise<void> {
  try {
    if (await pushWhole(place, descriptor, content, signal)) return;
    await pushInChunks(place, descriptor, content, signal);
  } finally {
    await content.close();
  }
}

/** @returns whether the registry took it; `false` only where the content can be read from its beginning again */
async function pushWhole(
  place: RepositoryPlace,
  descriptor: Descriptor,
  content: UploadContent,
  signal?: AbortSignal,
): Promise<boolean> {
  const { location } = await startUpload(place, signal);
  const answer = await putBlob(place, location, descriptor, content.read(), signal).catch(
    (error: unknown) => {
      if (isEngineError(error, 'Offline') && content.isReplayable) return undefined;
      return endUpload(place, location, error);
    },
  );
  if (!answer) {
    await cancelUpload(place, location);
    // The connection may have been broken behind the last byte.
    return blobExists(place, descriptor, pushScopes(place), signal);
  }
  if (isDone(answer.status)) {
    requireStored(place, answer, descriptor);
    discardBody(answer);
    return true;
  }
  if (!content.isReplayable || !isWorthAnotherWay(answer.status)) {
    return endUpload(place, location, await uploadFailure(place, answer, signal));
  }
  discardBody(answer);
  await cancelUpload(place, location);
  return false;
}

/** It takes no whole blobs, wants to know again who asks (a token has run out), or is busy. */
function isWorthAnotherWay(status: number): boolean {
  return [400, 401, 404, 405, 408, 411, 413, 415, 416, 429, 500, 501, 502, 503, 504].includes(status);
}

/**
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#mounting-a-blob-from-another-repository
 * @returns whether the registry mounted it
 */
export async function mountBlob(
  place: RepositoryPlace,
  descriptor: Descriptor,
  fromRepository: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const query = new URLSearchParams({ mount: descriptor.digest, from: fromRepository });
  const path = `/v2/${place.repository}/blobs/uploads/?${query}`;
  const scopes = [...pushScopes(place), ...pullScopes({ ...place, repository: fromRepository })];
  const answer = await place.connection.request({ method: 'POST', path, scopes }, signal);
  if (answer.status !== 201 && answer.status !== 202) throw await pushFailure(place, answer, signal);
  discardBody(answer);
  if (answer.status === 202) await cancelUpload(place, locationOf(place, answer));
  else requireStored(place, answer, descriptor);
  return answer.status === 201;
}

/** Pushes a manifest or index under its digest, or under a tag. */
export async function pushManifest(
  place: RepositoryPlace,
  descriptor: Descriptor,
  content: AsyncIterable<Uint8Array>,
  tag: string | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const body = await readVerified(content, descriptor, place.label, maxManifestBytes);
  await place.connection.bounded(signal, async (bounded) => {
    const path = manifestPath(place, tag ?? descriptor.digest);
    const headers = { 'Content-Type': descriptor.mediaType };
    const call = { method: 'PUT', path, headers, body, scopes: pushScopes(place) } as const;
    const answer: Answer = await place.connection.request(call, bounded);
    if (!isDone(answer.status)) throw await pushFailure(place, answer, bounded);
    discardBody(answer);
    requireStored(place, answer, descriptor);
  });
}
