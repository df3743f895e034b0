/** Media types of the OCI and Docker image formats. https://github.com/opencontainers/image-spec/blob/v1.1.0/media-types.md */
export const mediaType = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar',
  ociLayerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  ociLayerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  ociEmpty: 'application/vnd.oci.empty.v1+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerManifestV1: 'application/vnd.docker.distribution.manifest.v1+json',
  dockerManifestV1Signed: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar',
  dockerForeignLayerGzip: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
} as const;

/** What a manifest request accepts: index and manifest, OCI and Docker, in one header. */
export const manifestAccept = [
  mediaType.ociIndex,
  mediaType.dockerIndex,
  mediaType.ociManifest,
  mediaType.dockerManifest,
].join(', ');

export function isIndexMediaType(type: string): boolean {
  return type === mediaType.ociIndex || type === mediaType.dockerIndex;
}

export function isManifestMediaType(type: string): boolean {
  return type === mediaType.ociManifest || type === mediaType.dockerManifest;
}

/**
 * Whether a manifest with such a config is an image's, and not a signature's, a chart's or another artifact's. Registries
 * of 2015 and 2016 gave images other types or none, which Docker takes to this day.
 * https://github.com/moby/moby/blob/v28.0.0/distribution/registry.go
 */
export function isImageConfigMediaType(type: string): boolean {
  return type === mediaType.ociConfig || type === mediaType.dockerConfig || oldConfigTypes.includes(type);
}

const oldConfigTypes: readonly string[] = ['application/octet-stream', 'application/json', 'text/html', ''];

export type Compression = 'none' | 'gzip' | 'zstd';

/** How a layer's bytes are packed, read off the media type's ending; `undefined` where it is not a tar layer's. */
export function layerCompression(type: string): Compression | undefined {
  if (/[.+]tar$|\.diff\.tar$/.test(type)) return 'none';
  if (/tar[.+]gzip$/.test(type)) return 'gzip';
  if (/tar[.+]zstd$/.test(type)) return 'zstd';
  return undefined;
}

/** Layers that registries may leave out and that come from `urls` (base layers of Windows, mostly). */
export function isForeignLayer(type: string): boolean {
  return type === mediaType.dockerForeignLayerGzip || type.includes('.layer.nondistributable.');
}
