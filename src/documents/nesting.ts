/** More than any file that a person writes, and few enough for the parsers' recursion. */
const maxDepth = 500;

/** Whether brackets stand within brackets more often than a parser that calls itself can take. */
export function isNestedDeeply(text: string): boolean {
  let depth = 0;
  for (const { 0: bracket } of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > maxDepth) return true;
  }
  return false;
}
