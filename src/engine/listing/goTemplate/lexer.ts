import { quote } from './quote.ts';
import type { Token, TokenKind } from './token.ts';

const keywords: ReadonlyMap<string, TokenKind> = new Map(
  (
    ['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with', 'nil'] as const
  ).map((word) => [word, word]),
);

const left = '{{';
const right = '}}';
const numberForm =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;
const spaces = /[ \t\r\n]*/y;
const word = /[\p{L}\p{Nd}_]*/uy;
const single: ReadonlyMap<string, TokenKind> = new Map([
  ['=', 'assign'],
  ['|', 'pipe'],
]);
const quotes: ReadonlyMap<string, readonly [form: RegExp, kind: TokenKind, broken: string]> = new Map([
  ['"', [/"(?:[^"\\\n]|\\[^\n])*"/suy, 'string', 'unterminated quoted string']],
  ["'", [/'(?:[^'\\\n]|\\[^\n])*'/suy, 'charConstant', 'unterminated character constant']],
  ['`', [/`[^`]*`/y, 'rawString', 'unterminated raw quoted string']],
]);

/**
 * Cuts a template into tokens; the last is `eof` or `error`. The same tokens, lines and messages as Go's.
 * https://pkg.go.dev/text/template#hdr-Text_and_spaces
 */
export function tokenize(source: string): readonly Token[] {
  return new Lexer(source).run();
}

class Lexer {
  private readonly tokens: Token[] = [];
  private readonly source: string;
  private position = 0;
  private line = 1;
  private parens = 0;
  private insideAction = false;

  constructor(source: string) {
    this.source = source;
  }

  run(): readonly Token[] {
    while (this.insideAction ? this.step() : this.text());
    return this.tokens;
  }

  /** Up to the next action. False at the end of the template or of what can be read. */
  private text(): boolean {
    const start = this.position;
    const at = this.source.indexOf(left, start);
    const end = at < 0 ? this.source.length : at;
    const trims = at >= 0 && hasLeftTrim(this.source, at + left.length);
    const text = this.source.slice(start, end);
    this.emitText(trims ? trimEnd(text) : text, text);
    if (at >= 0) return this.leftDelimiter(trims ? 2 : 0);
    this.emit('eof', 0);
    return false;
  }

  private emitText(kept: string, whole: string): void {
    if (kept !== '') this.tokens.push(this.token('text', this.position, kept));
    this.advance(whole.length);
  }

  private leftDelimiter(marker: number): boolean {
    if (this.source.startsWith('/*', this.position + left.length + marker)) {
      this.advance(left.length + marker);
      return this.comment();
    }
    this.emit('leftDelimiter', left.length);
    this.advance(marker);
    this.parens = 0;
    this.insideAction = true;
    return true;
  }

  private comment(): boolean {
    const end = this.source.indexOf('*/', this.position + 2);
    if (end < 0) return this.fail('unclosed comment');
    const delimiter = this.rightDelimiterAt(end + 2);
    if (delimiter === undefined) return this.fail('comment ends before closing delimiter');
    this.advance(end + 2 - this.position + delimiter.length);
    if (delimiter.trims) this.skipSpaces();
    return true;
  }

  private rightDelimiterAt(at: number): { length: number; trims: boolean } | undefined {
    if (hasRightTrim(this.source, at) && this.source.startsWith(right, at + 2))
      return { length: 2 + right.length, trims: true };
    return this.source.startsWith(right, at) ? { length: right.length, trims: false } : undefined;
  }

  private rightDelimiter(trims: boolean): boolean {
    if (trims) this.advance(2);
    this.emit('rightDelimiter', right.length);
    if (trims) this.skipSpaces();
    this.insideAction = false;
    return true;
  }

  /** One token inside an action. */
  private step(): boolean {
    const delimiter = this.rightDelimiterAt(this.position);
    if (delimiter !== undefined)
      return this.parens === 0 ? this.rightDelimiter(delimiter.trims) : this.fail('unclosed left paren');
    const character = this.characterAt(this.position);
    if (character === undefined) return this.fail('unclosed action');
    if (isSpace(character)) return this.space();
    const kind = single.get(character);
    return kind === undefined ? this.longer(character) : this.emit(kind, 1);
  }

  private longer(character: string): boolean {
    if (character === ':') return this.declaration();
    if (quotes.has(character)) return this.quoted(character);
    if (character === '$') return this.name('variable');
    if (character === '.' && !/[0-9]/.test(this.source[this.position + 1] ?? 'x'))
      return this.position + 1 < this.source.length ? this.name('field') : this.number();
    if (/[.+\-0-9]/.test(character)) return this.number();
    if (isAlphaNumeric(character)) return this.identifier();
    return this.punctuation(character);
  }

  private declaration(): boolean {
    if (this.source[this.position + 1] === '=') return this.emit('declare', 2);
    return this.fail('expected :=');
  }

  private quoted(mark: string): boolean {
    const [form, kind, broken] = quotes.get(mark) ?? [/$^/y, 'error', ''];
    const length = this.matchLength(form, this.position);
    return length === 0 ? this.fail(broken) : this.emit(kind, length);
  }

  private punctuation(character: string): boolean {
    if (character === '(') {
      this.parens += 1;
      return this.emit('leftParen', 1);
    }
    if (character === ')') return this.rightParen();
    if (/[!-~]/.test(character)) return this.emit('char', 1);
    return this.fail(`unrecognized character in action: ${unicodeName(character)}`);
  }

  private rightParen(): boolean {
    this.emit('rightParen', 1);
    this.parens -= 1;
    return this.parens < 0 ? this.fail("unexpected right paren U+0029 ')'") : true;
  }

  /** A run of spaces; the last one belongs to a ` -}}` that follows. */
  private space(): boolean {
    const length = this.matchLength(spaces, this.position);
    const last = this.position + length - 1;
    const trims = hasRightTrim(this.source, last) && this.source.startsWith(right, last + 2);
    if (trims && length === 1) return this.rightDelimiter(true);
    return this.emit('space', trims ? length - 1 : length);
  }

  private identifier(): boolean {
    const length = this.matchLength(word, this.position);
    if (!this.atTerminator(this.position + length)) return this.badCharacter(length);
    const text = this.source.slice(this.position, this.position + length);
    return this.emit(
      keywords.get(text) ?? (text === 'true' || text === 'false' ? 'bool' : 'identifier'),
      length,
    );
  }

  /** `.name`, `$name`, or the mark alone. */
  private name(kind: 'variable' | 'field'): boolean {
    const length = 1 + this.matchLength(word, this.position + 1);
    if (length === 1 && this.atTerminator(this.position + 1))
      return this.emit(kind === 'field' ? 'dot' : kind, 1);
    if (!this.atTerminator(this.position + length)) return this.badCharacter(length);
    return this.emit(kind, length);
  }

  private badCharacter(after: number): boolean {
    return this.fail(`bad character ${unicodeName(this.characterAt(this.position + after) ?? '')}`);
  }

  private number(): boolean {
    const first = this.numberEnd(this.position);
    if (first.broken) return this.badNumber(first.end);
    const sign = this.source[first.end];
    if (sign !== '+' && sign !== '-') return this.emit('number', first.end - this.position);
    const second = this.numberEnd(first.end);
    if (second.broken || this.source[second.end - 1] !== 'i') return this.badNumber(second.end);
    return this.emit('complex', second.end - this.position);
  }

  private numberEnd(at: number): { end: number; broken: boolean } {
    const end = at + this.matchLength(numberForm, at);
    const next = this.characterAt(end);
    const broken = next !== undefined && isAlphaNumeric(next);
    return { end: broken ? end + next.length : end, broken };
  }

  private badNumber(end: number): boolean {
    return this.fail(`bad number syntax: ${quote(this.source.slice(this.position, end))}`);
  }

  /** Whether a name may end here. */
  private atTerminator(at: number): boolean {
    const character = this.source[at];
    if (character === undefined || isSpace(character) || '.,|:)('.includes(character)) return true;
    return this.source.startsWith(right, at);
  }

  private matchLength(form: RegExp, at: number): number {
    form.lastIndex = at;
    return form.exec(this.source)?.[0].length ?? 0;
  }

  private characterAt(at: number): string | undefined {
    const code = this.source.codePointAt(at);
    return code === undefined ? undefined : String.fromCodePoint(code);
  }

  private skipSpaces(): void {
    this.advance(this.matchLength(spaces, this.position));
  }

  private emit(kind: TokenKind, length: number): true {
    this.tokens.push(
      this.token(kind, this.position, this.source.slice(this.position, this.position + length)),
    );
    this.advance(length);
    return true;
  }

  private fail(message: string): false {
    this.tokens.push(this.token('error', this.position, message));
    return false;
  }

  private token(kind: TokenKind, position: number, text: string): Token {
    return { kind, position, text, line: this.line };
  }

  private advance(length: number): void {
    const end = this.position + length;
    for (let at = this.position; at < end; at += 1) if (this.source[at] === '\n') this.line += 1;
    this.position = end;
  }
}

function hasLeftTrim(source: string, at: number): boolean {
  return source[at] === '-' && isSpace(source[at + 1] ?? '');
}

function hasRightTrim(source: string, at: number): boolean {
  return isSpace(source[at] ?? '') && source[at + 1] === '-';
}

function isSpace(character: string): boolean {
  return character !== '' && ' \t\r\n'.includes(character);
}

/** By hand: a pattern would take quadratic time on long runs of spaces. */
function trimEnd(text: string): string {
  let end = text.length;
  while (isSpace(text[end - 1] ?? '')) end -= 1;
  return text.slice(0, end);
}

function isAlphaNumeric(character: string): boolean {
  return /^[\p{L}\p{Nd}_]/u.test(character);
}

/** Go's `%#U`: `U+007D '}'`. The end of the template is U+-1 there, in 16 digits. */
function unicodeName(character: string): string {
  const code = character.codePointAt(0);
  if (code === undefined) return 'U+FFFFFFFFFFFFFFFF';
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character) ? `${name} '${character}'` : name;
}
