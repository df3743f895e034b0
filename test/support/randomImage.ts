import { createHash } from 'node:crypto';
import { type BuiltImage, type BuiltManifest, buildManifest } from './sampleRegistry/imageBuilder.ts';
import { file } from './sampleRegistry/layerTar.ts';

/** Bytes that do not compress, the same for the same seed. */
export function randomBytes(seed: string, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < length; at += 32) blocks.push(createHash('sha256').update(`${seed} ${at}`).digest());
  return Buffer.concat(blocks).subarray(0, length);
}

/** An image of one layer a name, each about `layerBytes` long also when compressed; names shared between images are shared layers. */
export function randomImage(layers: readonly string[], layerBytes: number): BuiltImage {
  const manifest = buildManifest({
    platform: { os: 'linux', architecture: 'amd64' },
    steps: layers.map((name) => ({
      createdBy: `COPY ${name} /`,
      created: new Date('2026-01-01T00:00:00Z'),
      files: [file(`data/${name}`, randomBytes(name, layerBytes))],
    })),
  });
  return loneManifest(manifest);
}

/** A tag that names a manifest without an index. */
export function loneManifest(manifest: BuiltManifest): BuiltImage {
  return { ...manifest, manifests: [manifest] };
}
