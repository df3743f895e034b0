/** Numbers from 0 to below 1 that look random and are the same for the same seed (xorshift32). */
export function pseudoRandom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export function pseudoRandomBytes(length: number, seed: number): Buffer {
  const random = pseudoRandom(seed);
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}
