import type { StoredImage } from '../../../engine/image.ts';
import type { TaggedImage } from '../../../engine/listing/groupImages.ts';
import { canonicalReference, type Reference, withTag } from '../../../engine/oci/reference.ts';
import { pageSize } from '../pages.ts';
import type { TreeNode } from '../treeNode.ts';
import { DanglingGroupNode, ImageGroupNode } from './groupNodes.ts';
import { ImageNode } from './imageNode.ts';
import type { Shelf } from './shelf.ts';

export interface FoundRow {
  readonly node: ImageNode;
  /** It is on pages that have only now been asked for. */
  readonly isBelowFirstPages: boolean;
}

/** The row of a stored image: under the wanted tag, else under the first that it has. Its pages are shown from now on. */
export function findRow(shelf: Shelf, image: StoredImage, wanted: Reference): FoundRow | undefined {
  const { list } = shelf;
  const isImage = (other: { readonly image: StoredImage }) =>
    other.image.manifest.digest === image.manifest.digest;
  const rows = [...list.rows.slice(), ...list.groups.flatMap(({ members }) => members)].filter(isImage);
  const name = wanted.tag === undefined ? undefined : canonicalReference(withTag(wanted, wanted.tag));
  const row = rows.find(({ tag }) => canonicalReference(tag) === name) ?? rows[0];
  return row ? taggedRow(shelf, row) : danglingRow(shelf, image);
}

function taggedRow(shelf: Shelf, row: TaggedImage): FoundRow {
  const { list, look } = shelf;
  const { groupBy } = look;
  if (groupBy === 'None') return placed(shelf, undefined, list.rows.slice().indexOf(row), row);
  const place = list.groups.findIndex(({ members }) => members.includes(row));
  const group = list.groups[place];
  if (!group) throw new RangeError('every row stands in a group');
  const parent = new ImageGroupNode(shelf, groupBy, group);
  shelf.pages.showTo(undefined, place);
  const found = placed(shelf, parent, parent.rows.slice().indexOf(row), row);
  return { ...found, isBelowFirstPages: found.isBelowFirstPages || place >= pageSize };
}

function danglingRow(shelf: Shelf, { manifest }: StoredImage): FoundRow | undefined {
  const place = shelf.list.dangling.findIndex((image) => image.manifest.digest === manifest.digest);
  const image = shelf.list.dangling[place];
  return image && placed(shelf, new DanglingGroupNode(shelf), place, { image });
}

function placed(
  shelf: Shelf,
  parent: TreeNode | undefined,
  place: number,
  { image, tag }: Partial<TaggedImage> & { readonly image: StoredImage },
): FoundRow {
  shelf.pages.showTo(parent, place);
  return { node: new ImageNode(parent, shelf, image, tag), isBelowFirstPages: place >= pageSize };
}
