import { isDigest } from '../../../engine/oci/digest.ts';
import { type LayerPlace, type LayersSubject, parseRowContext } from '../../../protocol/layersPage.ts';
import { MessageError } from '../../../protocol/validate.ts';
import { type ImageLocation, layerName } from '../../imageFileSystem/imageLocation.ts';

/** Where a path of a Layers page is in VS Code's file system. */
export function placeInLayer(
  { manifest, name }: LayersSubject,
  path: string,
  { step, number }: LayerPlace,
): ImageLocation {
  if (!isDigest(manifest)) throw new MessageError('the image is not named by its digest');
  return { manifest, layer: step, name: layerName(shortName(name), number), path };
}

/** Where the row leads that a context menu was opened on; `undefined` of anything else. */
export function rowLocation(argument: unknown): ImageLocation | undefined {
  const row = parseRowContext(argument);
  return row && placeInLayer(row.image, row.path, row.layer);
}

/** `tools:bookworm`, as an image is called in the paths of its files. */
function shortName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
