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
    inspectNow: l10n.t('Inspect What the Name Stands for Now'),
    changes: l10n.t('{0} added, {1} changed, {2} removed'),
    wasted: l10n.t('{0} wasted'),
    unverified: l10n.t('Not verified: its list of files is the registry’s word'),
    noLayers: l10n.t('The image has no layers.'),
    views: l10n.t('What to look at'),
    files: l10n.t('Files'),
    map: l10n.t('Map'),
    waste: l10n.t('Wasted Space'),
    ...scopeStrings(),
    ...rowStrings(),
    ...pictureStrings(),
  };
}

function scopeStrings() {
  return {
    scope: l10n.t('Which files'),
    scopeChanges: l10n.t('What the layer changes'),
    scopeLayer: l10n.t('What the layer holds'),
    scopeImage: l10n.t('The image up to the layer'),
    sort: l10n.t('Order'),
    sortByName: l10n.t('By name'),
    sortBySize: l10n.t('By size'),
    search: l10n.t('Search in paths'),
    searchHint: l10n.t('Search in paths: lib/*.so, **/cache'),
    filters: l10n.t('Show only'),
    added: l10n.t('Added'),
    modified: l10n.t('Changed'),
    removed: l10n.t('Removed'),
    wastedFilter: l10n.t('Wasted'),
    readingFiles: l10n.t('Reading the files…'),
    summary: l10n.t('{0} paths, {1}'),
    summaryOfOne: l10n.t('{0} path, {1}'),
    noMatch: l10n.t('No path fits'),
    noMatchHint: l10n.t('Search and filters leave nothing of {0} paths.'),
    clearFilters: l10n.t('Show All'),
    nothingHere: l10n.t('The layer changes no file.'),
  };
}

function rowStrings() {
  return {
    open: l10n.t('Open'),
    openChange: l10n.t('Compare with Layer Below'),
    copyPath: l10n.t('Copy Path'),
    rowActions: l10n.t('The chosen path'),
    didAdd: l10n.t('added by layer {0}'),
    didModify: l10n.t('changed by layer {0}'),
    didRemove: l10n.t('removed by layer {0}'),
    didWaste: l10n.t('{0} of layer {1} wasted by layer {2}'),
    folder: l10n.t('folder'),
    symlink: l10n.t('symbolic link'),
    hardlink: l10n.t('hard link'),
    otherType: l10n.t('special file'),
  };
}

function pictureStrings() {
  return {
    mapPicture: l10n.t('Where the bytes of {0} are: {1}'),
    mapEmpty: l10n.t('There are no bytes to draw.'),
    mapHint: l10n.t('The Files tab, by size, says the same in words.'),
    mapUp: l10n.t('Folder Above'),
    rest: l10n.t('{0} smaller'),
    efficiency: l10n.t('{0} efficient, as dive counts'),
    wastedInAll: l10n.t('{0} wasted: in a layer, then replaced or removed by a later one'),
    beyondDive: l10n.t('dive counts less: not what a removed folder held, for one.'),
    worstPaths: l10n.t('Paths by the bytes they waste'),
    worstPath: l10n.t('{0} in {1} layers'),
    noWaste: l10n.t('No layer replaces or removes what is in one below it.'),
    readingWaste: l10n.t('Looking for wasted space…'),
    fewerShown: l10n.t('The worst {0} paths.'),
  };
}
