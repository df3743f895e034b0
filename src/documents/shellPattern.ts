/**
 * The wildcards of `${X#pattern}`, `${X%pattern}` and `${X/pattern/replacement}`: `*`, `?` and `\` before either.
 * https://docs.docker.com/reference/dockerfile/#environment-replacement
 */
type Token = { readonly literal: string } | 'one' | 'any';

/** Work is bounded: patterns and values that are absurdly long match nothing. */
const maxSteps = 32_768;

export function trimPrefix(value: string, pattern: string, longest: boolean): string {
  const length = matchLength([...value], tokenize(pattern), longest);
  return length === undefined ? value : value.slice(length);
}

export function trimSuffix(value: string, pattern: string, longest: boolean): string {
  const length = matchLength([...value].reverse(), tokenize(pattern).reverse(), longest);
  return length === undefined ? value : value.slice(0, value.length - length);
}

export function replacePattern(value: string, pattern: string, replacement: string, all: boolean): string {
  const tokens = tokenize(pattern);
  if (tokens.length === 0 || value.length * value.length * tokens.length > maxSteps) return value;
  let result = '';
  for (let at = 0; at < value.length; ) {
    const length = matchLength([...value.slice(at)], tokens, true);
    if (!length) {
      result += value[at++];
      continue;
    }
    result += replacement;
    at += length;
    if (!all) return result + value.slice(at);
  }
  return result;
}

function tokenize(pattern: string): Token[] {
  const tokens: Token[] = [];
  const characters = [...pattern];
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? '';
    if (character === '*') tokens.push('any');
    else if (character === '?') tokens.push('one');
    else tokens.push({ literal: character === '\\' ? (characters[++index] ?? '\\') : character });
  }
  return tokens;
}

/** UTF-16 length of the shortest or longest beginning of `value` that the tokens match. */
function matchLength(
  value: readonly string[],
  tokens: readonly Token[],
  longest: boolean,
): number | undefined {
  if (value.length * tokens.length > maxSteps) return undefined;
  let reached = new Set([0]);
  for (const token of tokens) reached = step(value, reached, token);
  if (reached.size === 0) return undefined;
  const count = longest ? Math.max(...reached) : Math.min(...reached);
  return value.slice(0, count).join('').length;
}

function step(value: readonly string[], reached: Set<number>, token: Token): Set<number> {
  const next = new Set<number>();
  if (token === 'any') {
    for (let at = Math.min(...reached); at <= value.length; at++) next.add(at);
    return next;
  }
  for (const at of reached) {
    if (at < value.length && (token === 'one' || token.literal === value[at])) next.add(at + 1);
  }
  return next;
}
