// What the Layers page and the host say to one another.

import type { Validators } from './messages.ts';
import { asCount, asFields, asNothing, asOptional, asText } from './validate.ts';

/** The image that a page is about. */
export interface LayersSubject {
  /** Digest of its manifest: what it names cannot change. */
  readonly manifest: string;
  /** What the person calls it. */
  readonly name: string;
}

export type LayersContract = {
  readonly calls: {
    /** The image and its layers. The first time, layers are read and verified. */
    readonly image: {
      readonly params: undefined;
      readonly slice: never;
      readonly result: ImageFacts;
    };
    readonly copy: {
      readonly params: { readonly text: string };
      readonly slice: never;
      readonly result: undefined;
    };
  };
  readonly events: Record<never, never>;
};

export interface ImageFacts {
  readonly name: string;
  readonly platform: string;
  /** Of the config. */
  readonly id: string;
  readonly manifest: string;
  /** Lowest first. */
  readonly layers: readonly LayerFacts[];
}

export interface LayerFacts {
  /** Its step in the image's history, from 0. */
  readonly step: number;
  /** As its author wrote it, as far as is known; empty where nothing is. */
  readonly instruction: string;
  /** Of the bytes as distributed. */
  readonly digest: string;
  /** Bytes as distributed. */
  readonly size: number;
  /** Of the unpacked tar. */
  readonly diffId: string;
  /** Bytes of the unpacked tar. */
  readonly unpackedSize: number;
  readonly added: number;
  readonly modified: number;
  readonly removed: number;
  /** Bytes of its files that higher layers replaced or hid. */
  readonly wastedBytes: number;
}

export interface LayersStrings {
  readonly title: string;
  readonly layers: string;
  readonly layersPicture: string;
  readonly readingLayers: string;
  readonly layerNumber: string;
  readonly noInstruction: string;
  readonly asDistributed: string;
  readonly unpacked: string;
  readonly digest: string;
  readonly diffId: string;
  readonly copyDigest: string;
  readonly copyDiffId: string;
  readonly copied: string;
  readonly changes: string;
  readonly wasted: string;
  readonly noLayers: string;
}

/** Longest text that a page may put onto the clipboard: a path. */
const longestCopy = 10_000;

export const layersValidators: Validators<LayersContract> = {
  image: asNothing,
  copy: (params) => ({ text: asText(asFields(params, 'copy').text, 'text', longestCopy) }),
};

/** @throws `MessageError` */
export function parseLayersSubject(kept: unknown): LayersSubject {
  const { manifest, name } = asFields(kept, 'the subject');
  return { manifest: asText(manifest, 'manifest', 200), name: asText(name, 'name') };
}

/** What the page keeps for when it comes back. */
export interface LayersView {
  /** Position of the chosen layer among the layers; none: the whole image. */
  readonly layer?: number | undefined;
}

export function parseLayersView(kept: unknown): LayersView {
  const { layer } = asFields(kept, 'the view');
  return { layer: asOptional(layer, (value) => asCount(value, 'layer')) };
}
