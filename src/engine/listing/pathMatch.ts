import { EngineError } from '../errors.ts';

/**
 * A test for names by a shell pattern as Go's `path.Match` reads it, which Docker uses for references: `*` and `?` stop at
 * a slash, `[a-z]` and `[^a-z]` are classes, `\` takes a character's meaning away, and the whole name must match.
 * https://pkg.go.dev/path#Match
 * @throws `Invalid`, in Docker's words
 */
export function pathMatcher(pattern: string): (name: string) => boolean {
  const source = [...tokens(pattern)].join('');
  const expression = new RegExp(`^(?:${source})$`, 'su');
  return (name) => expression.test(name);
}

/** The pattern piece by piece, each as a regular expression. */
function* tokens(pattern: string): Generator<string> {
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at += 1) {
    switch (characters[at]) {
      case '*':
        while (characters[at + 1] === '*') at += 1;
        yield '[^/]*';
        break;
      case '?':
        yield '[^/]';
        break;
      case '[': {
        const [source, end] = characterClass(pattern, characters, at);
        yield source;
        at = end;
        break;
      }
      case '\\':
        at += 1;
        yield literal(characters[at] ?? refuse(pattern));
        break;
      default:
        yield literal(characters[at] ?? '');
    }
  }
}

/** From the bracket at `start`; gives the place of the closing one too. */
function characterClass(
  pattern: string,
  characters: readonly string[],
  start: number,
): [source: string, end: number] {
  const negated = characters[start + 1] === '^';
  let at = start + (negated ? 2 : 1);
  const member = (): string => {
    if (characters[at] === '-' || characters[at] === ']') refuse(pattern);
    if (characters[at] === '\\') at += 1;
    const character = characters[at] ?? refuse(pattern);
    at += 1;
    return character;
  };
  const ranges: string[] = [];
  do {
    const low = member();
    const isRange = characters[at] === '-';
    if (isRange) at += 1;
    const high = isRange ? member() : low;
    // A range that runs backwards holds nothing; in a regular expression it would be an error.
    if (low <= high) ranges.push(`${codePoint(low)}-${codePoint(high)}`);
  } while (characters[at] !== ']');
  if (ranges.length === 0) return [negated ? '[\\s\\S]' : '[^\\s\\S]', at];
  return [`[${negated ? '^' : ''}${ranges.join('')}]`, at];
}

function literal(character: string): string {
  return /[A-Za-z0-9]/.test(character) ? character : codePoint(character);
}

function codePoint(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function refuse(pattern: string): never {
  throw new EngineError('Invalid', `syntax error in pattern ${JSON.stringify(pattern)}`);
}
