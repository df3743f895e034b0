import { EngineError, type ErrorFacts, ioError, type Reason } from '../errors.ts';
import type { LayerJob, LayerResult } from './layerJob.ts';

/** From the host to a layer worker. One job at a time: the next `start` follows `done` or `failed`. */
export type ToWorker =
  | { readonly kind: 'start'; readonly job: LayerJob }
  /** The next bytes of the source; their buffers are transferred. */
  | { readonly kind: 'bytes'; readonly chunks: readonly Uint8Array[] }
  /** The source has ended. */
  | { readonly kind: 'end' }
  /** The job is no longer wanted or its source broke; answered by `failed` once its files are closed. */
  | { readonly kind: 'abort' };

/** From a layer worker to the host. */
export type FromWorker =
  /** What was there before has been read; the source is wanted from `offset` on. */
  | { readonly kind: 'open'; readonly offset: number }
  /** So many bytes have been worked off, and as many more may be sent. */
  | { readonly kind: 'taken'; readonly bytes: number }
  | { readonly kind: 'done'; readonly result: LayerResult }
  | { readonly kind: 'failed'; readonly error: ErrorMessage };

/** An {@link EngineError} that can be cloned. */
export interface ErrorMessage {
  readonly reason: Reason;
  readonly message: string;
  readonly facts: ErrorFacts;
}

export function errorMessage(error: unknown): ErrorMessage {
  const { reason, message, facts } = ioError(error, 'the layer could not be read');
  return { reason, message, facts };
}

export function errorOfMessage({ reason, message, facts }: ErrorMessage): EngineError {
  return new EngineError(reason, message, facts);
}

/** Bytes that may be on their way to a worker or waiting in it. */
export const bytesInFlight = 4 * 1024 * 1024;

/** Bytes that are sent and worked on at a time. */
export const batchBytes = 256 * 1024;
