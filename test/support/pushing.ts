import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isEngineError } from '../../src/engine/errors.ts';
import { ImageEngine } from '../../src/engine/imageEngine.ts';
import { parseReference, withTag } from '../../src/engine/oci/reference.ts';
import { RegistryClient } from '../../src/engine/registry/registryClient.ts';
import type { PushEvent } from '../../src/engine/transfer/pushEvent.ts';
import type { BuiltManifest } from './sampleRegistry/imageBuilder.ts';
import { storeImage } from './storedImage.ts';

export type PushedLayer = Extract<PushEvent, { kind: 'layer' }>;
export type PushDone = Extract<PushEvent, { kind: 'done' }>;

/** An engine with a store of its own that holds one image. */
export interface Pusher extends AsyncDisposable {
  readonly engine: ImageEngine;
  readonly directory: string;
  push(name: string, signal?: AbortSignal): Promise<PushOutcome>;
}

export interface PushOutcome {
  readonly done: PushDone;
  /** The last state of each layer, and what it was mounted from. */
  readonly layers: readonly string[];
}

/** @param names under which the store has the image */
export async function startPusher(image: BuiltManifest, names: readonly string[]): Promise<Pusher> {
  const directory = await mkdtemp(path.join(tmpdir(), 'strata-push-'));
  await storeImage(directory, image, names);
  const engine = new ImageEngine({
    storeDirectory: directory,
    workerFile: new URL('../../src/engine/layers/layerWorker.ts', import.meta.url),
    credentials: async () => undefined,
    idleTimeout: 2_000,
    userAgent: 'strata-tests',
  });
  return {
    engine,
    directory,
    push: (name, signal) => outcomeOf(engine.push(tagged(name), signal)),
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function tagged(name: string) {
  const reference = parseReference(name);
  return withTag(reference, reference.tag ?? 'latest');
}

export async function outcomeOf(events: AsyncIterable<PushEvent>): Promise<PushOutcome> {
  const layers = new Map<string, string>();
  let done: PushDone | undefined;
  for await (const event of events) {
    if (event.kind === 'layer') {
      layers.set(event.layer.digest, event.from ? `${event.state} ${event.from}` : event.state);
    } else if (event.kind === 'done') done = event;
  }
  assert.ok(done, 'the push ended without an end');
  return { done, layers: [...layers.values()] };
}

/** Reads all that a tag names from its registry, every byte verified; `undefined` where there is no such tag. */
export async function readWhole(name: string): Promise<string | undefined> {
  await using client = new RegistryClient({ credentials: async () => undefined, userAgent: 'strata-tests' });
  const reference = parseReference(name);
  const repository = client.repository(reference);
  try {
    const { descriptor, bytes } = await repository.fetchManifest(reference.tag ?? 'latest');
    const { config, layers = [], manifests = [] } = JSON.parse(Buffer.from(bytes).toString());
    for (const blob of [...(config ? [config] : []), ...layers, ...manifests]) {
      for await (const _ of await repository.fetch(blob));
    }
    return descriptor.digest;
  } catch (error) {
    if (isEngineError(error, 'NotFound') && error.message.includes('blob')) throw error;
    if (isEngineError(error, 'NotFound')) return undefined;
    throw error;
  }
}
