/**
 * The paths that have every word of the query in them, whatever the case: those first whose name it is, then those whose
 * name begins with it or has it, then the rest; shorter ones before longer ones.
 */
export function matchingPaths(paths: Iterable<string>, query: string, limit: number): readonly string[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const ranks: string[][] = [[], [], [], []];
  for (const path of paths) {
    const rank = rankOf(path.toLowerCase(), words);
    if (rank !== undefined) ranks[rank]?.push(path);
  }
  if (words.length === 0) return ranks.flat().slice(0, limit);
  for (const rank of ranks) rank.sort((a, b) => a.length - b.length);
  return ranks.flat().slice(0, limit);
}

function rankOf(path: string, words: readonly string[]): number | undefined {
  if (!words.every((word) => path.includes(word))) return undefined;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const [first = ''] = words;
  if (name === first) return 0;
  if (name.startsWith(first)) return 1;
  return words.every((word) => name.includes(word)) ? 2 : 3;
}
