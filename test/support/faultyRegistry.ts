import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { reply, type SeenRequest, startFaultServer } from './registryFaults/faultServer.ts';
import { fillStorage } from './sampleRegistry/fillStorage.ts';
import type { BuiltImage } from './sampleRegistry/imageBuilder.ts';
import { createRegistryServer } from './sampleRegistry/registryServer.ts';
import { RegistryStorage } from './sampleRegistry/registryStorage.ts';

/** A registry on loopback that serves given images and fails as told; faults may be changed while it runs. */
export interface FaultyRegistry {
  readonly host: string;
  /** Path and query of every request so far, with the method. */
  readonly requests: readonly string[];
  faults: Faults;
  close(): Promise<void>;
}

export interface Faults {
  /** Milliseconds before each blob, and before each 64 KiB of it. */
  readonly blobDelay?: number;
  /** Blobs end, their connection with them, after this many bytes. */
  readonly cutBlobsAfter?: number;
  /** What is sent in place of what was asked for; `undefined` sends the true bytes. */
  readonly replace?: (url: string, bytes: Buffer) => Buffer | undefined;
  /** A status for a path, in place of the answer. */
  readonly status?: (url: string) => number | undefined;
}

const chunkBytes = 64 * 1024;

/** @param images by `repository:tag` */
export async function startFaultyRegistry(
  images: Readonly<Record<string, BuiltImage>>,
  faults: Faults = {},
): Promise<FaultyRegistry> {
  const directory = await mkdtemp(path.join(tmpdir(), 'strata-faulty-registry-'));
  const storage = new RegistryStorage(directory);
  for (const [name, image] of Object.entries(images)) {
    const [repository = '', tag = 'latest'] = name.split(':');
    await fillStorage(storage, [{ repository, tags: [tag], image }]);
  }
  const behind = createRegistryServer(storage).listen(0, '127.0.0.1');
  await once(behind, 'listening');
  const { port } = behind.address() as AddressInfo;
  const state = { faults };
  const front = await startFaultServer((request, response) =>
    answer(request, response, port, () => state.faults).catch(() => void response.destroy()),
  );
  return {
    host: front.host,
    get requests() {
      return front.requests.map(({ method, url }) => `${method} ${url}`);
    },
    get faults() {
      return state.faults;
    },
    set faults(changed) {
      state.faults = changed;
    },
    async close() {
      await front[Symbol.asyncDispose]();
      behind.closeAllConnections();
      behind.close();
      await once(behind, 'close');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function answer(
  { method, url, headers }: SeenRequest,
  response: ServerResponse,
  port: number,
  faults: () => Faults,
): Promise<void> {
  const status = faults().status?.(url);
  if (status !== undefined) return reply(response, status);
  const asked = { ...(headers.range && { range: headers.range }), accept: headers.accept ?? '*/*' };
  const real = await fetch(`http://127.0.0.1:${port}${url}`, { method, headers: asked });
  const bytes = Buffer.from(await real.arrayBuffer());
  const isRead = method === 'GET';
  const sent = isRead ? (faults().replace?.(url, bytes) ?? bytes) : bytes;
  const kept = [...real.headers].filter(
    ([name]) => !['connection', 'transfer-encoding', 'keep-alive'].includes(name),
  );
  response.writeHead(real.status, {
    ...Object.fromEntries(kept),
    ...(isRead && { 'content-length': sent.length }),
  });
  if (url.includes('/blobs/')) await sendSlowly(response, sent, faults);
  else response.end(sent);
}

async function sendSlowly(response: ServerResponse, bytes: Buffer, faults: () => Faults): Promise<void> {
  for (let at = 0; at < bytes.length && !response.destroyed; at += chunkBytes) {
    const { blobDelay = 0, cutBlobsAfter = Number.POSITIVE_INFINITY } = faults();
    if (blobDelay > 0) await delay(blobDelay);
    const end = Math.min(at + chunkBytes, bytes.length, cutBlobsAfter);
    if (end > at) response.write(bytes.subarray(at, end));
    if (end === cutBlobsAfter && end < bytes.length) {
      await delay(5);
      response.destroy();
    }
  }
  response.end();
}
