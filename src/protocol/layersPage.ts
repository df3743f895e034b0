// What the Layers page and the host say to one another.

import { asImageSource, type ImageSource, type Reading } from './imageSource.ts';
import type { Validators } from './messages.ts';
import { asSignIn, type SignIn } from './signIn.ts';
import {
  asCount,
  asFields,
  asList,
  asNothing,
  asOneOf,
  asOptional,
  asText,
  type Fields,
  MessageError,
} from './validate.ts';

/** The image that a page is about. */
export type LayersSubject = ImageSource;

export type LayersContract = {
  readonly calls: {
    /** The image and its layers. The first time, layers are read and verified; of an image in a registry it is told how far. */
    readonly image: Ask<undefined, Reading, ImageFacts>;
    /** What each layer does to each path. */
    readonly paths: Ask<undefined, PathSlice, undefined>;
    /** Which paths waste how much. */
    readonly waste: Ask<undefined, never, WasteFacts>;
    readonly open: Ask<FilePlace, never, undefined>;
    /** A file in the layer that changed it beside what was there below. */
    readonly openChange: Ask<FileChange, never, undefined>;
    readonly copy: Ask<{ readonly text: string }, never, undefined>;
    /** Has the page show what the image's name stands for now: where the store has the image no more. */
    readonly inspectNow: Ask<undefined, never, undefined>;
    readonly signIn: SignIn;
  };
  readonly events: Record<never, never>;
};

interface Ask<Params, Part, Answer> {
  readonly params: Params;
  readonly slice: Part;
  readonly result: Answer;
}

/** A layer as the host knows it, and as people count it. */
export interface LayerPlace {
  /** As in {@link LayerFacts}. */
  readonly step: number;
  /** From 1. */
  readonly number: number;
}

export interface FilePlace {
  /** Absolute; bytes that are not UTF-8 are lone surrogates U+DC80…U+DCFF, one a byte. */
  readonly path: string;
  readonly layer: LayerPlace;
}

export interface FileChange {
  readonly path: string;
  /** The layer that it was last put by before; absent where it was not there. */
  readonly before?: LayerPlace | undefined;
  /** The layer that put it; absent where it was removed. */
  readonly after?: LayerPlace | undefined;
}

/**
 * What the layers do to a stretch of the image's paths, as columns. Paths come in byte order, so a folder before what is in
 * it.
 */
export interface PathSlice {
  /** Number of the first path; the others follow. */
  readonly first: number;
  /** Last parts of the paths, `/` between them. */
  readonly names: string;
  /** For each path the number of its folder; {@link topFolder} at the top. */
  readonly parents: Uint32Array;
  /** For each path how many changes it has: at least one. */
  readonly changes: Uint16Array;
  /** For each change, those of a path one behind the other, the layer (0 the lowest): ascending. */
  readonly layers: Uint16Array;
  /** For each change one of {@link changeKinds}, by its place. */
  readonly kinds: Uint8Array;
  /** For each change what is there then (of a removal, what was): one of {@link pathTypes}, by its place. */
  readonly types: Uint8Array;
  /** For each change bytes of the file; 0 for all else. */
  readonly sizes: Float64Array;
  /** For each change the layer that replaces or removes these bytes later; {@link stillUsed} where none does. */
  readonly lostBy: Uint16Array;
}

export const topFolder = 0xffff_ffff;
export const stillUsed = 0xffff;
/** `repeated`: a folder that is put again as it is. */
export const changeKinds = ['repeated', 'added', 'modified', 'removed'] as const;
export const pathTypes = ['directory', 'file', 'symlink', 'hardlink', 'other'] as const;
export type PathType = (typeof pathTypes)[number];

export interface WasteFacts {
  /** As dive counts: bytes of the files if every path were written once, in its smallest form, of all bytes written; 0 to 1. */
  readonly efficiency: number;
  /** Bytes of all layers' files that higher layers replaced or hid: the sum of what {@link LayerFacts} tells. */
  readonly wastedBytes: number;
  /** Of those files, costliest first; the worst of them. */
  readonly worst: readonly WastefulPath[];
  /** Whether there are others. */
  readonly hasMore: boolean;
}

