import type { Readable } from 'node:stream';
import { parseReference } from '../../../src/engine/oci/reference.ts';
import type { Credentials } from '../../../src/engine/registry/credentials.ts';
import { RegistryClient, type RegistryOptions } from '../../../src/engine/registry/registryClient.ts';
import type { RegistryRepository } from '../../../src/engine/registry/registryRepository.ts';

/** A client with short time-outs; without credentials unless given. */
export function testClient(
  options: Partial<RegistryOptions> & { readonly signIn?: Credentials } = {},
): RegistryClient {
  const { signIn, ...rest } = options;
  return new RegistryClient({
    credentials: async () => signIn,
    userAgent: 'strata/test',
    idleTimeout: 5_000,
    ...rest,
  });
}

/** `acme/app` in the registry at the host. */
export function appIn(client: RegistryClient, host: string): RegistryRepository {
  return client.repository(parseReference(`${host}/acme/app`));
}

export async function bytesOf(stream: Readable | Promise<Readable>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
