import { Readable } from 'node:stream';
import { type EngineError, isEngineError } from '../errors.ts';
import { type Descriptor, plainDescriptor } from '../oci/descriptor.ts';
import type { RegistryRepository } from '../registry/registryRepository.ts';
import { atIntervals } from '../tasks/atIntervals.ts';
import { fromAnySource } from '../tasks/fromAnySource.ts';
import { SharedTasks } from '../tasks/sharedTasks.ts';

/** A blob on its way into a repository. */
export interface BlobToPush {
  readonly descriptor: Descriptor;
  /** Begins to read it; verified on the way out, so the stream need not be. */
  readonly open: (signal: AbortSignal) => Promise<Readable>;
  /** Told that what was opened was wrong or broke off. @returns whether there is somebody else to have it from */
  readonly giveUp?: (error: EngineError) => boolean;
  /** Paths of other repositories of the registry that are known to have it, the likeliest first. */
  readonly mountableFrom: (signal: AbortSignal) => Promise<readonly string[]>;
}

export interface BlobPushProgress {
  readonly state: 'uploading' | 'complete' | 'exists' | 'mounted';
  /** Bytes that have been sent. */
  readonly sent: number;
  /** The repository that it was mounted from. */
  readonly from?: string;
}

/** A registry that refuses a mount says so at once; a few questions are still cheaper than an upload. */
const maxMounts = 3;

/** Brings blobs into registries. One that several pushes want in a repository at once is pushed once. */
export class BlobPushes {
  readonly #shared = new SharedTasks<BlobPushProgress, void>(() => 'progress');

  /**
   * Ends when the repository has the blob: it had it, took it over from another repository, or was sent it.
   * @throws `DigestMismatch` where the content is not the descriptor's: the registry then has none of it
   */
  async ensure(
    repository: RegistryRepository,
    blob: BlobToPush,
    watch: (progress: BlobPushProgress) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const work = (emit: (progress: BlobPushProgress) => void, shared: AbortSignal) =>
      push(repository, blob, emit, shared);
    await this.#shared.run(`${repository.label} ${blob.descriptor.digest}`, work, watch, signal);
  }
}

async function push(
  repository: RegistryRepository,
  blob: BlobToPush,
  emit: (progress: BlobPushProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const descriptor = plainDescriptor(blob.descriptor);
  const { size } = descriptor;
  if (await repository.hasBlob(descriptor, signal)) return emit({ state: 'exists', sent: size });
  const from = await mount(repository, descriptor, await blob.mountableFrom(signal), signal);
  if (from !== undefined) return emit({ state: 'mounted', sent: size, from });
  emit({ state: 'uploading', sent: 0 });
  const report = atIntervals((sent: number) => emit({ state: 'uploading', sent }));
  const open = async () => counted(await blob.open(signal), report);
  await fromAnySource(blob.giveUp, () => repository.upload(descriptor, open, signal));
  emit({ state: 'complete', sent: size });
}

/** @returns the repository that it was mounted from */
async function mount(
  repository: RegistryRepository,
  descriptor: Descriptor,
  candidates: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const from of candidates.slice(0, maxMounts)) {
    if (await mounted(repository, descriptor, from, signal)) return from;
  }
  return undefined;
}

/** Where it may not be read from there, or the registry knows no mounts, it is uploaded, which then says what is wrong. */
async function mounted(
  repository: RegistryRepository,
  descriptor: Descriptor,
  from: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return await repository.mount(descriptor, from, signal);
  } catch (error) {
    const isRefused = isEngineError(
      error,
      'Unauthorized',
      'Forbidden',
      'NotFound',
      'RegistryError',
      'DigestMismatch',
    );
    if (!isRefused) throw error;
    return false;
  }
}

function counted(stream: Readable, report: (bytes: number) => void): Readable {
  const counting = async function* (): AsyncGenerator<Uint8Array> {
    let read = 0;
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      yield chunk;
      read += chunk.length;
      report(read);
    }
  };
  // Closed from the outside while the stream is silent, the generator would not end by itself.
  return Readable.from(counting(), { objectMode: false }).once('close', () => stream.destroy());
}
