import { join } from 'node:path';
import type {
  FileRow,
  ImageAnalysis,
  ImageEntry,
  ImageLayer,
  LayerEntryType,
  LayerPair,
  PathChange,
  PathHistorySlice,
  ReadableImage,
  TreeChoice,
  WastedFile,
} from '../image.ts';
import { diffTrees, TreeComparison } from '../layers/diffTrees.ts';
import { encodePath } from '../layers/entryText.ts';
import { entriesIn, entryAt } from '../layers/imageEntries.ts';
import type { UnionTree } from '../layers/unionTree.ts';
import type { ImageConfig } from '../oci/imageConfig.ts';
import { comparePackages, type PackageComparison } from '../packages/comparePackages.ts';
import { imagePackages } from '../packages/imagePackages.ts';
import type { InstalledPackage } from '../packages/installedPackage.ts';
import { eventStream } from '../tasks/eventStream.ts';
import { type ConfigDifference, compareConfigs } from './compareConfigs.ts';
import type { ExportEvent } from './exportEvent.ts';
import { type ExportPlace, exportFiles } from './exportFiles.ts';
import { findText, type TextMatch, type TextQuery } from './findText.ts';
import type { ImageContent } from './imageContent.ts';
import { packageFiles } from './packageFiles.ts';

/** What the engine tells of an image's inside, wherever the image is: in the store, a layout, an archive, a registry, an engine. */
export abstract class ImageReader {
  /** What has been read of it so far. */
  protected abstract contentOf(image: ReadableImage): ImageContent;

  /** For who writes a file that holds what an image has. @throws `Invalid` where it would be in the store, `Io` */
  abstract requireOutsideStore(path: string): Promise<void>;

  /** The image's config, as the registry had it. */
  async config(image: ReadableImage, signal?: AbortSignal): Promise<ImageConfig> {
    return (await this.contentOf(image).documents(signal)).config;
  }

  /** One row a history step; a layer that has no index yet is read and verified first. */
  layers(image: ReadableImage, signal?: AbortSignal): Promise<readonly ImageLayer[]> {
    return this.contentOf(image).layers(signal);
  }

  /** The union a container would see, in byte order of path. */
  async files(image: ReadableImage, signal?: AbortSignal): Promise<Iterable<FileRow>> {
    return (await this.contentOf(image).union(signal)).rows();
  }

  /**
   * One layer's own entries, in byte order of path.
   * @param layer an `index` of {@link layers}
   * @throws `Invalid` where that step made no layer
   */
  async layerFiles(
    image: ReadableImage,
    layer: number,
    signal?: AbortSignal,
  ): Promise<Iterable<FileRow<LayerEntryType>>> {
    return (await this.contentOf(image).layerIndex(layer, signal)).rows(layer);
  }

  /** How much of the image's bytes is wasted and where, in dive's figures. Every layer is verified first, as in {@link layers}. */
  analyze(image: ReadableImage, signal?: AbortSignal): Promise<ImageAnalysis> {
    return this.contentOf(image).analyze(signal);
  }

