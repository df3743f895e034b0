import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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
  const requests: string[] = [];
  const state = { faults };
  const front = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response, (behind.address() as AddressInfo).port, () => state.faults).catch(() =>
      response.destroy(),
    );
  }).listen(0, '127.0.0.1');
  await once(front, 'listening');
  return {
    host: `127.0.0.1:${(front.address() as AddressInfo).port}`,
    requests,
    get faults() {
      return state.faults;
    },
    set faults(changed) {
      state.faults = changed;
    },
    async close() {
      for (const server of [front, behind]) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  faults: () => Faults,
) {
  const url = request.url ?? '/';
  const status = faults().status?.(url);
  if (status !== undefined) {
    response.writeHead(status).end();
    return;
  }
  const headers = {
    ...(request.headers.range && { range: request.headers.range }),
    accept: request.headers.accept ?? '*/*',
  };
  const real = await fetch(`http://127.0.0.1:${port}${url}`, { method: request.method ?? 'GET', headers });
  const bytes = Buffer.from(await real.arrayBuffer());
  const sent = request.method === 'GET' ? (faults().replace?.(url, bytes) ?? bytes) : bytes;
  const kept = [...real.headers].filter(
    ([name]) => !['connection', 'transfer-encoding', 'keep-alive'].includes(name),
  );
  response.writeHead(real.status, {
    ...Object.fromEntries(kept),
    ...(request.method === 'GET' && { 'content-length': sent.length }),
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
