import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../src/engine/oci/digest.ts';
import { mediaType } from '../../src/engine/oci/mediaType.ts';

/** A layer as distributed, and what the documents say of it where that is not the truth. */
export interface HostileLayer {
  readonly bytes: Uint8Array;
  readonly diffId: string;
  readonly mediaType?: string;
  readonly digest?: string;
  readonly size?: number;
}

export interface HostileImage {
  readonly layers: readonly HostileLayer[];
  /** Laid over what the manifest would have. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** The same for the config. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Every blob of an image layout that has the image, by its path in the layout. */
export function layoutFiles(image: HostileImage, name: string): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const keep = (bytes: Uint8Array, digest: string = digestOf(bytes)) => {
    files.set(`blobs/${digest.replace(':', '/')}`, bytes);
    return { digest, size: bytes.length };
  };
  const rows = image.layers.map(({ bytes, mediaType: type = mediaType.ociLayer, digest, size }) => ({
    mediaType: type,
    ...keep(bytes, digest),
    ...(size !== undefined && { size }),
  }));
  const config = keep(
    json({
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: image.layers.map(({ diffId }) => diffId) },
      ...image.config,
    }),
  );
  const manifest = keep(
    json({
      schemaVersion: 2,
      mediaType: mediaType.ociManifest,
      config: { mediaType: mediaType.ociConfig, ...config },
      layers: rows,
      ...image.manifest,
    }),
  );
  const annotations = { 'org.opencontainers.image.ref.name': name };
  const row = { mediaType: mediaType.ociManifest, ...manifest, annotations };
  files.set('index.json', json({ schemaVersion: 2, manifests: [row] }));
  files.set('oci-layout', json({ imageLayoutVersion: '1.0.0' }));
  return files;
}

export async function writeLayout(folder: string, image: HostileImage, name: string): Promise<void> {
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true });
  for (const [path, bytes] of layoutFiles(image, name)) await writeFile(join(folder, path), bytes);
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
