import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { annotation } from '../../../src/engine/store/entries.ts';

const tagsOfRepository = 5;

/** The list of a store of so many images, each with a tag and a repo digest, without their blobs: listing reads none. */
export async function writeManyImages(directory: string, count: number): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const manifests = Array.from({ length: count }, (_, number) => entryJson(number));
  const index = { schemaVersion: 2, mediaType: mediaType.ociIndex, manifests };
  await writeFile(join(directory, 'index.json'), JSON.stringify(index));
}

function entryJson(number: number): object {
  const team = Math.floor(number / tagsOfRepository);
  const repository = `registry.acme.test/team-${team % 40}/service-${team}`;
  const digest = digestOf(`manifest ${number}`);
  return {
    mediaType: mediaType.ociManifest,
    digest,
    size: 1000 + number,
    platform: { os: 'linux', architecture: 'amd64' },
    annotations: {
      [annotation.refName]: `${repository}:1.${number % tagsOfRepository}.${number}`,
      [annotation.imageId]: digestOf(`config ${number}`),
      [annotation.created]: new Date(
        Date.UTC(2024, 0, 1) + ((number * 7919) % 20_011) * 60_000,
      ).toISOString(),
      [annotation.size]: String(5_000_000 + number * 1237),
      [annotation.repoDigests]: `${repository}@${digest}`,
    },
  };
}
