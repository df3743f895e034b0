import type { StoredImage } from '../image.ts';
import {
  createdPeriods,
  groupImages,
  type ImageGroup,
  type ImageGrouping,
  type TaggedImage,
} from './groupImages.ts';
import { type LongList, PartlySorted } from './partlySorted.ts';
import { newestTagsFirst } from './tagOrder.ts';

/** What a list of images can be sorted by, in the words that VS Code's container extensions have for it. */
export const imageOrders = ['Label', 'CreatedTime', 'Size'] as const;

export type ImageOrder = (typeof imageOrders)[number];

/** By name, or the newest first, or the largest first; of equals by name. Of one repository the newest version first. */
export function sortTaggedImages(rows: readonly TaggedImage[], order: ImageOrder): LongList<TaggedImage> {
  const sorted = byName(rows);
  return order === 'Label' ? sorted : byFigure(sorted.slice(), order, ({ image }) => figureOf(image, order));
}

/** As {@link sortTaggedImages}; a group is as new as its newest member and as large as its images together. */
export function sortGroups(
  groups: readonly ImageGroup[],
  by: Exclude<ImageGrouping, 'None'>,
  order: ImageOrder,
): ImageGroup[] {
  return byFigure(byKey(groups, by), order, (group) => figureOfGroup(group, order));
}

/** The newest or largest first. */
export function sortUntagged(images: readonly StoredImage[], order: ImageOrder): StoredImage[] {
  const byId = [...images].sort((a, b) => compareText(a.id, b.id));
  const figure = order === 'Label' ? 'CreatedTime' : order;
  return byFigure(byId, figure, (image) => figureOf(image, figure));
}

function byName(rows: readonly TaggedImage[]): LongList<TaggedImage> {
  const repositories = byKey(groupImages(rows, 'Repository'), 'Repository');
  return new PartlySorted(
    repositories.map(({ members }) => members),
    newestVersionFirst,
  );
}

function newestVersionFirst(ofOneRepository: readonly TaggedImage[]): readonly TaggedImage[] {
  if (ofOneRepository.length === 1) return ofOneRepository;
  const byTag = new Map(ofOneRepository.map((row) => [row.tag.tag, row]));
  return newestTagsFirst(byTag.keys()).flatMap((tag) => byTag.get(tag) ?? []);
}

/** As a person looks for it: repositories by name before host, periods by their age, tags by their version. */
function byKey(groups: readonly ImageGroup[], by: Exclude<ImageGrouping, 'None'>): ImageGroup[] {
  if (by === 'Tag') {
    const byTag = new Map(groups.map((group) => [group.key, group]));
    return newestTagsFirst(byTag.keys()).flatMap((tag) => byTag.get(tag) ?? []);
  }
  if (by === 'CreatedTime') {
    const place = new Map<string, number>(createdPeriods.map((period, index) => [period, index]));
    return [...groups].sort((a, b) => (place.get(a.key) ?? 0) - (place.get(b.key) ?? 0));
  }
  const byName = new Map(
    groups.map((group) => [by === 'Repository' ? nameThenHost(group) : group.key, group]),
  );
  // By code unit, the same on every machine; without a function to compare by it takes a fraction of the time.
  return [...byName.keys()].sort().flatMap((name) => byName.get(name) ?? []);
}

/** Official images by the name that everybody knows. No name holds a space. */
function nameThenHost({ key }: ImageGroup): string {
  const slash = key.indexOf('/');
  const [host, name] = [key.slice(0, slash), key.slice(slash + 1)];
  return `${host === 'docker.io' ? name.replace(/^library\/(?=[^/]+$)/, '') : name} ${host}`;
}

/** Stable, so that equals stay in the order that they have. */
function byFigure<T>(sorted: T[], order: ImageOrder, figureOf: (row: T) => number): T[] {
  if (order === 'Label') return sorted;
  const figures = new Map(sorted.map((row) => [row, figureOf(row)]));
  return sorted.sort((a, b) => (figures.get(b) ?? 0) - (figures.get(a) ?? 0));
}

function figureOf({ created, size }: StoredImage, order: ImageOrder): number {
  return order === 'Size' ? size : (created?.getTime() ?? 0);
}

function figureOfGroup({ members }: ImageGroup, order: ImageOrder): number {
  const images = new Map(members.map(({ image }) => [image.manifest.digest, figureOf(image, order)]));
  let figure = 0;
  for (const one of images.values()) figure = order === 'Size' ? figure + one : Math.max(figure, one);
  return figure;
}

/** By code unit: the same on every machine. Names of images are ASCII. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
