import { l10n } from 'vscode';
import type { LayersStrings } from '../../../protocol/layersPage.ts';

/** The words of the Layers page, in the editor's language. */
export function layersStrings(): LayersStrings {
  return {
    title: l10n.t('Layers of {0}'),
    layers: l10n.t('Layers'),
    layersPicture: l10n.t('The layers to scale, the lowest on top: {0}'),
    readingLayers: l10n.t('Reading the layers…'),
    layerNumber: l10n.t('Layer {0}'),
    noInstruction: l10n.t('(its history does not say how it was made)'),
    asDistributed: l10n.t('{0} as distributed'),
    unpacked: l10n.t('{0} unpacked'),
    digest: l10n.t('Digest'),
    diffId: l10n.t('DiffID'),
    copyDigest: l10n.t('Copy Digest'),
    copyDiffId: l10n.t('Copy DiffID'),
    copied: l10n.t('Copied'),
    changes: l10n.t('{0} added, {1} changed, {2} removed'),
    wasted: l10n.t('{0} wasted'),
    noLayers: l10n.t('The image has no layers.'),
  };
}
