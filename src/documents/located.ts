import type { LineMap } from './lineMap.ts';
import type { DocumentKind, Mention } from './mention.ts';
import type { Expansion, Owner, Piece } from './pieces.ts';
import { definitionOf, findingOf, type Site } from './site.ts';

/** The value of a string in YAML, JSON or HCL, and where its characters stand, quotes left out. */
export interface Located {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Character by character as in the file: no escapes, no folded lines. */
  readonly verbatim: boolean;
}

/** One that has no variables. */
export function literalExpansion({ text, start, end }: Located): Expansion {
  return { pieces: [{ text, start, end }], broken: false };
}

/** The same without a prefix such as `docker://`. `undefined` where it does not begin with it, character by character. */
export function afterPrefix(located: Located, prefix: string, source: string): Located | undefined {
  const { text, start } = located;
  if (!text.startsWith(prefix) || !source.startsWith(prefix, start)) return undefined;
  return { ...located, text: text.slice(prefix.length), start: start + prefix.length };
}

export interface VariableUse {
  readonly name: string;
  /** What stands in for the variable if it has no value: offsets within the text. */
  readonly fallback?: { readonly start: number; readonly end: number };
  /** A value from elsewhere. It is not edited from here, since other parts of the file may use it. */
  readonly value?: string;
}

/** Substitutes the variables that `pattern` finds; `read` says what each is worth. */
export function expandVariables(
  located: Located,
  pattern: RegExp,
  read: (match: RegExpExecArray) => VariableUse,
): Expansion {
  const { text, start, verbatim } = located;
  const matches = [...text.matchAll(pattern)];
  if (!matches[0]) return literalExpansion(located);
  if (!verbatim) return { pieces: [], broken: false, unresolved: read(matches[0]).name };
  const pieces: Piece[] = [];
  let unresolved: string | undefined;
  let at = 0;
  for (const match of matches) {
    const use = read(match);
    const end = match.index + match[0].length;
    if (match.index > at) pieces.push(piece(text, start, at, match.index));
    pieces.push(variablePiece(use, text, start, match.index, end));
    if (use.value === undefined && !use.fallback) unresolved ??= use.name;
    at = end;
  }
  if (at < text.length) pieces.push(piece(text, start, at, text.length));
  return { pieces, broken: false, ...(unresolved !== undefined && { unresolved }) };
}

function variablePiece(use: VariableUse, text: string, start: number, from: number, to: number): Piece {
  const { name, fallback, value } = use;
  if (value !== undefined || !fallback) {
    return { text: value ?? '', start: start + from, end: start + to, derived: true };
  }
  return piece(text, start, fallback.start, fallback.end, { name });
}

function piece(text: string, start: number, from: number, to: number, owner?: Owner): Piece {
  return { text: text.slice(from, to), start: start + from, end: start + to, ...(owner && { owner }) };
}

/** The site of an `image` value outside Dockerfiles. `undefined` where nothing is written. */
export function imageSite(
  kind: DocumentKind,
  lines: LineMap,
  { start, end }: Located,
  expansion: Expansion,
  extra: Pick<Mention, 'platform' | 'reason'> = {},
): Site | undefined {
  if (start === end) return undefined;
  const { reason, platform } = extra;
  const found = findingOf(expansion);
  const finding = reason && found.reason !== 'unresolved-argument' ? { reason } : found;
  const mention: Mention = {
    kind,
    role: 'image',
    text: lines.text.slice(start, end),
    range: lines.rangeAt(start, end),
    ...finding,
    ...(platform !== undefined && { platform }),
    ...(finding.reference && definitionOf(expansion, lines)),
  };
  return { mention, expansion };
}

/** Sites in the order they stand in, each place once: aliases lead to the same text again. */
export function inDocumentOrder(sites: readonly (Site | undefined)[]): Site[] {
  const places = new Set<string>();
  const isNew = ({ mention: { range } }: Site) => {
    const place = `${range.start.line}:${range.start.character}`;
    return !places.has(place) && places.add(place);
  };
  const found = sites.filter((site) => site !== undefined).filter(isNew);
  return found.sort(({ mention: { range: a } }, { mention: { range: b } }) =>
    a.start.line === b.start.line ? a.start.character - b.start.character : a.start.line - b.start.line,
  );
}
