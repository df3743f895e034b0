import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Descriptor } from '../../../src/engine/oci/descriptor.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { type Platform, platformToJson } from '../../../src/engine/oci/platform.ts';
import { type LayerFile, layerTar } from './layerTar.ts';

/** One instruction of a Dockerfile: it makes a layer where it has files, else a line of history alone. */
export interface Step {
  readonly createdBy: string;
  /** Of the layer's files too: steps of the same time and content are the same layer. */
  readonly created: Date;
  readonly files?: readonly LayerFile[];
  readonly compression?: 'none' | 'gzip' | 'zstd';
}

export interface ImagePlan {
  readonly platform: Platform;
  /** Docker's schema 2 media types rather than OCI's. */
  readonly format?: 'oci' | 'docker';
  readonly steps: readonly Step[];
  /** The config's `config`, in its own spelling. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Blob {
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
}

/** A manifest with the blobs it needs. */
export interface BuiltManifest extends Blob {
  readonly blobs: readonly Blob[];
}

/** A tag's whole graph. `manifests` stand in the index, or the one manifest is what the tag names. */
export interface BuiltImage extends Blob {
  readonly manifests: readonly BuiltManifest[];
}

const types = {
  oci: {
    config: mediaType.ociConfig,
    manifest: mediaType.ociManifest,
    index: mediaType.ociIndex,
    layer: { none: mediaType.ociLayer, gzip: mediaType.ociLayerGzip, zstd: mediaType.ociLayerZstd },
  },
  docker: {
    config: mediaType.dockerConfig,
    manifest: mediaType.dockerManifest,
    index: mediaType.dockerIndex,
    layer: { none: mediaType.dockerLayer, gzip: mediaType.dockerLayerGzip, zstd: mediaType.ociLayerZstd },
  },
} as const;

export function buildManifest(plan: ImagePlan): BuiltManifest {
  const type = types[plan.format ?? 'oci'];
  const layers = plan.steps.flatMap((step) => buildLayer(step, type.layer));
  const config = jsonBlob(type.config, imageConfig(plan, layers));
  const manifest = jsonBlob(type.manifest, {
    schemaVersion: 2,
    mediaType: type.manifest,
    config: config.descriptor,
    layers: layers.map((layer) => layer.descriptor),
    annotations: plan.annotations,
  });
  const descriptor = { ...manifest.descriptor, platform: plan.platform };
  return { descriptor, bytes: manifest.bytes, blobs: [config, ...layers] };
}

/** An index over the manifests, attestations and other odd ones (`annotations` in their descriptors) included. */
export function buildIndex(
  manifests: readonly BuiltManifest[],
  format: 'oci' | 'docker' = 'oci',
  annotations?: Readonly<Record<string, string>>,
): BuiltImage {
  const type = types[format].index;
  const rows = manifests.map(({ descriptor: { platform, ...rest } }) => ({
    ...rest,
    platform: platform && platformToJson(platform),
  }));
  return {
    ...jsonBlob(type, { schemaVersion: 2, mediaType: type, manifests: rows, annotations }),
    manifests,
  };
}

/** A tag that names a manifest itself. */
export function withoutIndex(manifest: BuiltManifest): BuiltImage {
  return { ...manifest, manifests: [manifest] };
}

export function jsonBlob(type: string, value: unknown): Blob {
  return blob(type, Buffer.from(JSON.stringify(value, undefined, 2)));
}

export function blob(type: string, bytes: Buffer): Blob {
  return { descriptor: { mediaType: type, digest: digestOf(bytes), size: bytes.length }, bytes };
}

interface BuiltLayer extends Blob {
  readonly diffId: string;
}

/** Layers that two images have in common are packed once. */
const packedLayers = new Map<string, Buffer>();

function buildLayer(
  step: Step,
  layerTypes: Readonly<Record<'none' | 'gzip' | 'zstd', string>>,
): BuiltLayer[] {
  if (!step.files) return [];
  const compression = step.compression ?? 'gzip';
  const tar = layerTar(step.files, step.created);
  const diffId = digestOf(tar);
  const key = `${compression} ${diffId}`;
  const bytes = packedLayers.get(key) ?? compress[compression](tar);
  packedLayers.set(key, bytes);
  return [{ ...blob(layerTypes[compression], bytes), diffId }];
}

const compress = {
  none: (tar: Buffer) => tar,
  gzip: (tar: Buffer) => gzipSync(tar, { level: 9 }),
  zstd: (tar: Buffer) => zstdCompressSync(tar),
};

function imageConfig(plan: ImagePlan, layers: readonly BuiltLayer[]) {
  return {
    ...platformToJson(plan.platform),
    created: plan.steps.at(-1)?.created,
    author: 'Acme Platform Team <platform@acme.example>',
    config: plan.config ?? {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: plan.steps.map(({ createdBy, created, files }) => ({
      created,
      created_by: createdBy,
      ...(files ? {} : { empty_layer: true }),
    })),
  };
}
