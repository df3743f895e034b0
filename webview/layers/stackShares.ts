/** What the smallest layer gets at least of the picture, so that it is there to be seen and pointed at. */
const least = 0.006;

/** The parts of a picture to scale that each size gets: they add up to 1. */
export function stackShares(sizes: readonly number[]): readonly number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (sizes.length === 0) return [];
  const shares = sizes.map((size) => Math.max(total === 0 ? 0 : size / total, least));
  const sum = shares.reduce((all, share) => all + share, 0);
  return shares.map((share) => share / sum);
}
