import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Descriptor } from '../../../src/engine/oci/descriptor.ts';
import { digestHex, digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { annotation } from '../../../src/engine/store/entries.ts';

const bases = 20;
const layersOfBase = 4;
const repositories = 500;
/** As many files are written at once. */
const writers = 100;

/** A store of so many images with all their blobs, each with a layer of its own on one of twenty bases. The layers are no tars. */
export async function writeManyStoredImages(directory: string, count: number): Promise<void> {
  await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true });
  await writeFile(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const manifests: object[] = [];
  for (let at = 0; at < count; at += writers) {
    const numbers = Array.from({ length: Math.min(writers, count - at) }, (_, place) => at + place);
    manifests.push(...(await Promise.all(numbers.map((number) => writeImage(directory, number)))));
  }
  const index = { schemaVersion: 2, mediaType: mediaType.ociIndex, manifests };
  await writeFile(join(directory, 'index.json'), JSON.stringify(index));
}

async function writeImage(directory: string, number: number): Promise<object> {
  const put = (text: string, type: string) => writeBlob(directory, text, type);
  const texts = Array.from({ length: layersOfBase }, (_, layer) => `base ${number % bases}, layer ${layer}`);
  const layers = await Promise.all(
    [...texts, `image ${number}`].map((text) => put(text, mediaType.ociLayer)),
  );
  const created = new Date(Date.UTC(2024, 0, 1) + number * 60_000).toISOString();
  const config = await put(JSON.stringify(configOf(layers, created)), mediaType.ociConfig);
  const document = { schemaVersion: 2, mediaType: mediaType.ociManifest, config, layers };
  return {
    ...(await put(JSON.stringify(document), mediaType.ociManifest)),
    platform: { os: 'linux', architecture: 'amd64' },
    annotations: {
      [annotation.refName]: `registry.acme.test/team/service-${number % repositories}:${number}`,
      [annotation.imageId]: config.digest,
      [annotation.created]: created,
      [annotation.size]: '1000',
    },
  };
}

function configOf(layers: readonly Descriptor[], created: string): object {
  return {
    os: 'linux',
    architecture: 'amd64',
    created,
    config: { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'], Cmd: ['/bin/sh'] },
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digestOf(`unpacked ${digest}`)) },
    history: layers.map(({ digest }) => ({ created, created_by: `/bin/sh -c make ${digest}` })),
  };
}

async function writeBlob(directory: string, text: string, type: string): Promise<Descriptor> {
  const digest = digestOf(text);
  await writeFile(join(directory, 'blobs', 'sha256', digestHex(digest)), text);
  return { mediaType: type, digest, size: Buffer.byteLength(text) };
}
