import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Descriptor } from '../../../src/engine/oci/descriptor.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import type { Store } from '../../../src/engine/store/store.ts';

/** A folder that is gone when the test is over. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'strata-store-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export interface SampleImage {
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export interface SampleBlob {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

export function sampleBlob(content: string | Uint8Array, type: string = mediaType.ociLayer): SampleBlob {
  const bytes = Buffer.from(content);
  return { descriptor: { mediaType: type, digest: digestOf(bytes), size: bytes.length }, bytes };
}

/** An image whose layers hold the given texts: equal texts are shared layers. */
export function sampleImage(
  layerTexts: readonly string[],
  platform = { os: 'linux', architecture: 'amd64' },
) {
  const layers = layerTexts.map((text) => sampleBlob(text));
  const config = sampleBlob(
    JSON.stringify({
      ...platform,
      created: '2024-05-06T07:08:09Z',
      config: {},
      rootfs: { type: 'layers', diff_ids: layers.map(({ descriptor }) => descriptor.digest) },
    }),
    mediaType.ociConfig,
  );
  const manifest = sampleBlob(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaType.ociManifest,
      config: config.descriptor,
      layers: layers.map(({ descriptor }) => descriptor),
    }),
    mediaType.ociManifest,
  );
  return { layers, config, manifest, blobs: [...layers, config, manifest] };
}

export async function pushBlob(store: Store, { descriptor, bytes }: SampleBlob): Promise<Descriptor> {
  await store.push(descriptor, chunksOf(bytes));
  return descriptor;
}

/** Pushes the image and gives it the names. */
export async function addImage(
  store: Store,
  layerTexts: readonly string[],
  ...names: string[]
): Promise<SampleImage> {
  const image = sampleImage(layerTexts);
  for (const blob of image.blobs) await pushBlob(store, blob);
  for (const name of names) await store.tag(image.manifest.descriptor, name);
  return {
    manifest: image.manifest.descriptor,
    config: image.config.descriptor,
    layers: image.layers.map(({ descriptor }) => descriptor),
  };
}

export async function* chunksOf(bytes: Uint8Array, size = 7): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
