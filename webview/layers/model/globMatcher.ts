/** What one place of a pattern takes: a character by its code, one of several, or any number of them. */
type Token = number | ((code: number) => boolean) | 'any' | 'anyDeep' | 'folders';

const slash = 0x2f;

/** Characters of a path that are looked at: no system takes a longer one, and a hostile layer may have one of a megabyte. */
const longestPath = 4096;

/** Steps after which a path is looked at in the way that takes the same time whatever the pattern is. */
const patience = 20_000;

/**
 * Whether a path fits a pattern, from `from` to its end: `*` stays within a part of the path, `**` does not, `**` and a slash
 * are any number of folders, `?` and `[a-z]` one character. O(path × pattern) at worst, mostly O(path).
 */
export function globMatcher(pattern: string): (path: string, from: number) => boolean {
  const tokens = tokensOf(pattern);
  return (whole, from) => {
    const path = whole.length > longestPath ? whole.slice(0, longestPath) : whole;
    return fitsSoon(path, from, tokens) ?? fits(path, from, tokens);
  };
}

/** Takes back only the last star of each kind. `undefined` where that takes too long. */
function fitsSoon(path: string, from: number, tokens: readonly Token[]): boolean | undefined {
  let [at, next] = [from, 0];
  let [shallow, shallowAt, deep, deepAt] = [-1, from, -1, from];
  for (let step = 0; step < patience; step++) {
    const token = tokens[next];
    if (token === 'any') {
      [shallow, shallowAt] = [++next, at];
    } else if (token === 'anyDeep' || token === 'folders') {
      [deep, deepAt, shallow] = [++next, at, -1];
    } else if (token === undefined && at === path.length) {
      return true;
    } else if (token !== undefined && at < path.length && takes(token, path.charCodeAt(at))) {
      at++;
      next++;
    } else if (shallow >= 0 && shallowAt < path.length && path.charCodeAt(shallowAt) !== slash) {
      [at, next] = [++shallowAt, shallow];
    } else {
      if (deep < 0) return false;
      deepAt = tokens[deep - 1] === 'folders' ? path.indexOf('/', deepAt) + 1 : deepAt + 1;
      if (deepAt === 0 || deepAt > path.length) return false;
      [at, next, shallow] = [deepAt, deep, -1];
    }
  }
  return undefined;
}

/** All places of the pattern at once, character by character. */
function fits(path: string, from: number, tokens: readonly Token[]): boolean {
  let places = new Uint8Array(tokens.length + 1);
  places[0] = 1;
  for (let at = from; ; at++) {
    const isBegin = at === from || path.charCodeAt(at - 1) === slash;
    for (const [place, token] of tokens.entries()) {
      const maySkip = token === 'any' || token === 'anyDeep' || (token === 'folders' && isBegin);
      if (maySkip && places[place] === 1) places[place + 1] = 1;
    }
    if (at >= path.length) return places[tokens.length] === 1;
    places = stepped(places, tokens, path.charCodeAt(at));
  }
}

function stepped(places: Uint8Array, tokens: readonly Token[], code: number): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(places.length);
  for (const [place, token] of tokens.entries()) {
    if (places[place] !== 1) continue;
    if (token === 'anyDeep' || token === 'folders' || (token === 'any' && code !== slash)) next[place] = 1;
    else if (token !== 'any' && takes(token, code)) next[place + 1] = 1;
  }
  return next;
}

function takes(token: number | ((code: number) => boolean), code: number): boolean {
  return typeof token === 'number' ? token === code : token(code);
}

const isInPart = (code: number): boolean => code !== slash;

function tokensOf(pattern: string): readonly Token[] {
  const parts = pattern.match(/(?<![^/])\*\*\/|\*+|\?|\[(?:!|\^)?\]?[^\]]*\]|[\s\S]/g) ?? [];
  return parts.flatMap((part): Token | readonly Token[] => {
    if (part === '**/') return 'folders';
    if (part.startsWith('*')) return part.length > 1 ? 'anyDeep' : 'any';
    if (part === '?') return isInPart;
    return part.length > 1 ? characterClass(part) : part.charCodeAt(0);
  });
}

/** `[a-z]`, `[!0-9]`; whatever is no range that a regular expression takes is what is written. */
function characterClass(glob: string): Token | readonly Token[] {
  const [, negation = '', content = ''] = /^\[([!^]?)([\s\S]*)\]$/.exec(glob) ?? [];
  try {
    const one = new RegExp(`^[${negation === '' ? '' : '^/'}${content.replace(/[\\\]^[]/g, '\\$&')}]$`, 's');
    return (code) => one.test(String.fromCharCode(code));
  } catch {
    return glob.split('').map((unit) => unit.charCodeAt(0));
  }
}
