import { setImmediate as nextTurn } from 'node:timers/promises';
import { EngineError, throwIfCancelled } from '../errors.ts';
import { decodePath } from '../layers/entryText.ts';
import { followLinks, shown } from '../layers/followLinks.ts';
import { lowerBound } from '../layers/sortedPaths.ts';
import type { EntryPlace, UnionTree } from '../layers/unionTree.ts';
import type { LeftOut } from './exportEvent.ts';

/** Paths looked at before other work gets its turn: a few milliseconds. */
const portion = 4000;

/** A path to be written. */
export interface ExportItem {
  /** Below what is exported, with a leading slash; empty for that itself. A view, not a copy. */
  readonly path: Uint8Array;
  /** Its own entry: mode, owner and times. */
  readonly own: EntryPlace;
}

/** A file of a layer with all the names that it is exported under. */
export interface ExportFile {
  /** Where its bytes are. */
  readonly content: EntryPlace;
  readonly names: ExportItem[];
}

/** What there is to write, in the order in which it is safe: folders, files, then links. */
export interface ExportPlan {
  /** Each before what it holds. */
  readonly folders: readonly ExportItem[];
  /** By position of the layer, each in the order in which their bytes stand there. */
  readonly files: ReadonlyMap<number, readonly ExportFile[]>;
  readonly symlinks: readonly ExportItem[];
  readonly leftOut: { -readonly [Key in keyof LeftOut]: number };
  /** Files, every name counted. */
  readonly fileCount: number;
  /** Of the files' content, each counted once. */
  readonly bytes: number;
}

/**
 * What is to be written where a path of a tree is exported: itself, and all below it where it leads to a folder.
 * @throws `NotFound`, `Invalid` where links on the way go round in circles, `Cancelled`
 */
export async function planExport(
  tree: UnionTree,
  path: Uint8Array,
  signal?: AbortSignal,
): Promise<ExportPlan> {
  const root = followLinks(tree, path).path;
  const planner = new Planner(tree, root.length);
  const own = lowerBound(tree, root);
  if (root.length === 0) planner.addRoot();
  else planner.add(own);
  let seen = 0;
  for (const at of placesBelow(tree, root)) {
    planner.add(at);
    if (++seen % portion === 0) await nextTurn();
    throwIfCancelled(signal);
  }
  const plan = planner.plan();
  if (plan.folders.length > 0 || plan.fileCount > 0) return plan;
  throw new EngineError('Invalid', `${shown(path)} is neither a file nor a folder`, {
    path: decodePath(path),
  });
}

/** Numbers in their layer's index. */
export function entriesOf(files: readonly ExportFile[]): readonly number[] {
  return files.map(({ content: { at } }) => at);
}

/** In byte order all that begins with the folder's path and a slash stands together. */
function* placesBelow(tree: UnionTree, folder: Uint8Array): Generator<number> {
  const slash = 0x2f;
  const end = lowerBound(tree, Buffer.concat([folder, Buffer.of(slash + 1)]));
  for (let at = lowerBound(tree, Buffer.concat([folder, Buffer.of(slash)])); at < end; at++) yield at;
}

class Planner {
  readonly #tree: UnionTree;
  /** Bytes of the path of what is exported. */
  readonly #cut: number;
  readonly #folders: ExportItem[] = [];
  readonly #symlinks: ExportItem[] = [];
  readonly #files = new Map<number, Map<number, ExportFile>>();
  readonly #leftOut = { devices: 0, links: 0, names: 0, owners: 0, setIds: 0, attributes: 0 };
  #fileCount = 0;
  #bytes = 0;

  constructor(tree: UnionTree, cut: number) {
    this.#tree = tree;
    this.#cut = cut;
  }

  /** No layer describes the root. */
  addRoot(): void {
    this.#folders.push({ path: new Uint8Array(0), own: { layer: -1, at: -1 } });
  }

  add(at: number): void {
    const own = this.#tree.place(at);
    const item = { path: this.#tree.pathBytes(at).subarray(this.#cut), own };
    const node = this.#tree.contentNode(own);
    switch (node.kind) {
      case 'directory':
      case 'implied':
        this.#folders.push(item);
        break;
      case 'file':
        this.#addFile(item, node);
        break;
      case 'symlink':
        this.#symlinks.push({ ...item, own: node });
        break;
      case 'hardlink':
        this.#leftOut.links++;
        return;
      default:
        this.#leftOut.devices++;
        return;
    }
    this.#countLosses(own);
  }

  plan(): ExportPlan {
    const files = new Map<number, readonly ExportFile[]>();
    for (const [layer, byOffset] of this.#files) {
      const index = this.#tree.index(layer);
      const offset = ({ content }: ExportFile) => index.dataOffset(content.at);
      files.set(
        layer,
        [...byOffset.values()].sort((a, b) => offset(a) - offset(b)),
      );
    }
    return {
      folders: this.#folders,
      files,
      symlinks: this.#symlinks,
      leftOut: this.#leftOut,
      fileCount: this.#fileCount,
      bytes: this.#bytes,
    };
  }

  /** Names of one file have its bytes in common, and stay one file. */
  #addFile(item: ExportItem, { layer, at }: EntryPlace): void {
    const index = this.#tree.index(layer);
    const offset = index.dataOffset(at);
    const files = this.#files.get(layer) ?? new Map<number, ExportFile>();
    this.#files.set(layer, files);
    const known = files.get(offset);
    this.#fileCount++;
    if (known) {
      known.names.push(item);
      return;
    }
    files.set(offset, { content: { layer, at }, names: [item] });
    this.#bytes += index.size(at);
  }

  #countLosses({ layer, at }: EntryPlace): void {
    const index = this.#tree.index(layer);
    if (!isOurs(index.uid(at), index.gid(at))) this.#leftOut.owners++;
    if (index.mode(at) & 0o6000) this.#leftOut.setIds++;
    if (index.xattrs(at).size > 0) this.#leftOut.attributes++;
  }
}

function isOurs(uid: number, gid: number): boolean {
  return process.getuid?.() === uid && process.getgid?.() === gid;
}
