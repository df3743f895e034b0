import { l10n } from 'vscode';
import { canonicalReference } from '../../engine/oci/reference.ts';
import type { LayersContract, LayersSubject } from '../../protocol/layersPage.ts';
import type { EngineHost } from '../engineHost.ts';
import type { Panels } from '../panels/panels.ts';
import { ImageNode } from '../views/images/imageNode.ts';
import { LayerNode } from '../views/images/layerNode.ts';
import { type ReferenceArgument, type WantedImage, wantedImage } from './arguments.ts';
import { type ChosenImage, chooseImage, imageName } from './chosenImage.ts';
import { mentionedImage, pulledIfAbsent } from './mentionedImage.ts';
import type { Pulling } from './pulling.ts';

type LayersPanels = Panels<LayersContract, LayersSubject>;

/**
 * Opens the Layers page of the image that a row or a link stands for, whose reference is at the cursor, or that the person
 * picks. Offers to pull it first where the store does not have it.
 */
export async function inspectLayers(
  host: EngineHost,
  pulling: Pulling,
  panels: LayersPanels,
  argument: unknown,
): Promise<void> {
  const row = argument instanceof LayerNode ? argument.parent : argument;
  if (row instanceof ImageNode) return open(panels, row);
  const wanted = row === undefined ? mentionedImage() : wantedImage(row);
  if (wanted && !(await pulledIfAbsent(host, pulling, wanted))) return;
  const given = wanted ? [referenceArgument(wanted)] : [row];
  const chosen = await chooseImage(host, given, l10n.t('Inspect Layers'));
  if (chosen) open(panels, chosen);
}

function open(panels: LayersPanels, chosen: ChosenImage): void {
  panels.show({ manifest: chosen.image.manifest.digest, name: imageName(chosen) });
}

function referenceArgument({ reference }: WantedImage): ReferenceArgument {
  return { reference: canonicalReference(reference) };
}