  /**
   * The largest files behind each layer's `wastedBytes`, largest first, by the layer's `index` in {@link layers}.
   * @param most how many of one layer
   */
  wastedFiles(
    image: ReadableImage,
    most: number,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<number, readonly WastedFile[]>> {
    return this.contentOf(image).wastedFiles(most, signal);
  }

  /** What each layer does to each path, in slices as they are read: the whole image for somebody who looks at it from all sides. */
  pathHistory(image: ReadableImage, signal?: AbortSignal): AsyncGenerator<PathHistorySlice, void, undefined> {
    return this.contentOf(image).history(signal);
  }

  /**
   * The bytes of the file that the path leads to in the union, symlinks followed within the image. Every layer is what it
   * claims to be before this resolves, and the file's own bytes are held against their digest as they come.
   * @param path absolute; bytes that are not UTF-8 as in {@link FileRow}
   * @param options.follow whether a symlink at the end is followed; true
   * @param options.layer reads in that layer alone (see {@link entry})
   * @throws `NotFound`, `Invalid` where it is a folder, device or pipe or where links go round in circles, `DigestMismatch`
   *   (the bytes then fail at their end at the latest), `Corrupt`, `Io`, `Cancelled`
   */
  async readFile(
    image: ReadableImage,
    path: string,
    { follow = true, layer }: TreeChoice & { readonly follow?: boolean } = {},
    signal?: AbortSignal,
  ): Promise<AsyncGenerator<Uint8Array, void, undefined>> {
    return this.contentOf(image).readFile(path, { follow, layer }, signal);
  }

  /**
   * What is at a path, as a process would see it whose root is the image, or one layer of it by itself (deletions are not
   * in that one): symlinks on the way lead to where they say within it, and `..` stays at its root.
   * @param path absolute; bytes that are not UTF-8 as in {@link FileRow}
   * @throws `NotFound`, `Invalid` where links on the way go round in circles or the step made no layer
   */
  async entry(
    image: ReadableImage,
    path: string,
    { layer }: TreeChoice = {},
    signal?: AbortSignal,
  ): Promise<ImageEntry> {
    return entryAt(await this.contentOf(image).tree(layer, signal), encodePath(path));
  }

  /**
   * What is directly in the folder that a path leads to, in byte order. Costs what it gives.
   * @throws as {@link entry}; `NotFound` also where the path leads to no folder
   */
  async folder(
    image: ReadableImage,
    path: string,
    { layer }: TreeChoice = {},
    signal?: AbortSignal,
  ): Promise<readonly ImageEntry[]> {
    return entriesIn(await this.contentOf(image).tree(layer, signal), encodePath(path));
  }

  /**
   * Writes the file or folder that a path leads to, with all that is in it, to this machine's disk: under the given name
   * in the given folder and nowhere else, whole or not at all. Breaking off the loop cancels it.
   * @throws `NotFound`, `Invalid` (no file or folder; no name), `Conflict` where the name is taken, `DigestMismatch`, `Io`
   */
  export(
    image: ReadableImage,
    path: string,
    { layer, ...place }: ExportPlace & TreeChoice,
    signal?: AbortSignal,
  ): AsyncGenerator<ExportEvent, void, undefined> {
    const content = this.contentOf(image);
    return eventStream(async (emit, cancel) => {
      await this.requireOutsideStore(join(place.folder, place.name));
      const source = await content.exportSource(path, { layer }, cancel);
      await exportFiles(source, place, emit, cancel);
    }, signal);
  }

  /**
   * The lines of an image's text files, at and below a path, that hold a text; each layer is read in one pass. Breaking
   * off the loop ends it.
   * @throws as {@link findText}, and what reading the image throws
   */
  async *findText(
    image: ReadableImage,
    path: string,
    { layer, ...query }: TextQuery & TreeChoice,
    signal?: AbortSignal,
  ): AsyncGenerator<TextMatch, void, undefined> {
    yield* findText(await this.contentOf(image).exportSource(path, { layer }, signal), path, query, signal);
  }

  /**
   * What is different from the one image's files to the other's: a row for every path, in byte order.
   * @param layers single layers instead of the whole images; what they delete is not in them
   */
  async *diff(
    before: ReadableImage,
    after: ReadableImage,
    layers: LayerPair = {},
    signal?: AbortSignal,
  ): AsyncGenerator<PathChange, void, undefined> {
    yield* diffTrees(...(await this.#trees(before, after, layers, signal)), signal);
  }

  /** The same, counted, and with the files recognised that have only moved. Its rows cost when they are asked for. */
  async compareFiles(
    before: ReadableImage,
    after: ReadableImage,
    layers: LayerPair = {},
    signal?: AbortSignal,
  ): Promise<TreeComparison> {
    return TreeComparison.make(...(await this.#trees(before, after, layers, signal)), signal);
  }

  /** What two images say otherwise of themselves, in configs and manifests. */
  async compareConfigs(
    before: ReadableImage,
    after: ReadableImage,
    signal?: AbortSignal,
  ): Promise<readonly ConfigDifference[]> {
    const documents = await this.contentOf(before).documents(signal);
    return compareConfigs(documents, await this.contentOf(after).documents(signal));
  }

  /**
   * What package managers have installed in the image, by name, as their own databases tell: dpkg (also a file a package,
   * as in distroless images), apk, rpm (SQLite, ndb, Berkeley DB). None where there is no database.
   * @throws `Corrupt`, `TooLarge` with the database's `path`, `DigestMismatch`, `Io`, `Cancelled`
   */
  packages(image: ReadableImage, signal?: AbortSignal): Promise<readonly InstalledPackage[]> {
    return imagePackages(packageFiles(this.contentOf(image)), signal);
  }

  /**
   * Which package went from which version to which, which came and which went. Between images for two processors the
   * packages' own architectures do not count.
   * @throws as {@link packages}
   */
  async comparePackages(
    before: ReadableImage,
    after: ReadableImage,
    signal?: AbortSignal,
  ): Promise<PackageComparison> {
    const ignoreArchitecture = before.platform.architecture !== after.platform.architecture;
    const left = await this.packages(before, signal);
    return comparePackages(left, await this.packages(after, signal), { ignoreArchitecture });
  }

  /** The direct children of a folder (`/` at the top), of one layer or (`layer` undefined) of the union. Costs what it gives. */
  async children(
    image: ReadableImage,
    layer: number | undefined,
    path: string,
    signal?: AbortSignal,
  ): Promise<readonly FileRow<LayerEntryType>[]> {
    const content = this.contentOf(image);
    if (layer === undefined) return (await content.union(signal)).children(path);
    return (await content.layerIndex(layer, signal)).children(path, layer);
  }

  async #trees(
    before: ReadableImage,
    after: ReadableImage,
    layers: LayerPair,
    signal?: AbortSignal,
  ): Promise<[UnionTree, UnionTree]> {
    const left = await this.contentOf(before).tree(layers.before, signal);
    return [left, await this.contentOf(after).tree(layers.after, signal)];
  }
}
