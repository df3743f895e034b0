import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ImageEngine } from '../../src/engine/imageEngine.ts';
import { type Digest, digestOf } from '../../src/engine/oci/digest.ts';
import { mediaType } from '../../src/engine/oci/mediaType.ts';
import { parseReference, type Reference } from '../../src/engine/oci/reference.ts';
import {
  type FaultServer,
  reply,
  replyError,
  type SeenRequest,
  startFaultServer,
} from './registryFaults/faultServer.ts';
import { askedRange, replyBlob } from './registryFaults/sampleBlob.ts';

/** A layer as it lies in a registry. */
export interface PackedLayer {
  readonly bytes: Buffer;
  readonly mediaType: string;
  /** What the config is to say of it. */
  readonly diffId: Digest;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Answers a request for a layer itself by returning true. */
export type LayerFault = (request: SeenRequest, response: ServerResponse, bytes: Buffer) => boolean;

/** A registry with one image, which may fail as told, and an engine that has nothing of it. */
export interface RemoteWorld extends AsyncDisposable {
  readonly engine: ImageEngine;
  readonly server: FaultServer;
  readonly reference: Reference;
  readonly store: string;
  fault: LayerFault;
  /** What layers were asked for since the last time: `layer 0 10-19`, `layer 1 all`. */
  asked(): string[];
}

export async function startRemoteWorld(layers: readonly PackedLayer[]): Promise<RemoteWorld> {
  const config = Buffer.from(
    JSON.stringify({
      os: 'linux',
      architecture: 'amd64',
      config: {},
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaType.ociManifest,
      config: { mediaType: mediaType.ociConfig, digest: digestOf(config), size: config.length },
      layers: layers.map(({ bytes, mediaType: type, annotations }) => ({
        mediaType: type,
        digest: digestOf(bytes),
        size: bytes.length,
        annotations,
      })),
    }),
  );
  const world = { fault: (() => false) as LayerFault };
  const asked: string[] = [];
  const server = await startFaultServer((request, response) => {
    const name = request.url.slice(request.url.lastIndexOf('/') + 1);
    if (request.url.includes('/manifests/')) {
      const headers = { 'Content-Type': mediaType.ociManifest, 'Docker-Content-Digest': digestOf(manifest) };
      return reply(response, 200, { ...headers, 'Content-Length': String(manifest.length) }, manifest);
    }
    if (name === digestOf(config)) return reply(response, 200, {}, config);
    const place = layers.findIndex(({ bytes }) => digestOf(bytes) === name);
    const layer = layers[place];
    if (!layer) return replyError(response, 404, 'BLOB_UNKNOWN');
    const range = askedRange(request);
    asked.push(`layer ${place} ${range ? `${range.first}-${range.last}` : 'all'}`);
    if (!world.fault(request, response, layer.bytes)) replyBlob(request, response, layer.bytes);
  });
  const store = await mkdtemp(path.join(tmpdir(), 'strata-remote-'));
  const engine = new ImageEngine({
    storeDirectory: store,
    workerFile: path.join(import.meta.dirname, '../../src/engine/layers/layerWorker.ts'),
    credentials: async () => undefined,
    idleTimeout: 5_000,
    userAgent: 'strata-test',
  });
  return Object.assign(world, {
    engine,
    server,
    reference: parseReference(`${server.host}/acme/app:1`),
    store,
    asked: () => asked.splice(0),
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await rm(store, { recursive: true, force: true });
    },
  });
}
