import { EngineError } from '../errors.ts';
import type { Digest } from '../oci/digest.ts';
import type { Platform } from '../oci/platform.ts';
import type { ArchiveFiles } from './archiveFile.ts';
import type { ArchiveImage } from './archiveImage.ts';
import { dockerList, readDockerArchive } from './dockerArchive.ts';
import { ociList, ociMarker, readOciArchive } from './ociArchive.ts';

/**
 * All images of an archive. Docker has written both a docker-archive and an OCI layout since version 25: names come from
 * the first, manifests from the second.
 * @param platform which one to take of several
 * @throws `Unsupported` where it is neither, or has no image; `Corrupt`, `DigestMismatch`, `TooLarge`, `NoSuchPlatform`
 */
export async function readArchiveImages(
  files: ArchiveFiles,
  platform: Platform,
  signal?: AbortSignal,
): Promise<readonly ArchiveImage[]> {
  const isDocker = files.find(dockerList) !== undefined;
  const isOci = files.find(ociList) !== undefined && (!isDocker || files.find(ociMarker) !== undefined);
  if (!isDocker && !isOci) throw noArchive(files);
  const images = isOci ? await readOciArchive(files, platform, signal) : [];
  const chosen = isDocker ? await readDockerArchive(files, byId(images), signal) : images;
  if (chosen.length === 0) throw new EngineError('Unsupported', 'the archive has no image');
  return chosen;
}

function byId(images: readonly ArchiveImage[]): ReadonlyMap<Digest, ArchiveImage> {
  return new Map(images.map((image) => [image.config.descriptor.digest, image]));
}

function noArchive(files: ArchiveFiles): EngineError {
  const old = files.find('repositories') !== undefined;
  return new EngineError(
    'Unsupported',
    old
      ? 'the archive is of Docker before 1.10, which is not read: it has no manifest.json'
      : 'this is neither a docker-archive (it has no manifest.json) nor the tar of an OCI image layout (no index.json)',
  );
}
