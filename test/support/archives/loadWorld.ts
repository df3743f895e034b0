import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImageEngine } from '../../../src/engine/imageEngine.ts';
import { familiarReference } from '../../../src/engine/oci/reference.ts';
import type { LoadEvent } from '../../../src/engine/transfer/loadEvent.ts';

export type Loaded = Extract<LoadEvent, { kind: 'loaded' }>;

/** An engine with an empty store that goes when the test is over. */
export interface LoadWorld extends AsyncDisposable {
  readonly engine: ImageEngine;
  readonly folder: string;
  /** Loads an archive that comes in pieces. */
  load(archive: Uint8Array | AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<readonly Loaded[]>;
  /** `ID TAG TAG…` of every image, sorted. */
  images(): Promise<readonly string[]>;
  /** Digests that remain after gc, and what is unfinished. */
  leftovers(): Promise<{ readonly blobs: number; readonly bytes: number; readonly faults: number }>;
}

export async function openLoadWorld(): Promise<LoadWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-load-'));
  const engine = new ImageEngine({
    storeDirectory: join(folder, 'store'),
    workerFile: new URL('../../../src/engine/layers/layerWorker.ts', import.meta.url),
    credentials: async () => undefined,
    userAgent: 'strata-test',
  });
  return {
    engine,
    folder,
    async load(archive, signal) {
      const loaded: Loaded[] = [];
      const bytes = archive instanceof Uint8Array ? piecesOf(archive) : archive;
      for await (const event of engine.load(bytes, {}, signal))
        if (event.kind === 'loaded') loaded.push(event);
      return loaded;
    },
    async images() {
      const images = await engine.images();
      return images.map(({ id, tags }) => [id, ...tags.map(familiarReference)].join(' ')).sort();
    },
    async leftovers() {
      await engine.collectGarbage();
      const { blobs, reclaimableBytes } = await engine.usage();
      return { blobs, bytes: reclaimableBytes, faults: (await engine.verify()).length };
    },
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Copies, as a pipe gives them. */
export async function* piecesOf(
  bytes: Uint8Array,
  size = 10_007,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield Uint8Array.from(bytes.subarray(at, at + size));
}
