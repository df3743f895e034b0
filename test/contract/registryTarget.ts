import { randomBytes } from 'node:crypto';
import type { Descriptor } from '../../src/engine/oci/descriptor.ts';
import { digestAlgorithm, digestHex } from '../../src/engine/oci/digest.ts';
import { parseName } from '../../src/engine/oci/reference.ts';
import { RegistryClient } from '../../src/engine/registry/registryClient.ts';
import type { TargetFixture } from './targetFixture.ts';

/** A fresh repository of a running registry. */
export function registryTarget(host: string, blobFile: (descriptor: Descriptor) => string): TargetFixture {
  const client = new RegistryClient({ credentials: async () => undefined, userAgent: 'strata-test' });
  const target = client.repository(parseName(`${host}/contract/${randomBytes(8).toString('hex')}`));
  return {
    target,
    name: (tag) => tag,
    blobFile,
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/** `sha256/HEX`, as parts of a path. */
export function digestPath({ digest }: Descriptor): [algorithm: string, hex: string] {
  return [digestAlgorithm(digest), digestHex(digest)];
}
