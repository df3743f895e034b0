import type { Readable } from 'node:stream';
import { type EngineError, isEngineError } from '../errors.ts';
import type { LayerIndexes } from '../layers/layerIndexes.ts';
import type { LayerPool } from '../layers/layerPool.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { DiffId } from '../oci/digest.ts';
import type { Ingest, Store } from '../store/store.ts';
import type { ByteRange } from '../target.ts';
import { allOrNone } from '../tasks/allOrNone.ts';
import { atIntervals } from '../tasks/atIntervals.ts';
import { fromAnySource } from '../tasks/fromAnySource.ts';
import { SharedTasks } from '../tasks/sharedTasks.ts';

/** Where a layer comes from. The bytes need not be verified: the layer worker does that off the host's thread. */
export interface LayerSource {
  fetchUnverified(descriptor: Descriptor, range: ByteRange, signal: AbortSignal): Promise<Readable>;
  /** Told that what it gave was wrong or broke off. @returns whether it has the layer from somebody else as well */
  giveUp?(descriptor: Descriptor, error: EngineError): boolean;
  /** Where the bytes are on the disk already: moves them to the path. False where they have to be fetched. */
  moveTo?(descriptor: Descriptor, path: string): Promise<boolean>;
}

export interface LayerProgress {
  readonly state: 'exists' | 'waiting' | 'downloading' | 'complete';
  /** Bytes of the layer as distributed that are here. */
  readonly received: number;
}

/**
 * Brings layers into the store: both hashes verified and the layer indexed in the one pass. A layer that several pulls
 * want at once is transferred once; one that another process is fetching is waited for.
 */
export class LayerTransfers {
  readonly #store: Store;
  readonly #pool: LayerPool;
  readonly #indexes: LayerIndexes;
  readonly #shared = new SharedTasks<LayerProgress, void>(() => 'progress');

  constructor(parts: { readonly store: Store; readonly pool: LayerPool; readonly indexes: LayerIndexes }) {
    this.#store = parts.store;
    this.#pool = parts.pool;
    this.#indexes = parts.indexes;
  }

  /**
   * Ends when the layer is in the store, verified and indexed. Cancelled or broken off, what has arrived stays as an
   * unfinished ingest and is continued next time.
   * @throws `DigestMismatch` where the layer is not what the manifest (digest, size) or the config (diffId) says
   */
  async ensure(
    source: LayerSource,
    layer: Descriptor,
    diffId: DiffId,
    watch: (progress: LayerProgress) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const work = (emit: (progress: LayerProgress) => void, shared: AbortSignal) =>
      // Wrong bytes are thrown away, right ones gone on from, whoever gave them.
      fromAnySource(
        (error) => source.giveUp?.(layer, error) ?? false,
        () => this.#bring(source, layer, diffId, emit, shared),
      );
    await this.#shared.run(`${layer.digest} ${diffId}`, work, watch, signal);
  }

  /**
   * All layers of an image, a few at a time. The first that fails cancels the others. Those that are not here say at once
   * that they wait, and those that are go first, so that a watcher soon knows of every layer.
   */
  async ensureAll(
    source: LayerSource,
    layers: readonly Descriptor[],
    diffIds: readonly DiffId[],
    watch: (layer: Descriptor, progress: LayerProgress) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const ensure = async (position: number, _: number, cancel: AbortSignal): Promise<void> => {
      const layer = layers[position];
      const diffId = diffIds[position];
      if (!layer || diffId === undefined) throw new RangeError(`no diffId for layer ${position}`);
      await this.ensure(source, layer, diffId, (progress) => watch(layer, progress), cancel);
    };
    const here = await Promise.all(layers.map((layer) => this.#store.exists(layer, signal)));
    const places = layers.map((_, position) => position);
    const absent = places.filter((position) => !here[position]);
    for (const [position, layer] of layers.entries()) {
      if (!here[position]) watch(layer, { state: 'waiting', received: 0 });
    }
    await allOrNone([...places.filter((position) => here[position]), ...absent], ensure, signal);
  }

  async #bring(
    source: LayerSource,
    layer: Descriptor,
    diffId: DiffId,
    emit: (progress: LayerProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    if (await this.#isHere(layer, diffId, signal)) {
      emit({ state: 'exists', received: layer.size });
      return;
    }
    emit({ state: 'waiting', received: 0 });
    await using ingest = await this.#store.ingest(layer, signal);
    if (!ingest) {
      await this.#indexes.verify(layer, diffId, signal);
      emit({ state: 'exists', received: layer.size });
      return;
    }
    await this.#receive(ingest, source, layer, diffId, emit, signal);
    emit({ state: 'complete', received: layer.size });
  }

  /** A blob that no longer is what its name says is taken away, so that a pull heals the store. */
  async #isHere(layer: Descriptor, diffId: DiffId, signal: AbortSignal): Promise<boolean> {
    if (!(await this.#store.exists(layer, signal))) return false;
    try {
      await this.#indexes.verify(layer, diffId, signal);
      return true;
    } catch (error) {
      if (!isEngineError(error, 'DigestMismatch') || error.facts.expected === diffId) throw error;
      await this.#store.removeBlob(layer.digest, signal);
      return false;
    }
  }

  async #receive(
    ingest: Ingest,
    source: LayerSource,
    layer: Descriptor,
    diffId: DiffId,
    emit: (progress: LayerProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const isMoved = (await source.moveTo?.(layer, ingest.path)) ?? false;
    const offset = isMoved ? layer.size : ingest.offset;
    emit({ state: 'downloading', received: offset });
    const job = {
      descriptor: layer,
      diffId,
      ingest: { path: ingest.path, offset },
      indexFile: this.#indexes.indexFile(diffId),
    };
    const open = (offset: number, cancel: AbortSignal) => source.fetchUnverified(layer, { offset }, cancel);
    const onProgress = atIntervals((received: number) => emit({ state: 'downloading', received }));
    try {
      const result = await this.#pool.index(job, open, { onProgress }, signal);
      await ingest.commit();
      await this.#indexes.recordVerified(layer, result);
    } catch (error) {
      // Wrong bytes must not be continued from; everything else resumes.
      if (isEngineError(error, 'DigestMismatch', 'Corrupt', 'TooLarge')) await ingest.discard();
      throw error;
    }
  }
}
