// Runs in the page: a host for the Layers page that knows one made-up image, in the place of VS Code's.

import {
  type changeKinds,
  type ImageFacts,
  type LayersContract,
  layersValidators,
  type PathSlice,
  stillUsed,
  topFolder,
  type WasteFacts,
} from '../../../src/protocol/layersPage.ts';
import { pseudoRandom } from '../pseudoRandom.ts';
import { answerPage, type HostOptions, hostOptions } from './pageHost.ts';
import { PathColumns } from './pathColumns.ts';

export interface LayersHostOptions extends HostOptions {
  readonly paths: number;
  /** The first time that paths are asked for, they end after some. */
  readonly stallsOnce?: boolean;
  /** As dive counts; 0.9731. */
  readonly efficiency?: number;
  /** Names among others that are made to do harm. */
  readonly hostile?: readonly string[];
}

const options = hostOptions<LayersHostOptions>();
const layers = 5;
/** Paths: as the engine sends them, the first at once and then several thousand at a time. */
const sliceLengths = { first: 500, next: 8000 };
const kind = { repeated: 0, added: 1, modified: 2, removed: 3 } satisfies Record<
  (typeof changeKinds)[number],
  number
>;

const made = [...slices(options)];
let isStalling = options.stallsOnce ?? false;

answerPage<LayersContract>(layersValidators, {
  image: () => facts(),
  paths: async (_, send) => {
    if (isStalling) {
      isStalling = false;
      // What is sent is the page's from then on.
      for (const slice of slices({ ...options, paths: sliceLengths.first })) await send(slice);
      return new Promise<never>(() => undefined);
    }
    for (const slice of made) {
      await send(slice);
      await nextTask();
    }
    return undefined;
  },
  waste: () => waste(),
  open: () => undefined,
  openChange: () => undefined,
  copy: () => undefined,
  inspectNow: () => undefined,
  signIn: () => true,
});

/** Nothing that is sent keeps the page from drawing: the real host is another process. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function facts(): ImageFacts {
  const { hostile = [] } = options;
  const instructions = [
    'ADD rootfs.tar.xz /',
    'RUN apt-get update && apt-get install -y --no-install-recommends build-essential curl git python3',
    'COPY . /app',
    'RUN rm -rf /usr/share/doc /var/lib/apt/lists',
    hostile[0] ?? 'RUN useradd --system app && chown -R app /app',
  ];
  return {
    name: 'acme/web:2.0',
    platform: 'linux/amd64',
    id: digest('9'),
    manifest: digest('8'),
    layers: instructions.map((instruction, step) => ({
      step,
      instruction,
      digest: digest(String(step)),
      size: [30e6, 90e6, 1e6, 900, 12e6][step] ?? 0,
      diffId: digest(String.fromCharCode(97 + step)),
      unpackedSize: [80e6, 290e6, 3e6, 2048, 31e6][step] ?? 0,
      added: 3000 + step,
      modified: step * 7,
      removed: step * 3,
      wastedBytes: step < 3 ? 4e6 * step : 0,
      filesVerified: hostile.length === 0,
    })),
  };
}

function digest(letter: string): string {
  return `sha256:${letter.repeat(64)}`;
}

function waste(): WasteFacts {
  return {
    efficiency: options.efficiency ?? 0.9731,
    wastedBytes: 12_000_000,
    hasMore: true,
    worst: Array.from({ length: 40 }, (_, at) => ({
      path: `/f0/name-${at}.so`,
      count: 1 + (at % 3),
      bytes: Math.round(2e6 / (at + 1)),
    })),
  };
}

/** Folders within folders, a dozen files each; some files replaced and some removed by later layers. */
function* slices({ paths, hostile = [] }: LayersHostOptions): Generator<PathSlice> {
  const random = pseudoRandom(3);
  const folders: number[] = [];
  for (let first = 0, length = 0; first < paths; first += length) {
    length = Math.min(first === 0 ? sliceLengths.first : sliceLengths.next, paths - first);
    const columns = new PathColumns(first);
    for (let path = first; path < first + length; path++) {
      const isFolder = path % 12 === 0;
      const name = isFolder ? `f${path / 12}` : (hostile[path] ?? `name-${path}.${path % 5 ? 'so' : 'txt'}`);
      columns.enter(name, path === 0 || folders.length === 0 ? topFolder : parentOf(folders, random));
      if (isFolder) folders.push(path);
      if (isFolder) changeFolder(columns);
      else changeFile(columns, random);
    }
    yield columns.slice();
  }
}

function parentOf(folders: readonly number[], random: () => number): number {
  return folders[Math.floor(random() * random() * folders.length)] ?? topFolder;
}

function changeFolder(columns: PathColumns): void {
  for (let layer = 0; layer < layers; layer++)
    columns.change(layer, layer === 0 ? kind.added : kind.repeated, 0, 0);
}

function changeFile(columns: PathColumns, random: () => number): void {
  const layer = Math.floor(random() * layers);
  const size = Math.floor(20_000 / (random() + 0.01));
  const fate = layer < layers - 1 ? random() : 1;
  columns.change(layer, kind.added, 1, size, fate > 0.2 ? stillUsed : layer + 1);
  if (fate > 0.2) return;
  if (fate > 0.1) columns.change(layer + 1, kind.modified, 1, size * 2);
  else columns.change(layer + 1, kind.removed, 1, size);
}