export interface WastefulPath {
  readonly path: string;
  /** Layers that hold bytes of it in vain. */
  readonly count: number;
  /** Those bytes. */
  readonly bytes: number;
}

export interface ImageFacts {
  readonly name: string;
  readonly platform: string;
  /** Of the config. */
  readonly id: string;
  readonly manifest: string;
  /** Lowest first. */
  readonly layers: readonly LayerFacts[];
}

export interface LayerFacts {
  /** Its step in the image's history, from 0. */
  readonly step: number;
  /** As its author wrote it, as far as is known; empty where nothing is. */
  readonly instruction: string;
  /** Of the bytes as distributed. */
  readonly digest: string;
  /** Bytes as distributed. */
  readonly size: number;
  /** Of the unpacked tar. */
  readonly diffId: string;
  /** Bytes of the unpacked tar; `null` of a layer in a registry that is known by its table of contents alone. */
  readonly unpackedSize: number | null;
  readonly added: number;
  readonly modified: number;
  readonly removed: number;
  /** Bytes of its files that higher layers replaced or hid. */
  readonly wastedBytes: number;
  /** Whether its files are what its digest says; not where a registry has listed them and nobody vouches for the list. */
  readonly filesVerified: boolean;
}

export interface LayersStrings {
  readonly title: string;
  readonly layers: string;
  readonly layersPicture: string;
  readonly readingLayers: string;
  readonly layerNumber: string;
  readonly noInstruction: string;
  readonly asDistributed: string;
  readonly unpacked: string;
  readonly digest: string;
  readonly diffId: string;
  readonly copyDigest: string;
  readonly copyDiffId: string;
  readonly copied: string;
  readonly inspectNow: string;
  readonly changes: string;
  readonly wasted: string;
  readonly unverified: string;
  readonly noLayers: string;
  readonly views: string;
  readonly files: string;
  readonly map: string;
  readonly waste: string;
  readonly scope: string;
  readonly scopeChanges: string;
  readonly scopeLayer: string;
  readonly scopeImage: string;
  readonly sort: string;
  readonly sortByName: string;
  readonly sortBySize: string;
  readonly search: string;
  readonly searchHint: string;
  readonly filters: string;
  readonly added: string;
  readonly modified: string;
  readonly removed: string;
  readonly wastedFilter: string;
  readonly readingFiles: string;
  readonly summary: string;
  readonly summaryOfOne: string;
  readonly noMatch: string;
  readonly noMatchHint: string;
  readonly clearFilters: string;
  readonly nothingHere: string;
  readonly open: string;
  readonly openChange: string;
  readonly copyPath: string;
  readonly rowActions: string;
  readonly didAdd: string;
  readonly didModify: string;
  readonly didRemove: string;
  readonly didWaste: string;
  readonly folder: string;
  readonly symlink: string;
  readonly hardlink: string;
  readonly otherType: string;
  readonly mapPicture: string;
  readonly mapEmpty: string;
  readonly mapHint: string;
  readonly mapUp: string;
  readonly rest: string;
  readonly efficiency: string;
  readonly wastedInAll: string;
  readonly beyondDive: string;
  readonly worstPaths: string;
  readonly worstPath: string;
  readonly noWaste: string;
  readonly readingWaste: string;
  readonly fewerShown: string;
}

/** Longest text that a page may put onto the clipboard: a path. */
const longestCopy = 10_000;
const mostLayers = 100_000;

export const layersValidators: Validators<LayersContract> = {
  image: asNothing,
  paths: asNothing,
  waste: asNothing,
  open: (params) => {
    const { path, layer } = asFields(params, 'open');
    return { path: asPath(path), layer: asLayerPlace(layer) };
  },
  openChange: (params) => {
    const change = asChange(asFields(params, 'openChange'));
    if (!change.before && !change.after) throw new MessageError('a change has a side at least');
    return change;
  },
  copy: (params) => ({ text: asText(asFields(params, 'copy').text, 'text', longestCopy) }),
  inspectNow: asNothing,
  signIn: asSignIn,
};

