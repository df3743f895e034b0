import { type DiffId, type Digest, digestOf } from './digest.ts';

/**
 * The IDs of a stack of layers, lowest first: each names a layer together with everything below it.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md#layer-chainid
 */
export function chainIds(diffIds: readonly DiffId[]): readonly Digest[] {
  const chain: Digest[] = [];
  for (const diffId of diffIds) {
    const below = chain.at(-1);
    chain.push(below === undefined ? diffId : digestOf(`${below} ${diffId}`));
  }
  return chain;
}
