import { createHash, type Hash } from 'node:crypto';
import { EngineError } from '../errors.ts';

/**
 * `<algorithm>:<hex>`, validated: safe in a path and in a URL. Only {@link parseDigest} and the hashing functions here
 * make one. https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md#digests
 */
export type Digest = string & { readonly __brand: 'Digest' };

/** The digest of a layer's uncompressed tar. Never mixed up with the digest of the layer as distributed. */
export type DiffId = Digest;

export type DigestAlgorithm = 'sha256' | 'sha512';

/** @throws `Invalid` where the text is no digest, `Unsupported` where its algorithm is not sha256 or sha512. */
export function parseDigest(text: unknown): Digest {
  if (typeof text !== 'string') throw new EngineError('Invalid', 'a digest must be a string');
  if (isDigest(text)) return text;
  const match = /^([a-z0-9]+(?:[.+_-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)$/.exec(text);
  if (!match) throw new EngineError('Invalid', `invalid digest ${JSON.stringify(text.slice(0, 200))}`);
  const [, algorithm] = match;
  if (algorithm !== 'sha256' && algorithm !== 'sha512') {
    throw new EngineError('Unsupported', `unsupported digest algorithm ${JSON.stringify(algorithm)}`);
  }
  throw new EngineError('Invalid', `invalid digest ${JSON.stringify(text.slice(0, 200))}`);
}

const supported = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

export function isDigest(text: string): text is Digest {
  return supported.test(text);
}

export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.slice(0, digest.indexOf(':')) as DigestAlgorithm;
}

/** The part behind the colon. */
export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** The first 12 hex digits, as Docker shows an ID. */
export function shortDigest(digest: Digest): string {
  return digestHex(digest).slice(0, 12);
}

export function digestOf(bytes: Uint8Array | string, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest;
}

/** A digest computed piece by piece. */
export class Digester {
  readonly algorithm: DigestAlgorithm;
  readonly #hash: Hash;

  constructor(algorithm: DigestAlgorithm = 'sha256') {
    this.algorithm = algorithm;
    this.#hash = createHash(algorithm);
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** Ends the digester. */
  digest(): Digest {
    return `${this.algorithm}:${this.#hash.digest('hex')}` as Digest;
  }
}
