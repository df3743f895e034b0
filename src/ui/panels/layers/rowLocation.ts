import { type LayerPlace, type LayersSubject, parseRowContext } from '../../../protocol/layersPage.ts';
import { type ImageLocation, layerName } from '../../imageFileSystem/imageLocation.ts';
import { pageTree } from '../pageImage.ts';

/** Where a path of a Layers page is in VS Code's file system. */
export function placeInLayer(
  subject: LayersSubject,
  path: string,
  { step, number }: LayerPlace,
): ImageLocation {
  const tree = pageTree(subject);
  return { ...tree, layer: step, name: layerName(tree.name, number), path };
}

/** Where the row leads that a context menu was opened on; `undefined` of anything else. */
export function rowLocation(argument: unknown): ImageLocation | undefined {
  const row = parseRowContext(argument);
  return row && placeInLayer(row.image, row.path, row.layer);
}
