import type { FileRename, PathChange } from '../image.ts';
import { findRenames, type RenamedPaths } from './findRenames.ts';
import { type DifferentPath, differentPaths } from './treeMerge.ts';
import type { UnionTree } from './unionTree.ts';

/**
 * What is different between two trees: a row for every path, in byte order, also for those below a folder that is not in
 * the other. Times and extended attributes do not count. O(paths); nothing of the trees is copied.
 * @throws `Cancelled`
 */
export async function* diffTrees(
  before: UnionTree,
  after: UnionTree,
  signal?: AbortSignal,
): AsyncGenerator<PathChange, void, undefined> {
  for await (const path of differentPaths(before, after, signal)) yield changeOf(before, after, path);
}

/** How many paths differ, and which of them are files that have only moved. Eight bytes a moved file; rows are made on demand. */
export class TreeComparison {
  /** Paths that only the other tree has, that only this one had, and that both have, those of `renamed` files not counted. */
  readonly added: number;
  readonly removed: number;
  readonly modified: number;
  readonly renamed: number;
  readonly #before: UnionTree;
  readonly #after: UnionTree;
  readonly #paths: RenamedPaths;

  private constructor(
    before: UnionTree,
    after: UnionTree,
    counts: { readonly added: number; readonly removed: number; readonly modified: number },
    paths: RenamedPaths,
  ) {
    this.#before = before;
    this.#after = after;
    this.#paths = paths;
    this.renamed = paths.length;
    this.added = counts.added - paths.length;
    this.removed = counts.removed - paths.length;
    this.modified = counts.modified;
  }

  /**
   * Two passes over what differs, no row made. A removed and an added file are one renamed file where their bytes are the
   * same and not none.
   * @throws `Cancelled`
   */
  static async make(before: UnionTree, after: UnionTree, signal?: AbortSignal): Promise<TreeComparison> {
    const removed: number[] = [];
    const added: number[] = [];
    let modified = 0;
    for await (const { left, right } of differentPaths(before, after, signal)) {
      if (left === undefined) added.push(right ?? 0);
      else if (right === undefined) removed.push(left);
      else modified++;
    }
    const paths = await findRenames({ before, removed }, { after, added }, signal);
    const counts = { added: added.length, removed: removed.length, modified };
    return new TreeComparison(before, after, counts, paths);
  }

  /** In byte order of the new path. */
  *renames(): Generator<FileRename, void, undefined> {
    for (const [from, to] of this.#paths) yield this.#rename(from, to);
  }

  /** As {@link diffTrees}, but of each renamed file one row, where its new path stands. @throws `Cancelled` */
  async *changes(signal?: AbortSignal): AsyncGenerator<PathChange | FileRename, void, undefined> {
    for await (const path of differentPaths(this.#before, this.#after, signal)) {
      const { left, right } = path;
      const from = left === undefined ? this.#paths.from(right ?? 0) : undefined;
      if (from !== undefined) yield this.#rename(from, right ?? 0);
      else if (right !== undefined || !this.#paths.isSource(left ?? 0)) {
        yield changeOf(this.#before, this.#after, path);
      }
    }
  }

  #rename(from: number, to: number): FileRename {
    const [before, after] = [this.#before.row(from), this.#after.row(to)];
    return { path: after.path, change: 'renamed', before, after };
  }
}

function changeOf(before: UnionTree, after: UnionTree, { left, right }: DifferentPath): PathChange {
  const rows = {
    before: left === undefined ? null : before.row(left),
    after: right === undefined ? null : after.row(right),
  };
  const change = !rows.before ? 'added' : !rows.after ? 'removed' : 'modified';
  return { path: (rows.before ?? rows.after)?.path ?? '', change, ...rows };
}
