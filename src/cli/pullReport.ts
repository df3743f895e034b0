import type { Descriptor } from '../engine/oci/descriptor.ts';
import { type Digest, shortDigest } from '../engine/oci/digest.ts';
import { canonicalReference, type Reference, withDigest } from '../engine/oci/reference.ts';
import type { PullEvent } from '../engine/transfer/pullEvent.ts';
import type { PullView } from './pullView.ts';

type LayerEvent = Extract<PullEvent, { kind: 'layer' }>;
type ResolvedEvent = Extract<PullEvent, { kind: 'resolved' }>;

interface LayerState {
  readonly descriptor: Descriptor;
  /** What has been told of it before it was its turn to be announced. */
  readonly early: LayerEvent[];
  announced: boolean;
  complete: boolean;
}

/**
 * Tells a pull in Docker's words and order: layers are announced from the lowest up, and each is complete only once
 * those below it are. What is here already of an image that is here is not worth a line.
 */
export class PullReport {
  readonly #view: PullView;
  readonly #known: ReadonlySet<Digest>;
  #layers = new Map<Digest, LayerState>();
  #imageIsHere = false;

  /** @param known manifests of the images in the store */
  constructor(view: PullView, known: ReadonlySet<Digest>) {
    this.#view = view;
    this.#known = known;
  }

  resolved({ reference, manifest, layers }: ResolvedEvent): void {
    this.#imageIsHere = this.#known.has(manifest.digest);
    this.#layers = new Map(layers.map((descriptor) => [descriptor.digest, newLayer(descriptor)]));
    this.#view.message(`${nameInProgress(reference)}: Pulling from ${reference.repository}`);
  }

  layer(event: LayerEvent): void {
    const layer = this.#layers.get(event.layer.digest);
    if (!layer) return;
    if (layer.announced) this.#tell(layer, event);
    else layer.early.push(event);
    this.#announce();
    this.#complete();
  }

  #announce(): void {
    for (const layer of this.#layers.values()) {
      if (layer.announced) continue;
      const [first, ...others] = layer.early;
      if (!first) return;
      this.#open(layer, first);
      for (const event of others) this.#tell(layer, event);
    }
  }

  #open(layer: LayerState, first: LayerEvent): void {
    layer.announced = true;
    if (first.state === 'exists') {
      layer.complete = true;
      this.#layers.delete(layer.descriptor.digest);
      if (!this.#imageIsHere) this.#status(layer, 'Already exists');
      return;
    }
    this.#status(layer, 'Pulling fs layer');
    this.#tell(layer, first);
  }

  #tell(layer: LayerState, event: LayerEvent): void {
    switch (event.state) {
      case 'waiting':
        return;
      case 'downloading':
        this.#view.progress(shortDigest(layer.descriptor.digest), event.received, layer.descriptor.size);
        return;
      case 'exists':
      case 'complete':
        if (layer.complete) return;
        layer.complete = true;
        this.#status(layer, 'Verifying Checksum');
        this.#status(layer, 'Download complete');
    }
  }

  /** From the lowest up, as far as there is no gap. */
  #complete(): void {
    for (const [digest, layer] of this.#layers) {
      if (!layer.announced || !layer.complete) return;
      this.#layers.delete(digest);
      this.#status(layer, 'Pull complete');
    }
  }

  #status(layer: LayerState, status: string): void {
    this.#view.status(shortDigest(layer.descriptor.digest), status);
  }
}

function newLayer(descriptor: Descriptor): LayerState {
  return { descriptor, early: [], announced: false, complete: false };
}

function nameInProgress(reference: Reference): string {
  if (reference.digest === undefined) return reference.tag ?? 'latest';
  return canonicalReference(withDigest(reference, reference.digest));
}
