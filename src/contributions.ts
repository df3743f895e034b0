import type { ImageGrouping } from './engine/listing/groupImages.ts';
import type { ImageOrder } from './engine/listing/sortImages.ts';
import type { ImageLabel, ImagePart } from './ui/views/images/imagesLook.ts';

/** Every id that the extension contributes. `test/unit/contributions.test.ts` holds them against package.json, both ways. */

export const category = 'Strata';

export const commands = {
  searchImages: 'strata.searchImages',
  pullImage: 'strata.pullImage',
  pull: 'strata.pull',
  cancelTransfer: 'strata.cancelTransfer',
  retryTransfer: 'strata.retryTransfer',
  dismissTransfer: 'strata.dismissTransfer',
  pushImage: 'strata.pushImage',
  copyToRegistry: 'strata.copyToRegistry',
  tagImage: 'strata.tagImage',
  inspectImage: 'strata.inspectImage',
  imageHistory: 'strata.imageHistory',
  showReferrers: 'strata.showReferrers',
  saveImages: 'strata.saveImages',
  loadImages: 'strata.loadImages',
  removeImage: 'strata.removeImage',
  pruneImages: 'strata.pruneImages',
  refreshDocument: 'strata.refreshDocument',
  copyFullTag: 'strata.copyFullTag',
  copyImageDigest: 'strata.copyImageDigest',
  copyImageId: 'strata.copyImageId',
  copyLayerDigest: 'strata.copyLayerDigest',
  copyFilePath: 'strata.copyFilePath',
  openFile: 'strata.openFile',
  goToFile: 'strata.goToFile',
  findText: 'strata.findText',
  openImageAsFolder: 'strata.openImageAsFolder',
  compareWith: 'strata.compareWith',
  compareWithTag: 'strata.compareWithTag',
  compareImages: 'strata.compareImages',
  compareWithLayerBelow: 'strata.compareWithLayerBelow',
  exportFiles: 'strata.exportFiles',
  copyToStore: 'strata.copyToStore',
  copyToEngine: 'strata.copyToEngine',
  compareMovedTag: 'strata.compareMovedTag',
  hideEngine: 'strata.hideEngine',
  refreshImages: 'strata.refreshImages',
  filterImages: 'strata.filterImages',
  clearImageFilter: 'strata.clearImageFilter',
  groupImagesBy: 'strata.groupImagesBy',
  sortImagesBy: 'strata.sortImagesBy',
  showDanglingImages: 'strata.showDanglingImages',
  hideDanglingImages: 'strata.hideDanglingImages',
  configureImagesView: 'strata.configureImagesView',
  showMoreImages: 'strata.showMoreImages',
  refreshWorkspace: 'strata.refreshWorkspace',
  showLayers: 'strata.showLayers',
  inspectLayers: 'strata.inspectLayers',
  lookUpDigest: 'strata.lookUpDigest',
  pin: 'strata.pin',
  unpin: 'strata.unpin',
  updatePin: 'strata.updatePin',
  showWastedSpace: 'strata.showWastedSpace',
  hideWastedSpace: 'strata.hideWastedSpace',
  signIn: 'strata.signIn',
  signOut: 'strata.signOut',
  connectRegistry: 'strata.connectRegistry',
  disconnectRegistry: 'strata.disconnectRegistry',
  refreshRegistries: 'strata.refreshRegistries',
  filterRegistry: 'strata.filterRegistry',
  inspectManifest: 'strata.inspectManifest',
  deleteTag: 'strata.deleteTag',
  showLog: 'strata.showLog',
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];

export const viewContainer = 'strata';

export const views = {
  images: 'strata.images',
  workspace: 'strata.workspace',
  registries: 'strata.registries',
} as const;

export type ViewId = (typeof views)[keyof typeof views];

/** Kinds of webview panels. */
export const panels = {
  layers: 'strata.layers',
  compare: 'strata.compare',
  search: 'strata.search',
} as const;

export type PanelId = (typeof panels)[keyof typeof panels];

/** `viewItem` of the trees' nodes, for menus. */
export const viewItems = {
  runningTransfer: 'transfer.running',
  failedTransfer: 'transfer.failed',
  doneTransfer: 'transfer.done',
  repository: 'repository',
  imageGroup: 'imageGroup',
  taggedImage: 'image.tagged',
  danglingImage: 'image.dangling',
  danglingGroup: 'danglingGroup',
  layer: 'layer',
  step: 'step',
  file: 'file.plain',
  folder: 'file.folder',
  otherFile: 'file.other',
  engine: 'engine',
  taggedEngineImage: 'engineImage.tagged',
  movedEngineImage: 'engineImage.moved',
  danglingEngineImage: 'engineImage.dangling',
  container: 'container.plain',
  staleContainer: 'container.stale',
  message: 'message',
  more: 'more',
  workspaceFolder: 'workspaceFolder',
  mentionFile: 'mentionFile',
  floatingMention: 'mention.floating',
  pinnedMention: 'mention.pinned',
  otherMention: 'mention.other',
  registry: 'registry',
  remoteRepository: 'remote.repository',
  remoteTag: 'remote.tag',
  remotePlatform: 'remote.platform',
  remoteLayer: 'remote.layer',
} as const;

export type ViewItem = (typeof viewItems)[keyof typeof viewItems];

export const contextKeys = {
  /** The In This Workspace view has been filled at least once, so that its welcome is the truth. */
  workspaceScanned: 'strata.workspaceScanned',
  /** The Images view shows only what fits a filter. */
  imagesFiltered: 'strata.imagesFiltered',
  /** A Dockerfile shows what an image wastes. */
  wastedSpaceShown: 'strata.wastedSpaceShown',
} as const;

export type ContextKey = (typeof contextKeys)[keyof typeof contextKeys];

/** Each setting's id with the value it has where nobody set it. */
export const settings = {
  storeDirectory: { id: 'strata.storeDirectory', defaultValue: '' as string },
  insecureRegistries: { id: 'strata.insecureRegistries', defaultValue: [] as readonly string[] },
  idleTimeout: { id: 'strata.idleTimeout', defaultValue: 30 as number },
  terminalEnabled: { id: 'strata.terminal.enabled', defaultValue: true as boolean },
  registries: { id: 'strata.registries', defaultValue: [] as readonly string[] },
  registryMirrors: {
    id: 'strata.registryMirrors',
    defaultValue: {} as Readonly<Record<string, readonly string[]>>,
  },
  imagesGroupBy: { id: 'strata.images.groupBy', defaultValue: 'Repository' as ImageGrouping },
  imagesSortBy: { id: 'strata.images.sortBy', defaultValue: 'Label' as ImageOrder },
  imagesLabel: { id: 'strata.images.label', defaultValue: 'Automatic' as ImageLabel },
  imagesDescription: {
    id: 'strata.images.description',
    defaultValue: ['Size', 'CreatedTime', 'OtherTags', 'ImageId', 'Platform'] as readonly ImagePart[],
  },
  imagesShowDangling: { id: 'strata.images.showDangling', defaultValue: true as boolean },
  hiddenEngines: { id: 'strata.images.hiddenEngines', defaultValue: [] as readonly string[] },
  imagesShowEmptySteps: { id: 'strata.images.showEmptySteps', defaultValue: false as boolean },
} as const;

export type SettingName = keyof typeof settings;
export type SettingValue<N extends SettingName> = (typeof settings)[N]['defaultValue'];

/** Scheme of the documents that tell what the engine knows of an image. */
export const imageTextScheme = 'strata-text';

/** Scheme of the files of images: a file system of VS Code's. */
export const imageFileScheme = 'strata-image';
