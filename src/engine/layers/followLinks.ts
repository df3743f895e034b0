import { EngineError } from '../errors.ts';
import { decodePath } from './entryText.ts';
import type { UnionNode, UnionTree } from './unionTree.ts';

/** Symlinks on the way to one file, as many as Linux follows. https://man7.org/linux/man-pages/man7/path_resolution.7.html */
const maxLinks = 40;

const slash = 0x2f;

/** Where a path ends. */
export interface FoundPath {
  /** Without links; empty for the root. */
  readonly path: Uint8Array;
  /** `undefined` for the root, which no layer needs to describe. */
  readonly node: UnionNode | undefined;
}

/**
 * Walks a path as a process whose root is the image would: symlinks lead to where they say within the image, absolute
 * ones from its root, and `..` stays there at the root.
 * @param path as bytes; one without a leading slash begins at the root too
 * @param follow whether a symlink at the end is followed; those before it always are
 * @throws `NotFound` where a part is missing or no folder, `Invalid` where links go round in circles
 */
export function followLinks(tree: UnionTree, path: Uint8Array, follow = true): FoundPath {
  const walk: Walk = {
    pending: partsOf(path),
    place: { path: new Uint8Array(0), node: undefined },
    links: 0,
  };
  for (let part = walk.pending.pop(); part !== undefined; part = walk.pending.pop()) {
    if (!isFolder(walk.place.node)) throw notFound(path, `${shown(walk.place.path)} is not a folder`);
    if (isDots(part, 2)) walk.place = placeAt(tree, parentOf(walk.place.path));
    else if (part.length > 0 && !isDots(part, 1)) step(tree, walk, part, path, follow);
  }
  return walk.place;
}

interface Walk {
  /** The parts that are still to go, the next one last. */
  readonly pending: Uint8Array[];
  place: FoundPath;
  links: number;
}

function step(tree: UnionTree, walk: Walk, part: Uint8Array, asked: Uint8Array, follow: boolean): void {
  const next = placeAt(tree, Buffer.concat([walk.place.path, Buffer.of(slash), part]));
  if (!next.node) throw notFound(asked, missing(asked, next.path));
  const isFollowed = next.node.kind === 'symlink' && (follow || walk.pending.length > 0);
  if (!isFollowed) {
    walk.place = next;
    return;
  }
  if (++walk.links > maxLinks) {
    throw new EngineError('Invalid', `${shown(asked)} leads through more than ${maxLinks} symbolic links`, {
      path: decodePath(asked),
    });
  }
  const target = next.node.index.linkBytes(next.node.at);
  if (target[0] === slash) walk.place = placeAt(tree, new Uint8Array(0));
  walk.pending.push(...partsOf(target));
}

function placeAt(tree: UnionTree, path: Uint8Array): FoundPath {
  return { path, node: path.length === 0 ? undefined : tree.node(path) };
}

/** The last part first. A trailing slash is an empty part, which only a folder can have. */
function partsOf(path: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let start = 0; start <= path.length; ) {
    const found = path.indexOf(slash, start);
    const end = found < 0 ? path.length : found;
    parts.push(path.subarray(start, end));
    start = end + 1;
  }
  return parts.reverse();
}

function parentOf(path: Uint8Array): Uint8Array {
  return path.subarray(0, Math.max(0, path.lastIndexOf(slash)));
}

function isDots(part: Uint8Array, count: number): boolean {
  return part.length === count && part.every((byte) => byte === 0x2e);
}

/** The root is one too. */
export function isFolder(node: UnionNode | undefined): boolean {
  return node === undefined || node.kind === 'directory' || node.kind === 'implied';
}

function missing(asked: Uint8Array, path: Uint8Array): string {
  const isItself = Buffer.compare(asked, path) === 0;
  return isItself
    ? `the image has no ${shown(path)}`
    : `${shown(asked)} leads to ${shown(path)}, which the image does not have`;
}

function notFound(asked: Uint8Array, message: string): EngineError {
  return new EngineError('NotFound', message, { path: decodePath(asked) });
}

/** A path for a message: not without end. */
export function shown(path: Uint8Array): string {
  const text = decodePath(path) || '/';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
