import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fillStorage } from './fillStorage.ts';
import { createRegistryServer } from './registryServer.ts';
import { RegistryStorage } from './registryStorage.ts';
import { sampleImages } from './sampleImages.ts';

export interface SampleRegistry extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  close(): Promise<void>;
}

export interface SampleRegistryOptions {
  /** Any free one by default. */
  readonly port?: number;
  /** Kept after `close`, with what was pushed; by default a temporary folder that goes with it. */
  readonly directory?: string;
}

/** Serves the sample images on loopback until it is closed. */
export async function startSampleRegistry(options: SampleRegistryOptions = {}): Promise<SampleRegistry> {
  const directory = options.directory ?? (await mkdtemp(path.join(tmpdir(), 'strata-sample-registry-')));
  const storage = new RegistryStorage(directory);
  await fillStorage(storage, sampleImages());
  const server = createRegistryServer(storage).listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
    if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
  };
  return { url: `http://${host}`, host, close, [Symbol.asyncDispose]: close };
}
