import type { JoinedText } from './dockerfileInstructions.ts';

/** A part of an instruction's arguments. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Flag {
  /** Lower case, without dashes. */
  readonly name: string;
  readonly value: UnquotedText;
}

/** Text with its quotes taken off, that still knows where in the arguments each character stands. */
export interface UnquotedText {
  readonly text: string;
  readonly indexes: readonly number[];
}

const space = /[\t\v\f\r ]/;

/**
 * The `--flag=value` words that an instruction begins with, and where the rest begins.
 * https://github.com/moby/buildkit/blob/v0.20.0/frontend/dockerfile/parser/split_command.go
 */
export function readFlags(args: JoinedText): { readonly flags: readonly Flag[]; readonly rest: number } {
  const { text } = args;
  const flags: Flag[] = [];
  let at = skipSpace(text, 0);
  while (text.startsWith('--', at)) {
    const { word, end } = unquoteWord(text, at);
    at = skipSpace(text, end);
    if (word.text === '--') break;
    flags.push(toFlag(word));
  }
  return { flags, rest: at };
}

function toFlag({ text, indexes }: UnquotedText): Flag {
  const equals = text.indexOf('=');
  const nameEnd = equals < 0 ? text.length : equals;
  return {
    name: text.slice(2, nameEnd).toLowerCase(),
    value: { text: text.slice(nameEnd + 1), indexes: indexes.slice(nameEnd + 1) },
  };
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && space.test(text[at] ?? '')) at++;
  return at;
}

/** Flags are unquoted with `\` whatever the file's escape character is. */
function unquoteWord(text: string, from: number): { word: UnquotedText; end: number } {
  const characters: string[] = [];
  const indexes: number[] = [];
  let quote = '';
  let at = from;
  for (; at < text.length; at++) {
    const character = text[at] ?? '';
    if (quote === '' && space.test(character)) break;
    if (quote === '' ? character === '"' || character === "'" : character === quote) {
      quote = quote === '' ? character : '';
      continue;
    }
    if (character === '\\' && ++at >= text.length) break;
    characters.push(text[at] ?? '');
    indexes.push(at);
  }
  return { word: { text: characters.join(''), indexes }, end: at };
}

/** The words of FROM: split at white space, quotes or not. */
export function splitWords(text: string, from: number): Span[] {
  const words: Span[] = [];
  for (let at = skipSpace(text, from); at < text.length; ) {
    let end = at;
    while (end < text.length && !space.test(text[end] ?? '')) end++;
    words.push({ start: at, end });
    at = skipSpace(text, end);
  }
  return words;
}

/** The words of ARG: white space within quotes, or behind the escape character, does not split. */
export function splitQuotedWords(text: string, escapeToken: string): Span[] {
  const words: Span[] = [];
  for (let at = skipSpace(text, 0); at < text.length; ) {
    const end = quotedWordEnd(text, at, escapeToken);
    words.push({ start: at, end });
    at = skipSpace(text, end);
  }
  return words;
}

function quotedWordEnd(text: string, start: number, escapeToken: string): number {
  let quote = '';
  let at = start;
  for (; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === escapeToken && quote !== "'") at++;
    else if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (space.test(character)) break;
  }
  return Math.min(at, text.length);
}

/** The span within the quotes, where one pair of them stands around all of it. */
export function withoutQuotes(text: string, { start, end }: Span): Span {
  const quote = text[start];
  const isQuoted =
    end - start >= 2 && (quote === '"' || quote === "'") && text.indexOf(quote, start + 1) === end - 1;
  return isQuoted ? { start: start + 1, end: end - 1 } : { start, end };
}

/**
 * The values of `from=` in a `--mount`: comma-separated fields, of which each may stand in double quotes (RFC 4180).
 * https://docs.docker.com/reference/dockerfile/#run---mount
 */
export function mountSources({ text, indexes }: UnquotedText): UnquotedText[] {
  const fields = text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...fields].flatMap(({ index, 0: all, 1: quoted, 2: plain = '' }) => {
    const field = quoted ?? plain;
    const [, key = ''] = /^(from=)./i.exec(field) ?? [];
    if (key === '') return [];
    const start = index + all.indexOf(field) + key.length;
    const end = start + field.length - key.length;
    return [{ text: text.slice(start, end), indexes: indexes.slice(start, end) }];
  });
}
