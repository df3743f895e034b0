import { type DiffId, type Digest, digestOf } from './digest.ts';

/**
 * The IDs of a stack of layers, lowest first: each names a layer together with everything below it.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md#layer-chainid
 */
export function chainIds(diffIds: readonly DiffId[]): readonly Digest[] {
  const chains = new ChainIds();
  const chain: Digest[] = [];
  for (const diffId of diffIds) chain.push(chains.above(chain.at(-1), diffId));
  return chain;
}

/** The IDs of many stacks that stand on the same few: each is computed once. */
export class ChainIds {
  readonly #above = new Map<Digest, Map<DiffId, Digest>>();

  /** @param below the ID of what the layer stands on; none at the bottom */
  above(below: Digest | undefined, diffId: DiffId): Digest {
    if (below === undefined) return diffId;
    const known = this.#above.get(below) ?? new Map<DiffId, Digest>();
    const chainId = known.get(diffId) ?? digestOf(`${below} ${diffId}`);
    this.#above.set(below, known.set(diffId, chainId));
    return chainId;
  }
}
