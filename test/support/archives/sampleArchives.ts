import { type DiffId, digestHex, digestOf } from '../../../src/engine/oci/digest.ts';
import { randomBytes } from '../randomImage.ts';
import type { Blob, BuiltImage } from '../sampleRegistry/imageBuilder.ts';
import { directory, file, symlink, type TarItem, tarOf } from '../tarWriter.ts';

/** An image as docker-archives know it: a config and uncompressed layers. */
export interface PlainImage {
  readonly tags: readonly string[];
  readonly layers: readonly Buffer[];
  readonly config: Buffer;
  readonly id: string;
  readonly diffIds: readonly DiffId[];
}

/** A layer of one file of bytes that do not compress; the same for the same name. */
export function plainLayer(name: string, size = 2000): Buffer {
  return tarOf(directory('data/'), file(`data/${name}`, randomBytes(name, size)));
}

export function plainImage(
  layerNames: readonly string[],
  tags: readonly string[],
  size?: number,
): PlainImage {
  const layers = layerNames.map((name) => plainLayer(name, size));
  const diffIds = layers.map((layer) => digestOf(layer));
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      created: '2026-01-02T03:04:05.678901234Z',
      config: { Env: ['PATH=/bin'] },
      history: layerNames.map((name) => ({ created: '2026-01-02T03:04:05Z', created_by: `COPY ${name} /` })),
      rootfs: { type: 'layers', diff_ids: diffIds },
    }),
  );
  return { tags, layers, config, id: digestOf(config), diffIds };
}

/** As Docker up to 24 writes it: a folder a layer, repeated layers as links, lists last. */
export function classicArchive(...images: readonly PlainImage[]): Buffer {
  return tarOf(...classicItems(...images));
}

export function classicItems(...images: readonly PlainImage[]): TarItem[] {
  const items: TarItem[] = [];
  const first = new Map<string, string>();
  const rows = images.map((image, at) => {
    const names = image.layers.map((layer, position) => {
      const folder = digestHex(digestOf(`v1 ${at} ${position}`));
      const diffId = image.diffIds[position] ?? '';
      const known = first.get(diffId);
      items.push(directory(`${folder}/`), file(`${folder}/VERSION`, '1.0'), file(`${folder}/json`, '{}'));
      items.push(
        known === undefined
          ? file(`${folder}/layer.tar`, layer)
          : symlink(`${folder}/layer.tar`, `../${known}/layer.tar`),
      );
      if (known === undefined) first.set(diffId, folder);
      return `${folder}/layer.tar`;
    });
    const config = `${image.id.slice(7)}.json`;
    items.push(file(config, image.config));
    return { Config: config, RepoTags: image.tags.length === 0 ? null : image.tags, Layers: names };
  });
  return [...items, file('manifest.json', JSON.stringify(rows)), file('repositories', '{}')];
}

/** As Docker writes it since 25: an OCI layout and Docker's list in one. */
export function modernArchive(image: PlainImage): Buffer {
  const layers = image.layers.map((bytes) => ({ digest: digestOf(bytes), size: bytes.length, bytes }));
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: image.id,
        size: image.config.length,
      },
      layers: layers.map(({ digest, size }) => ({
        mediaType: 'application/vnd.oci.image.layer.v1.tar',
        digest,
        size,
      })),
    }),
  );
  const blobs = [image.config, manifest, ...image.layers];
  const list = [{ Config: blobName(image.config), RepoTags: image.tags, Layers: image.layers.map(blobName) }];
  const row = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: digestOf(manifest),
    size: manifest.length,
    annotations: {
      'io.containerd.image.name': `docker.io/library/${image.tags[0]}`,
      'org.opencontainers.image.ref.name': image.tags[0]?.split(':')[1],
    },
  };
  return tarOf(
    ...[...new Map(blobs.map((bytes) => [blobName(bytes), bytes]))].map(([name, bytes]) => file(name, bytes)),
    ...layoutItems([row]),
    file('manifest.json', JSON.stringify(list)),
  );
}

/** The tar of an OCI layout that has the images under the names; each is an index or a manifest. */
export function ociArchive(
  images: readonly (readonly [name: string | undefined, image: BuiltImage])[],
): Buffer {
  const blobs = new Map<string, Buffer>();
  const keep = ({ bytes }: Blob) => blobs.set(blobName(bytes), bytes);
  for (const [, image] of images) {
    keep(image);
    for (const manifest of image.manifests) for (const part of [manifest, ...manifest.blobs]) keep(part);
  }
  const rows = images.map(
    ([
      name,
      {
        descriptor: { mediaType, digest, size },
      },
    ]) => ({
      ...{ mediaType, digest, size },
      ...(name !== undefined && { annotations: { 'org.opencontainers.image.ref.name': name } }),
    }),
  );
  return tarOf(...[...blobs].map(([path, bytes]) => file(path, bytes)), ...layoutItems(rows));
}

function layoutItems(rows: readonly object[]): TarItem[] {
  return [
    file('index.json', JSON.stringify({ schemaVersion: 2, manifests: rows })),
    file('oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' })),
  ];
}

export function blobName(bytes: Buffer): string {
  return `blobs/sha256/${digestHex(digestOf(bytes))}`;
}
