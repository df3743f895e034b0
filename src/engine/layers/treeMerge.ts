import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfCancelled } from '../errors.ts';
import type { EntryPlace, UnionTree } from './unionTree.ts';

/** Paths compared before other work gets its turn: a few milliseconds. */
const portion = 8_000;

/** A path that differs, by its number in either tree; `undefined` in the one that does not have it. */
export interface DifferentPath {
  readonly left: number | undefined;
  readonly right: number | undefined;
}

/**
 * The paths in which two trees differ, in byte order, in portions so that nothing else on the thread has to wait. A path
 * below a folder that only one tree has is one too. Times and extended attributes do not count. O(paths); nothing of the
 * trees is copied.
 * @throws `Cancelled`
 */
export async function* differentPaths(
  before: UnionTree,
  after: UnionTree,
  signal?: AbortSignal,
): AsyncGenerator<DifferentPath, void, undefined> {
  const merge = new TreeMerge(before, after);
  while (!merge.isDone) {
    throwIfCancelled(signal);
    yield* merge.advance(portion);
    await nextTurn();
  }
}

/** Walks both trees side by side. */
class TreeMerge {
  readonly #before: UnionTree;
  readonly #after: UnionTree;
  /** For each layer of `before` those of `after` that are the same: in what images share, a path is one look. */
  readonly #shared: readonly (readonly boolean[])[];
  #left = 0;
  #right = 0;

  constructor(before: UnionTree, after: UnionTree) {
    this.#before = before;
    this.#after = after;
    this.#shared = before.layers.map(({ diffId }) => after.layers.map((layer) => layer.diffId === diffId));
  }

  get isDone(): boolean {
    return this.#left >= this.#before.length && this.#right >= this.#after.length;
  }

  /** Looks at so many paths. */
  *advance(paths: number): Generator<DifferentPath, void, undefined> {
    for (let count = 0; count < paths && !this.isDone; count++) {
      const different = this.#next();
      if (different) yield different;
    }
  }

  #next(): DifferentPath | undefined {
    const left = this.#left;
    const right = this.#right;
    const order = this.#order(left, right);
    if (order <= 0) this.#left++;
    if (order >= 0) this.#right++;
    if (order < 0) return { left, right: undefined };
    if (order > 0) return { left: undefined, right };
    return this.#isSame(left, right) ? undefined : { left, right };
  }

  /** Below 0 where the next path is of `before` alone, above 0 where of `after`. */
  #order(left: number, right: number): number {
    if (left >= this.#before.length) return 1;
    if (right >= this.#after.length) return -1;
    if (this.#isSameEntry(this.#before.place(left), this.#after.place(right))) return 0;
    return Buffer.compare(this.#before.pathBytes(left), this.#after.pathBytes(right));
  }

  #isSameEntry(left: EntryPlace, right: EntryPlace): boolean {
    return left.at === right.at && this.#shared[left.layer]?.[right.layer] === true;
  }

  /** What a hard link is depends on more than its own entry, and on other layers. */
  #isSame(left: number, right: number): boolean {
    const places = [this.#before.place(left), this.#after.place(right)] as const;
    const isLink = this.#before.isHardLink(places[0]) || this.#after.isHardLink(places[1]);
    if (!isLink && this.#isSameEntry(...places)) return true;
    return (
      this.#isSameMeta(...places) &&
      this.#isSameContent(...places) &&
      (!isLink || this.#isSameRow(left, right))
    );
  }

  #isSameMeta(left: EntryPlace, right: EntryPlace): boolean {
    const before = this.#before.index(left.layer);
    const after = this.#after.index(right.layer);
    return (
      before.mode(left.at) === after.mode(right.at) &&
      before.uid(left.at) === after.uid(right.at) &&
      before.gid(left.at) === after.gid(right.at)
    );
  }

  /** Bytes of a file, target of a symlink, number of a device; and that both are of one type. */
  #isSameContent(left: EntryPlace, right: EntryPlace): boolean {
    const before = this.#before.contentNode(left);
    const after = this.#after.contentNode(right);
    if (!before || !after) return before === after;
    return (
      plainKind(before.kind) === plainKind(after.kind) &&
      before.index.device(before.at) === after.index.device(after.at) &&
      isSameBytes(before.index.contentHash(before.at), after.index.contentHash(after.at)) &&
      (before.kind !== 'symlink' ||
        isSameBytes(before.index.linkBytes(before.at), after.index.linkBytes(after.at)))
    );
  }

  #isSameRow(left: number, right: number): boolean {
    const before = this.#before.row(left);
    const after = this.#after.row(right);
    return before.type === after.type && before.linkName === after.linkName;
  }
}

function plainKind(kind: string): string {
  return kind === 'implied' ? 'directory' : kind;
}

function isSameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
