import type { Descriptor } from '../engine/oci/descriptor.ts';
import { type Digest, shortDigest } from '../engine/oci/digest.ts';
import { canonicalReference, type Reference, withDigest } from '../engine/oci/reference.ts';
import type { PullEvent } from '../engine/transfer/pullEvent.ts';
import type { TransferView } from './transferView.ts';

type LayerEvent = Extract<PullEvent, { kind: 'layer' }>;
type ResolvedEvent = Extract<PullEvent, { kind: 'resolved' }>;

interface LayerState {
  readonly descriptor: Descriptor;
  progress: 'unannounced' | 'pulling' | 'downloaded' | 'here';
}

/** Docker starts on so many and says of the others that they wait. */
const atOnce = 3;

/**
 * Tells a pull in Docker's words and order: first every layer is announced, from the lowest up, and each is complete
 * only once those below it are. What is here already of an image that is here is not worth a line.
 */
export class PullReport {
  readonly #view: TransferView;
  #layers = new Map<Digest, LayerState>();
  /** What has come and not been told yet. */
  #events: LayerEvent[] = [];
  #imageIsHere = false;
  #isAnnounced = false;

  constructor(view: TransferView) {
    this.#view = view;
  }

  resolved({ reference, isStored, layers }: ResolvedEvent): void {
    this.#imageIsHere = isStored;
    this.#layers = new Map(
      layers.map((descriptor) => [descriptor.digest, { descriptor, progress: 'unannounced' }]),
    );
    this.found(reference);
  }

  /** There is something by that name. */
  found(reference: Reference): void {
    this.#view.message(`${nameInProgress(reference)}: Pulling from ${reference.repository}`);
  }

  layer(event: LayerEvent): void {
    this.#events.push(event);
    if (!this.#announceAll()) return;
    for (const told of this.#events.splice(0)) this.#tell(told);
  }

  /** As far as it is known what is to be said of each; gives whether that is all of them. */
  #announceAll(): boolean {
    for (const layer of this.#layers.values()) {
      if (layer.progress !== 'unannounced') continue;
      const first = this.#events.find((event) => event.layer.digest === layer.descriptor.digest);
      if (!first) return false;
      this.#announce(layer, first);
    }
    if (!this.#isAnnounced) this.#announceWaiting();
    return true;
  }

  #announceWaiting(): void {
    this.#isAnnounced = true;
    const pulling = [...this.#layers.values()].filter(({ progress }) => progress === 'pulling');
    for (const layer of pulling.slice(atOnce)) this.#status(layer, 'Waiting');
  }

  #announce(layer: LayerState, { state }: LayerEvent): void {
    layer.progress = state === 'exists' ? 'here' : 'pulling';
    if (layer.progress === 'pulling') this.#status(layer, 'Pulling fs layer');
    else if (!this.#imageIsHere) this.#status(layer, 'Already exists');
  }

  #tell({ layer: { digest }, state, received }: LayerEvent): void {
    const layer = this.#layers.get(digest);
    if (layer?.progress !== 'pulling' || state === 'waiting') return;
    if (state === 'downloading') {
      this.#view.progress(shortDigest(digest), received, layer.descriptor.size, 'Downloading');
      return;
    }
    this.#status(layer, 'Verifying Checksum');
    this.#status(layer, 'Download complete');
    layer.progress = 'downloaded';
    this.#completeFromBelow();
  }

  #completeFromBelow(): void {
    for (const layer of this.#layers.values()) {
      if (layer.progress === 'pulling') return;
      if (layer.progress === 'downloaded') this.#status(layer, 'Pull complete');
      layer.progress = 'here';
    }
  }

  #status({ descriptor }: LayerState, status: string): void {
    this.#view.status(shortDigest(descriptor.digest), status);
  }
}

function nameInProgress(reference: Reference): string {
  if (reference.digest === undefined) return reference.tag ?? 'latest';
  return canonicalReference(withDigest(reference, reference.digest));
}
