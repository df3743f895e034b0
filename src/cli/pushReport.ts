import { assertNever } from '../engine/errors.ts';
import type { Descriptor } from '../engine/oci/descriptor.ts';
import { type Digest, shortDigest } from '../engine/oci/digest.ts';
import type { PushEvent } from '../engine/transfer/pushEvent.ts';
import type { TransferView } from './transferView.ts';

type LayerEvent = Extract<PushEvent, { kind: 'layer' }>;
type ResolvedEvent = Extract<PushEvent, { kind: 'resolved' }>;

/** Tells a push in Docker's words: layers by the short form of their diffId, announced from the top one down. */
export class PushReport {
  readonly #view: TransferView;
  #names = new Map<Digest, string>();

  constructor(view: TransferView) {
    this.#view = view;
  }

  resolved({ layers, diffIds }: ResolvedEvent): void {
    this.#names = new Map(
      layers.map(({ digest }, position) => [digest, shortDigest(diffIds?.[position] ?? digest)]),
    );
    for (const layer of layers.toReversed()) this.#view.status(this.#name(layer), 'Preparing');
  }

  layer(event: LayerEvent): void {
    const { layer, state, sent } = event;
    if (state === 'uploading') this.#view.progress(this.#name(layer), sent, layer.size, 'Pushing');
    else this.#view.status(this.#name(layer), statusText(state, event.from));
  }

  #name({ digest }: Descriptor): string {
    return this.#names.get(digest) ?? shortDigest(digest);
  }
}

function statusText(state: Exclude<LayerEvent['state'], 'uploading'>, from: string | undefined): string {
  switch (state) {
    case 'waiting':
      return 'Waiting';
    case 'complete':
      return 'Pushed';
    case 'exists':
      return 'Layer already exists';
    case 'mounted':
      return `Mounted from ${from}`;
    case 'skipped':
      return 'Skipped foreign layer';
    default:
      return assertNever(state);
  }
}