function asPath(value: unknown): string {
  const path = asText(value, 'path', longestCopy);
  if (path.startsWith('/')) return path;
  throw new MessageError('the path is not absolute');
}

function asLayerPlace(value: unknown): LayerPlace {
  const { step, number } = asFields(value, 'layer');
  return { step: asCount(step, 'step', mostLayers), number: asCount(number, 'number', mostLayers) };
}

/** What a row of the page gives to the commands of its context menu. Comes through VS Code, so it is read as anything. */
export interface RowContext extends FileChange {
  readonly webviewSection: 'file' | 'folder' | 'other';
  readonly preventDefaultContextMenuItems: true;
  readonly image: LayersSubject;
  /** Where to look at it. */
  readonly layer: LayerPlace;
}

/** `undefined` where it is none of ours. */
export function parseRowContext(
  value: unknown,
): Omit<RowContext, 'preventDefaultContextMenuItems'> | undefined {
  if (typeof value !== 'object' || value === null || !('webviewSection' in value)) return undefined;
  const fields = asFields(value, 'the row');
  return {
    ...asChange(fields),
    webviewSection: asOneOf(fields.webviewSection, ['file', 'folder', 'other'], 'the section'),
    image: parseLayersSubject(fields.image),
    layer: asLayerPlace(fields.layer),
  };
}

function asChange({ path, before, after }: Fields): FileChange {
  return {
    path: asPath(path),
    before: asOptional(before, asLayerPlace),
    after: asOptional(after, asLayerPlace),
  };
}

/** @throws `MessageError` */
export function parseLayersSubject(kept: unknown): LayersSubject {
  return asImageSource(asFields(kept, 'the subject'));
}

/** What of the image the tree shows: what the chosen layer changed, what it holds, or the union up to it. */
export const scopes = ['changes', 'layer', 'image'] as const;
export type Scope = (typeof scopes)[number];
export const sorts = ['name', 'size'] as const;
export type Sort = (typeof sorts)[number];
export const marks = ['added', 'modified', 'removed', 'wasted'] as const;
export type Mark = (typeof marks)[number];
export const tabs = ['files', 'map', 'waste'] as const;
export type Tab = (typeof tabs)[number];

/** What the page keeps for when it comes back. */
export interface LayersView {
  /** Position of the chosen layer among the layers. */
  readonly layer: number;
  readonly scope: Scope;
  readonly sort: Sort;
  readonly tab: Tab;
  /** Only paths with one of these marks; all where there is none. */
  readonly filters: readonly Mark[];
  readonly query: string;
  /** Paths of the unfolded folders. */
  readonly unfolded: readonly string[];
  /** Path of the current row. */
  readonly current?: string | undefined;
  readonly scrollTop: number;
  /** Path of the folder that the map shows; all of them where it is absent. */
  readonly mapFolder?: string | undefined;
  /** Path of the current row of what is wasted. */
  readonly wasted?: string | undefined;
}

/** Characters of a search that are kept. */
export const longestQuery = 4096;

/** Unfolded folders that are kept; more than anybody unfolds by hand. */
export const mostUnfolded = 1000;

export function parseLayersView(kept: unknown): LayersView {
  const fields = asFields(kept, 'the view');
  return {
    layer: asCount(fields.layer, 'layer', mostLayers),
    scope: asOneOf(fields.scope, scopes, 'scope'),
    sort: asOneOf(fields.sort, sorts, 'sort'),
    tab: asOneOf(fields.tab, tabs, 'tab'),
    filters: asList(fields.filters, (one) => asOneOf(one, marks, 'filter'), 'filters', marks.length),
    query: asText(fields.query, 'query', longestQuery),
    unfolded: asList(fields.unfolded, asPath, 'unfolded', mostUnfolded),
    current: asOptional(fields.current, asPath),
    scrollTop: asCount(fields.scrollTop, 'scrollTop'),
    mapFolder: asOptional(fields.mapFolder, asPath),
    wasted: asOptional(fields.wasted, asPath),
  };
}
