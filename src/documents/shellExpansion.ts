import { type Expansion, type Owner, type Piece, PieceList, piecesText } from './pieces.ts';
import { replacePattern, trimPrefix, trimSuffix } from './shellPattern.ts';

/** Gives a variable's value, `undefined` where it has none. */
export type Lookup = (name: string) => Expansion | undefined;

export interface ShellWord {
  /** With its quotes and escapes. */
  readonly text: string;
  /** Offset in the file of the character at `index`. */
  readonly offsetOf: (index: number) => number;
  /** Absent where nothing escapes and quotes are characters like others. */
  readonly escapeToken?: string;
  readonly lookup: Lookup;
  /** The ARG whose default the word is. */
  readonly owner?: Owner;
}

/** Bounds the work and the depth of nested braces; no reference needs it. */
const maxWordLength = 4096;

/**
 * Takes the quotes off a word and substitutes its variables, as BuildKit's shell lexer does.
 * https://docs.docker.com/reference/dockerfile/#environment-replacement
 */
export function expandShellWord(word: ShellWord): Expansion {
  if (word.text.length > maxWordLength) return { pieces: [], broken: true };
  return new ShellExpander(word).expand();
}

const ordinary = /[\w.:@+-]+/y;

class ShellExpander {
  readonly #word: ShellWord;
  #at = 0;
  #unresolved: string | undefined;
  #broken = false;

  constructor(word: ShellWord) {
    this.#word = word;
  }

  expand(): Expansion {
    const pieces = this.#readUntil(undefined, this.#word.owner, false);
    return {
      pieces,
      broken: this.#broken,
      ...(this.#unresolved !== undefined && { unresolved: this.#unresolved }),
    };
  }

  get #character(): string {
    return this.#word.text[this.#at] ?? '';
  }

