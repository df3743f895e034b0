import type { Digest } from '../engine/oci/digest.ts';
import type { PullEvent } from '../engine/transfer/pullEvent.ts';

/** How far a pull is, summed over its layers. */
export interface PullProgress {
  /** `resolving` until the layers are known. */
  readonly phase: 'resolving' | 'downloading' | 'finishing';
  /** Bytes that are here, of those that were not here before. */
  readonly received: number;
  /** Bytes to bring. */
  readonly total: number;
  readonly layersDone: number;
  readonly layers: number;
}

export const noProgress: PullProgress = {
  phase: 'resolving',
  received: 0,
  total: 0,
  layersDone: 0,
  layers: 0,
};

interface LayerProgress {
  readonly size: number;
  received: number;
  state: 'exists' | 'waiting' | 'downloading' | 'complete';
}

/** Adds up a pull's events. */
export class PullProgressMeter {
  readonly #layers = new Map<Digest, LayerProgress>();

  add(event: PullEvent): PullProgress {
    if (event.kind === 'resolved') {
      for (const { digest, size } of event.layers) {
        this.#layers.set(digest, { size, received: 0, state: 'waiting' });
      }
    } else if (event.kind === 'layer') {
      const { digest, size } = event.layer;
      this.#layers.set(digest, { size, received: event.received, state: event.state });
    }
    return this.#sum(event.kind === 'done');
  }

  #sum(done: boolean): PullProgress {
    const layers = [...this.#layers.values()];
    const brought = layers.filter(({ state }) => state !== 'exists');
    const isDone = ({ state }: LayerProgress) => state === 'exists' || state === 'complete';
    const layersDone = layers.filter(isDone).length;
    return {
      phase: done || layersDone === layers.length ? 'finishing' : 'downloading',
      received: brought.reduce(
        (sum, { state, size, received }) => sum + (state === 'complete' ? size : received),
        0,
      ),
      total: brought.reduce((sum, { size }) => sum + size, 0),
      layersDone,
      layers: layers.length,
    };
  }
}
