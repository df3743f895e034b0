import { globMatcher } from './globMatcher.ts';

/** Whether a path, in small letters, fits what somebody searches for. */
export type PathTest = (lowerPath: string) => boolean;

/**
 * What is typed into the search: part of a path, or a pattern where it has `*`, `?` or `[`. A pattern fits from the
 * beginning of any part of the path to its end, from the top where it begins with `/`; `*` stays within a part and `**`
 * does not. A path that has it as it is written fits too: names may have such characters. Case does not count. `undefined`
 * where nothing is searched for.
 */
export function pathTest(query: string): PathTest | undefined {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return undefined;
  if (!hasWildcard.test(wanted)) return (path) => path.includes(wanted);
  const isAbsolute = wanted.startsWith('/');
  const matches = globMatcher(isAbsolute ? wanted : `**/${wanted}`);
  const from = isAbsolute ? 0 : 1;
  // What a pattern says in so many words is looked for first: that is much faster, and most paths lack it.
  const literal = literals(wanted).reduce((longest, part) => (part.length > longest.length ? part : longest));
  return (path) => path.includes(literal) && (matches(path, from) || path.includes(wanted));
}

/** Whether all that fits the second fits the first as well; false where that is not plain to see. */
export function narrows(before: string, after: string): boolean {
  const [wide, narrow] = [before, after].map((query) => query.trim().toLowerCase()) as [string, string];
  if (wide === narrow || wide === '') return true;
  return !hasWildcard.test(wide) && literals(narrow).some((part) => part.includes(wide));
}

const hasWildcard = /[*?[]/;
const wildcards = /\*\*\/|\*+|\?|\[(?:!|\^)?\]?[^\]]*\]/;

/** What a path has to have in it word for word: one part at least, which may be empty. */
function literals(query: string): readonly string[] {
  return query.split(wildcards);
}