  get #hasQuotes(): boolean {
    return this.#word.escapeToken !== undefined;
  }

  get #atEnd(): boolean {
    return this.#at >= this.#word.text.length;
  }

  /** Reads up to and over `stop`, or to the end of the word. `raw` keeps escapes: patterns have their own. */
  #readUntil(stop: string | undefined, owner: Owner | undefined, raw: boolean): readonly Piece[] {
    const list = new PieceList();
    while (!this.#atEnd && this.#character !== stop) {
      if (this.#character === '$') list.addPieces(this.#readVariable(owner));
      else if (this.#character === "'" && this.#hasQuotes) this.#readSingleQuoted(list, owner);
      else if (this.#character === '"' && this.#hasQuotes) this.#readDoubleQuoted(list, owner);
      else this.#readPlain(list, owner, raw);
    }
    if (stop !== undefined) this.#take(stop);
    if (list.tooLong) this.#broken = true;
    return list.pieces;
  }

  #take(wanted: string): void {
    if (this.#character === wanted) this.#at++;
    else this.#broken = true;
  }

  #readPlain(list: PieceList, owner: Owner | undefined, raw: boolean): void {
    if (this.#character === this.#word.escapeToken) {
      if (raw) this.#add(list, owner);
      else this.#at++;
    }
    if (!this.#atEnd) this.#add(list, owner);
    this.#addRun(list, owner);
  }

  /** Characters that mean nothing special, at one go. */
  #addRun(list: PieceList, owner: Owner | undefined): void {
    ordinary.lastIndex = this.#at;
    const run = ordinary.exec(this.#word.text)?.[0] ?? '';
    if (run === '') return;
    const start = this.#word.offsetOf(this.#at);
    const end = this.#word.offsetOf(this.#at + run.length - 1) + 1;
    if (end - start !== run.length) return;
    list.addText(run, start, end, owner);
    this.#at += run.length;
  }

  #add(list: PieceList, owner: Owner | undefined): void {
    const start = this.#word.offsetOf(this.#at);
    list.addText(this.#character, start, start + 1, owner);
    this.#at++;
  }

  #readSingleQuoted(list: PieceList, owner: Owner | undefined): void {
    this.#at++;
    while (!this.#atEnd && this.#character !== "'") this.#add(list, owner);
    this.#take("'");
  }

  #readDoubleQuoted(list: PieceList, owner: Owner | undefined): void {
    const { text, escapeToken } = this.#word;
    this.#at++;
    while (!this.#atEnd && this.#character !== '"') {
      if (this.#character === '$') {
        list.addPieces(this.#readVariable(owner));
        continue;
      }
      const next = text[this.#at + 1];
      if (this.#character === escapeToken && (next === '"' || next === '$' || next === escapeToken))
        this.#at++;
      this.#add(list, owner);
    }
    this.#take('"');
  }

  #readVariable(owner: Owner | undefined): readonly Piece[] {
    const dollar = this.#at++;
    if (this.#character === '{') return this.#readBraced(dollar);
    if (this.#character === '$' && !this.#hasQuotes) return this.#readDoubledDollar(dollar, owner);
    const name = this.#readName();
    if (name !== '') return this.#valueOf(name, dollar);
    const start = this.#word.offsetOf(dollar);
    return [{ text: '$', start, end: start + 1, ...(owner && { owner }) }];
  }

  /** Compose writes `$$` for a dollar sign. */
  #readDoubledDollar(dollar: number, owner: Owner | undefined): readonly Piece[] {
    this.#at++;
    const start = this.#word.offsetOf(dollar);
    return [{ text: '$', start, end: this.#word.offsetOf(this.#at - 1) + 1, ...(owner && { owner }) }];
  }

  #readName(): string {
    const match = /^(?:\p{Nd}+|[@*#?\-$!]|[\p{L}_][\p{L}\p{Nd}_]*)/u.exec(
      this.#word.text.slice(this.#at, this.#at + 256),
    );
    this.#at += match?.[0].length ?? 0;
    return match?.[0] ?? '';
  }

  /** The value of a plain `$X` or `${X}`. */
  #valueOf(name: string, dollar: number): readonly Piece[] {
    const value = this.#word.lookup(name);
    return value ? this.#use(value) : this.#missing(name, dollar);
  }

  #missing(name: string, dollar: number): readonly Piece[] {
    this.#unresolved ??= name;
    return this.#derived('', dollar);
  }

  #derived(text: string, from: number): readonly Piece[] {
    return [
      { text, start: this.#word.offsetOf(from), end: this.#word.offsetOf(this.#at - 1) + 1, derived: true },
    ];
  }

  #readBraced(dollar: number): readonly Piece[] {
    this.#at++;
    const name = this.#readName();
    if (name === '') {
      this.#broken = true;
      return [];
    }
    const operator = this.#character;
    this.#at++;
    switch (operator) {
      case '}':
        return this.#valueOf(name, dollar);
      case ':':
        return this.#readModifier(name, dollar, true);
      case '/':
        return this.#readReplacement(name, dollar);
      default:
        this.#at--;
        return this.#readModifier(name, dollar, false);
    }
  }

  #readModifier(name: string, dollar: number, emptyIsUnset: boolean): readonly Piece[] {
    const operator = this.#character;
    this.#at++;
    const value = this.#word.lookup(name);
    const set = value !== undefined && !(emptyIsUnset && piecesText(value.pieces) === '');
    switch (operator) {
      case '-': {
        const fallback = this.#readInline(name);
        return this.#use(set ? value : fallback);
      }
      case '+': {
        const alternative = this.#readInline(name);
        return set ? this.#use(alternative) : this.#derived('', dollar);
      }
      case '?':
        this.#readInline(name);
        return set ? this.#use(value) : this.#missing(name, dollar);
      case '#':
      case '%':
        return this.#readTrim(name, operator, dollar);
      default:
        this.#broken = true;
        return [];
    }
  }

  /** The text between the operator and the brace, which counts only where it is used. */
  #readInline(name: string): Expansion {
    const owner: Owner = { name };
    const outer = this.#unresolved;
    this.#unresolved = undefined;
    const pieces = this.#readUntil('}', owner, false);
    const unresolved = this.#unresolved;
    this.#unresolved = outer;
    const start = this.#word.offsetOf(this.#at - 1);
    return {
      pieces: pieces.length > 0 ? pieces : [{ text: '', start, end: start, owner }],
      broken: this.#broken,
      ...(unresolved !== undefined && { unresolved }),
    };
  }

  #use({ pieces, unresolved, broken }: Expansion): readonly Piece[] {
    this.#unresolved ??= unresolved;
    if (broken) this.#broken = true;
    return pieces;
  }

  #readTrim(name: string, operator: '#' | '%', dollar: number): readonly Piece[] {
    const pattern = piecesText(this.#readUntil('}', undefined, true));
    const value = this.#valueOf(name, dollar);
    const longest = pattern.startsWith(operator);
    const bare = longest ? pattern.slice(1) : pattern;
    const text = piecesText(value);
    if (operator === '%') return this.#derived(trimSuffix(text, bare, longest), dollar);
    return dropStart(value, text.length - trimPrefix(text, bare, longest).length);
  }

  #readReplacement(name: string, dollar: number): readonly Piece[] {
    const all = this.#character === '/';
    if (all) this.#at++;
    const pattern = piecesText(this.#readUntil('/', undefined, true));
    const replacement = piecesText(this.#readUntil('}', undefined, true));
    const text = piecesText(this.#valueOf(name, dollar));
    return this.#derived(replacePattern(text, pattern, replacement, all), dollar);
  }
}

/** The pieces without their first `count` characters; the end still stands where it stood. */
function dropStart(pieces: readonly Piece[], count: number): readonly Piece[] {
  let left = count;
  return pieces.map((piece) => {
    const dropped = Math.min(left, piece.text.length);
    left -= dropped;
    return dropped === 0
      ? piece
      : { ...piece, text: piece.text.slice(dropped), start: piece.start + dropped };
  });
}
