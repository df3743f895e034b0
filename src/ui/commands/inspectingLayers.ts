import { l10n } from 'vscode';
import type { LayersContract, LayersSubject } from '../../protocol/layersPage.ts';
import type { EngineHost } from '../engineHost.ts';
import type { Panels } from '../panels/panels.ts';
import { ImageNode } from '../views/images/imageNode.ts';
import { LayerNode } from '../views/images/layerNode.ts';
import { wantedImage } from './arguments.ts';
import { pickAnyImage } from './chosenLocation.ts';
import { mentionedImage } from './mentionedImage.ts';
import { imageSource, shownImage } from './shownImage.ts';

export type LayersPanels = Panels<LayersContract, LayersSubject>;

/**
 * Opens the Layers page of the image that a row or a link stands for, whose reference is at the cursor, or that the person
 * picks. One that the store does not have is read where it is, in its registry.
 */
export async function inspectLayers(
  host: EngineHost,
  panels: LayersPanels,
  argument: unknown,
): Promise<void> {
  const row = argument instanceof LayerNode ? argument.parent : argument;
  const given = row instanceof ImageNode ? row : row === undefined ? mentionedImage() : wantedImage(row);
  const chosen = given ?? (await pickAnyImage(await host.engine.images(), l10n.t('Inspect Layers')));
  if (chosen) panels.show(imageSource(await shownImage(host, chosen)));
}
