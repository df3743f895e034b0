import type { ImageLayer, ReadableImage } from '../../engine/image.ts';
import { shortDigest } from '../../engine/oci/digest.ts';
import { formatPlatform, hostPlatform } from '../../engine/oci/platform.ts';
import type { TaggedReference } from '../../engine/oci/reference.ts';
import { foreignText } from '../foreignText.ts';
import { type ImageTree, layerName } from './imageLocation.ts';

interface NamedImage {
  readonly image: ReadableImage;
  readonly tag?: TaggedReference | undefined;
}

/** The files of an image, or of one of its layers alone. */
export function imageTree(named: NamedImage, layer?: ImageLayer): ImageTree {
  const { manifest } = named.image;
  const name = treeName(named);
  if (!layer) return { manifest: manifest.digest, name };
  return { manifest: manifest.digest, layer: layer.index, name: layerName(name, layerNumber(layer)) };
}

/** As people count them. */
export function layerNumber({ layerIndex, index }: ImageLayer): number {
  return (layerIndex ?? index) + 1;
}

/** `web:2.0.0`, with the platform where it is another than this machine's. */
function treeName({ tag, image }: NamedImage): string {
  const name = tag ? `${lastPart(tag.repository)}:${tag.tag}` : shortDigest(image.id);
  const platform = foreignText(formatPlatform(image.platform), 60);
  return platform === formatPlatform(hostPlatform()) ? name : `${name} ${platform.replaceAll('/', '-')}`;
}

function lastPart(repository: string): string {
  return repository.slice(repository.lastIndexOf('/') + 1);
}
