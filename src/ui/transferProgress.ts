import type { EngineProgress } from '../engine/dockerEngine/engineProgress.ts';
import type { PullEvent } from '../engine/transfer/pullEvent.ts';
import type { PushEvent } from '../engine/transfer/pushEvent.ts';

/** How far a transfer is, summed over its layers where it goes by layers. */
export interface TransferProgress {
  /** `starting` until it is known what there is to move. */
  readonly phase: 'starting' | 'moving' | 'finishing';
  /** Bytes that have been moved, of those that were not there before. */
  readonly moved: number;
  /** Bytes to move; absent where only the end will tell. */
  readonly total?: number;
  readonly layersDone?: number;
  readonly layers?: number;
}

export const notStarted: TransferProgress = { phase: 'starting', moved: 0 };

interface LayerProgress {
  readonly size: number;
  readonly moved: number;
  /** `there`: nothing had to be moved. */
  readonly state: 'there' | 'under way' | 'done';
}

/** Adds up layers by their digest. */
class LayerSum {
  readonly #layers = new Map<string, LayerProgress>();

  set(digest: string, layer: LayerProgress): void {
    this.#layers.set(digest, layer);
  }

  sum(ended: boolean): TransferProgress {
    const layers = [...this.#layers.values()];
    const toMove = layers.filter(({ state }) => state !== 'there');
    const layersDone = layers.filter(({ state }) => state !== 'under way').length;
    return {
      phase: ended || layersDone === layers.length ? 'finishing' : 'moving',
      moved: toMove.reduce((sum, { state, size, moved }) => sum + (state === 'done' ? size : moved), 0),
      total: toMove.reduce((sum, { size }) => sum + size, 0),
      layersDone,
      layers: layers.length,
    };
  }
}

/** Adds up a pull's events. */
export function pullMeter(): (event: PullEvent) => TransferProgress {
  const layers = new LayerSum();
  return (event) => {
    if (event.kind === 'resolved') {
      for (const { digest, size } of event.layers) layers.set(digest, { size, moved: 0, state: 'under way' });
    } else if (event.kind === 'layer') {
      const { layer, received, state } = event;
      layers.set(layer.digest, { size: layer.size, moved: received, state: layerState(state) });
    }
    return layers.sum(event.kind === 'done');
  };
}

/** Adds up the events of a push, or of a copy between registries. */
export function pushMeter(): (event: PushEvent) => TransferProgress {
  const layers = new LayerSum();
  return (event) => {
    if (event.kind === 'resolved') {
      for (const { digest, size } of event.layers) layers.set(digest, { size, moved: 0, state: 'under way' });
    } else if (event.kind === 'layer') {
      const { layer, sent, state } = event;
      layers.set(layer.digest, { size: layer.size, moved: sent, state: layerState(state) });
    }
    return layers.sum(event.kind === 'done');
  };
}

/** Adds up what a Docker engine tells of its layers while it pulls or pushes. */
export function engineMeter(): (progress: EngineProgress) => TransferProgress {
  const layers = new Map<string, { readonly moved: number; readonly total: number }>();
  return ({ id, current, total }) => {
    if (id !== undefined && current !== undefined && total !== undefined) {
      layers.set(id, { moved: Math.min(current, total), total });
    }
    const all = [...layers.values()];
    if (all.length === 0) return notStarted;
    const sum = (values: readonly number[]) => values.reduce((before, value) => before + value, 0);
    return {
      phase: 'moving',
      moved: sum(all.map(({ moved }) => moved)),
      total: sum(all.map((one) => one.total)),
    };
  };
}

type EventState = Extract<PullEvent | PushEvent, { kind: 'layer' }>['state'];

function layerState(state: EventState): LayerProgress['state'] {
  if (state === 'exists' || state === 'mounted' || state === 'skipped') return 'there';
  return state === 'complete' ? 'done' : 'under way';
}
