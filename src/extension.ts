import {
  type ExtensionContext,
  ExtensionMode,
  languages,
  type TreeDataProvider,
  window,
  workspace,
} from 'vscode';
import { commands } from './contributions.ts';
import { githubApi } from './engine/registry/githubPackages.ts';
import { createEngine } from './ui/adapters/createEngine.ts';
import { knownCredentials } from './ui/adapters/knownCredentials.ts';
import { RegistrySecrets } from './ui/adapters/registrySecrets.ts';
import { PinActions, pinActionKinds } from './ui/codeActions/pinActions.ts';
import { wantedImage } from './ui/commands/arguments.ts';
import { compareWith, compareWithTag } from './ui/commands/comparing.ts';
import { type ComparePanels, compareImages } from './ui/commands/comparingImages.ts';
import { connectRegistry, disconnectRegistry } from './ui/commands/connectingRegistry.ts';
import {
  copyFilePath,
  copyFullTag,
  copyImageDigest,
  copyImageId,
  copyLayerDigest,
} from './ui/commands/copying.ts';
import { CopyingToRegistry } from './ui/commands/copyingToRegistry.ts';
import { deleteTag } from './ui/commands/deletingTags.ts';
import { EngineCopies } from './ui/commands/engines/engineCopies.ts';
import { EngineFolders } from './ui/commands/engines/engineFolders.ts';
import { EngineVerbs } from './ui/commands/engines/engineVerbs.ts';
import { hideEngine } from './ui/commands/engines/hidingEngines.ts';
import { Exporting } from './ui/commands/exporting.ts';
import { filterRegistry } from './ui/commands/filteringRegistry.ts';
import { findTextInImage } from './ui/commands/findingText.ts';
import { inspectLayers, type LayersPanels } from './ui/commands/inspectingLayers.ts';
import { Loading } from './ui/commands/loading.ts';
import { lookUpDigest } from './ui/commands/lookUpDigest.ts';
import { goToFile, openFile } from './ui/commands/openingFiles.ts';
import { openImageAsFolder } from './ui/commands/openingFolders.ts';
import { Pinning } from './ui/commands/pinning.ts';
import { platformPicker } from './ui/commands/platformPicker.ts';
import { pruneImages } from './ui/commands/pruning.ts';
import { Pulling } from './ui/commands/pulling.ts';
import { Pushing } from './ui/commands/pushing.ts';
import { registerCommands } from './ui/commands/registerCommands.ts';
import { bySelection, removeImages, removeSelected } from './ui/commands/removeImages.ts';
import { Saving } from './ui/commands/saving.ts';
import { showLayers } from './ui/commands/showLayers.ts';
import { ShownTransfers } from './ui/commands/shownTransfers.ts';
import { signIn, signOut } from './ui/commands/signingIn.ts';
import { tagImage } from './ui/commands/tagging.ts';
import { EngineHost } from './ui/engineHost.ts';
import { documentSelector } from './ui/hovers/documentSelector.ts';
import { LocalHover } from './ui/hovers/localHover.ts';
import { RemoteHover } from './ui/hovers/remoteHover.ts';
import { ImageDocuments } from './ui/imageDocuments.ts';
import { ImageFileSystem } from './ui/imageFileSystem/imageFileSystem.ts';
import { comparePanel } from './ui/panels/compare/comparePanel.ts';
import { layersPanel } from './ui/panels/layers/layersPanel.ts';
import { compareWithLayerBelow } from './ui/panels/layers/showChange.ts';
import { Panels } from './ui/panels/panels.ts';
import { RecentSearches } from './ui/panels/search/recentSearches.ts';
import { searchPanel } from './ui/panels/search/searchPanel.ts';
import { showReferrers } from './ui/referrers/showReferrers.ts';
import { affectsEngine, changeSetting, registriesSetting } from './ui/settings.ts';
import { terminalCommand } from './ui/terminalCommand.ts';
import { Transfers } from './ui/transfers.ts';
import { askImageFilter } from './ui/views/images/askImageFilter.ts';
import { askGrouping, askOrder, openImagesSettings } from './ui/views/images/askLook.ts';
import { ImagesView } from './ui/views/images/imagesView.ts';
import { TransferNode } from './ui/views/images/transferNode.ts';
import { MoreNode } from './ui/views/pages.ts';
import { RegistriesView } from './ui/views/registries/registriesView.ts';
import { RegistryNode } from './ui/views/registries/registryNode.ts';
import { RemoteRepositoryNode } from './ui/views/registries/remoteRepositoryNode.ts';
import type { TreeNode } from './ui/views/treeNode.ts';
import { WorkspaceView } from './ui/views/workspace/workspaceView.ts';
import { WastedSpace } from './ui/wastedSpace/wastedSpace.ts';

