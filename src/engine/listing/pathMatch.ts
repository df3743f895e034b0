import { EngineError } from '../errors.ts';

/** Whether a pattern's place takes a character. */
type Place = (character: string) => boolean;

/** Places one after another, with or without a `*` in front. */
interface Chunk {
  readonly afterStar: boolean;
  readonly places: readonly Place[];
}

/**
 * A test for names by a shell pattern as Go's `path.Match` reads it, which Docker uses for references: `*` and `?` stop at
 * a slash, `[a-z]` and `[^a-z]` are classes, `\` takes a character's meaning away, and the whole name must match. As in
 * Go each part between stars takes the first place that fits, so that no pattern takes long.
 * https://pkg.go.dev/path#Match
 * @throws `Invalid`, in Docker's words
 */
export function pathMatcher(pattern: string): (name: string) => boolean {
  const chunks = parseChunks(pattern);
  return (name) => chunksMatch(chunks, [...name]);
}

function chunksMatch(chunks: readonly Chunk[], name: readonly string[]): boolean {
  let at = 0;
  for (const [number, chunk] of chunks.entries()) {
    const isLast = number === chunks.length - 1;
    if (isLast && chunk.afterStar && chunk.places.length === 0) return !name.includes('/', at);
    const end = endOfChunk(chunk, isLast, name, at);
    if (end === undefined) return false;
    at = end;
  }
  return at === name.length;
}

/** Where the chunk's first fitting place from `from` on ends; the last chunk must reach the name's end. */
function endOfChunk(
  { afterStar, places }: Chunk,
  isLast: boolean,
  name: readonly string[],
  from: number,
): number | undefined {
  for (let start = from; start <= name.length; start += 1) {
    const end = start + places.length;
    const fits = end <= name.length && places.every((takes, place) => takes(name[start + place] ?? ''));
    if (fits && (!isLast || end === name.length)) return end;
    if (!afterStar || name[start] === '/') return undefined;
  }
  return undefined;
}

const notSlash: Place = (character) => character !== '/';

function parseChunks(pattern: string): Chunk[] {
  const characters = [...pattern];
  const chunks: { afterStar: boolean; places: Place[] }[] = [{ afterStar: false, places: [] }];
  let at = 0;
  while (at < characters.length) {
    const character = characters[at];
    if (character === '*') {
      chunks.push({ afterStar: true, places: [] });
      at += 1;
      continue;
    }
    const [place, next] = parsePlace(pattern, characters, at);
    chunks.at(-1)?.places.push(place);
    at = next;
  }
  return withoutRepeatedStars(chunks);
}

/** `**` is `*`. */
function withoutRepeatedStars(chunks: readonly Chunk[]): Chunk[] {
  return chunks.filter(({ places }, number) => places.length > 0 || number === chunks.length - 1);
}

function parsePlace(
  pattern: string,
  characters: readonly string[],
  at: number,
): [place: Place, next: number] {
  switch (characters[at]) {
    case '?':
      return [notSlash, at + 1];
    case '[':
      return parseClass(pattern, characters, at + 1);
    case '\\': {
      const literal = characters[at + 1] ?? refuse(pattern);
      return [(character) => character === literal, at + 2];
    }
    default: {
      const literal = characters[at];
      return [(character) => character === literal, at + 1];
    }
  }
}

/** From behind the opening bracket. */
function parseClass(
  pattern: string,
  characters: readonly string[],
  start: number,
): [place: Place, next: number] {
  const negated = characters[start] === '^';
  let at = negated ? start + 1 : start;
  const member = (): number => {
    if (characters[at] === '-' || characters[at] === ']') refuse(pattern);
    if (characters[at] === '\\') at += 1;
    const character = characters[at] ?? refuse(pattern);
    at += 1;
    return codePoint(character);
  };
  const ranges: [low: number, high: number][] = [];
  do {
    const low = member();
    const isRange = characters[at] === '-';
    if (isRange) at += 1;
    ranges.push([low, isRange ? member() : low]);
  } while (characters[at] !== ']');
  const place: Place = (character) => {
    const code = codePoint(character);
    return ranges.some(([low, high]) => low <= code && code <= high) !== negated;
  };
  return [place, at + 1];
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}

function refuse(pattern: string): never {
  throw new EngineError('Invalid', `syntax error in pattern ${JSON.stringify(pattern)}`);
}