/** What the tests in an extension host look at; nobody else is given it. */
export interface ExtensionParts {
  readonly images: TreeDataProvider<TreeNode>;
  readonly mentions: TreeDataProvider<TreeNode>;
  readonly registries: TreeDataProvider<TreeNode>;
  /** Milliseconds that activating took. */
  readonly activation: number;
}

/** Composes the parts and registers them; nothing is read, scanned or asked before somebody looks. */
export function activate(context: ExtensionContext): ExtensionParts | undefined {
  const start = performance.now();
  const log = window.createOutputChannel('Strata', { log: true });
  const secrets = new RegistrySecrets(context.secrets, context.globalState);
  const host = new EngineHost(() => createEngine(context, secrets, log), log);
  const signInParts = { host, secrets, known: knownCredentials(secrets, log) };
  const transfers = new Transfers(log);
  const images = new ImagesView(host, transfers, log);
  const mentions = new WorkspaceView(log);
  const registries = new RegistriesView(host, log);
  const pinning = new Pinning(host);
  const shownTransfers = new ShownTransfers(transfers, images);
  const pulling = new Pulling(host, shownTransfers, platformPicker(host));
  const pushing = new Pushing(host, shownTransfers);
  const copyingToRegistry = new CopyingToRegistry(host, shownTransfers);
  const saving = new Saving(host, shownTransfers);
  const loading = new Loading(host, shownTransfers, images);
  const exporting = new Exporting(host, shownTransfers);
  const engineVerbs = new EngineVerbs(transfers, images);
  const engineCopies = new EngineCopies(host, shownTransfers);
  const documents = new ImageDocuments(host);
  const wastedSpace = new WastedSpace(host);
  const layersPanels: LayersPanels = new Panels(
    layersPanel(host, (panel, subject) => layersPanels.turn(panel, subject)),
    context,
    log,
  );
  const comparePanels: ComparePanels = new Panels(
    comparePanel(host, (panel, subject) => comparePanels.turn(panel, subject)),
    context,
    log,
  );
  const engineFolders = new EngineFolders(host, images, comparePanels);
  const recent = new RecentSearches(context.globalState);
  const registryHosts = () =>
    [...registriesSetting().map(({ registry }) => registry), ...secrets.registries].filter(
      (host) => host !== githubApi,
    );
  const searchParts = { host, pulling, recent, registries: registryHosts };
  const searchPanels = new Panels(searchPanel(searchParts), context, log);
  context.subscriptions.push(
    log,
    host,
    transfers,
    images,
    mentions,
    registries,
    documents,
    wastedSpace,
    layersPanels,
    comparePanels,
    searchPanels,
    new ImageFileSystem(host),
    terminalCommand(context, log),
    workspace.onDidChangeConfiguration((event) => affectsEngine(event) && host.replace()),
    workspace.onDidGrantWorkspaceTrust(() => host.replace()),
    // VS Code shows the hover that was registered last on top: the one that is there at once.
    languages.registerHoverProvider(documentSelector, new RemoteHover(host, log)),
    languages.registerHoverProvider(documentSelector, new LocalHover(host)),
    languages.registerCodeActionsProvider(documentSelector, new PinActions(), {
      providedCodeActionKinds: pinActionKinds,
    }),
    registerCommands(
      {
        [commands.searchImages]: () => {
          searchPanels.show({});
        },
        [commands.pullImage]: () => pulling.ask(),
        [commands.pull]: (argument) => engineVerbs.pull(argument) ?? pulling.pullArgument(argument),
        [commands.cancelTransfer]: (node) =>
          node instanceof TransferNode && transfers.cancel(node.transfer.id),
        [commands.retryTransfer]: (node) => node instanceof TransferNode && node.transfer.retry(),
        [commands.dismissTransfer]: (node) =>
          node instanceof TransferNode && transfers.dismiss(node.transfer.id),
        [commands.pushImage]: (...args) => engineVerbs.push(args[0]) ?? pushing.ask(...args),
        [commands.copyToRegistry]: (argument) => copyingToRegistry.ask(argument),
        [commands.tagImage]: (...args) => engineVerbs.tag(args[0]) ?? tagImage(host, ...args),
        [commands.inspectImage]: (...args) => documents.show('inspect', ...args),
        [commands.imageHistory]: (...args) => documents.show('history', ...args),
        [commands.showReferrers]: (argument) => showReferrers(host, documents, argument),
        [commands.saveImages]: (...args) => saving.ask(...args),
        [commands.loadImages]: () => loading.ask(),
        [commands.removeImage]: (...args) =>
          args[0] === bySelection
            ? (engineVerbs.remove([images.selection[0], images.selection]) ??
              removeSelected(host, images.selection))
            : (engineVerbs.remove(args) ?? removeImages(host, args)),
        [commands.pruneImages]: (argument) =>
          engineVerbs.prune(argument) ?? pruneImages(host, images, argument),
        [commands.refreshDocument]: (uri) => documents.refresh(uri),
        [commands.copyFullTag]: copyFullTag,
        [commands.copyImageDigest]: (...args) => copyImageDigest(host, ...args),
        [commands.copyImageId]: copyImageId,
        [commands.copyLayerDigest]: copyLayerDigest,
        [commands.copyFilePath]: copyFilePath,
        [commands.openFile]: (argument) => openFile(host, argument),
        [commands.goToFile]: (...args) => goToFile(host, ...args),
        [commands.findText]: (...args) => findTextInImage(host, ...args),
        [commands.openImageAsFolder]: (...args) =>
          engineFolders.open(args[0]) ?? openImageAsFolder(host, ...args),
        [commands.compareWith]: (...args) =>
          engineFolders.compare(args[0]) ?? compareWith(host, comparePanels, ...args),
        [commands.compareWithTag]: (...args) => compareWithTag(host, comparePanels, ...args),
        [commands.compareImages]: (...args) => compareImages(host, comparePanels, ...args),
        [commands.compareWithLayerBelow]: (row) => compareWithLayerBelow(host, row),
        [commands.exportFiles]: (...args) => exporting.ask(...args),
        [commands.copyToStore]: (...args) => engineCopies.toStore(...args),
        [commands.copyToEngine]: (...args) => engineCopies.toEngine(...args),
        [commands.compareMovedTag]: (row) => engineFolders.compareMoved(row),
        [commands.hideEngine]: (row) => hideEngine(row),
        [commands.refreshImages]: (node) => images.refreshSource(node),
        [commands.filterImages]: (given) => askImageFilter(images, given),
        [commands.clearImageFilter]: () => {
          images.search = '';
        },
        [commands.groupImagesBy]: (given) => askGrouping(given),
        [commands.sortImagesBy]: (given) => askOrder(given),
        [commands.showDanglingImages]: () => changeSetting('imagesShowDangling', true),
        [commands.hideDanglingImages]: () => changeSetting('imagesShowDangling', false),
        [commands.configureImagesView]: () => openImagesSettings(),
        [commands.showMoreImages]: async (node) => {
          if (node instanceof MoreNode && !(await registries.showMore(node))) await images.showMore(node);
        },
        [commands.refreshWorkspace]: () => mentions.refresh(),
        [commands.showLayers]: (argument) => showLayers(host, images, pulling, argument),
        [commands.inspectLayers]: (argument) => inspectLayers(host, layersPanels, argument),
        [commands.lookUpDigest]: (argument) =>
          lookUpDigest(
            host,
            { pull: (reference) => pulling.pull(reference), pin: () => pinning.pin(undefined) },
            argument,
          ),
        [commands.pin]: (argument) => pinning.pin(argument),
        [commands.unpin]: (argument) => pinning.unpin(argument),
        [commands.updatePin]: (argument) => pinning.update(argument),
        [commands.showWastedSpace]: (...args) => wastedSpace.show(...args),
        [commands.hideWastedSpace]: () => wastedSpace.hide(),
        // What was looked up with other credentials, or without, is out of date.
        [commands.signIn]: async (argument) => {
          const signedIn = await signIn(signInParts, argument);
          if (signedIn && !transfers.running) host.replace();
          return signedIn;
        },
        [commands.signOut]: async () => {
          if ((await signOut(host, secrets)) && !transfers.running) host.replace();
        },
        [commands.connectRegistry]: async (argument) => {
          const signedIn = await connectRegistry(signInParts, argument);
          if (signedIn && !transfers.running) host.replace();
        },
        [commands.disconnectRegistry]: disconnectRegistry,
        [commands.refreshRegistries]: (node) =>
          registries.refresh(
            node instanceof RegistryNode || node instanceof RemoteRepositoryNode ? node : undefined,
          ),
        [commands.filterRegistry]: (node) => filterRegistry(registries, node),
        [commands.inspectManifest]: async (node) => {
          const wanted = wantedImage(node);
          if (wanted) await documents.showManifest(wanted.reference);
        },
        [commands.deleteTag]: (node) => deleteTag(host, registries, node),
        [commands.showLog]: () => log.show(),
      },
      log,
    ),
  );
  if (context.extensionMode !== ExtensionMode.Test) return undefined;
  return {
    images: images.tree,
    mentions: mentions.tree,
    registries: registries.tree,
    activation: performance.now() - start,
  };
}
