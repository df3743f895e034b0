import { lastAtMost } from './lineMap.ts';

/**
 * Dockerfile text to instructions, as BuildKit's parser does it: parser directives, comments, continued lines, heredocs.
 * https://docs.docker.com/reference/dockerfile/ and https://github.com/moby/buildkit/blob/v0.20.0/frontend/dockerfile/parser/parser.go
 *
 * Not read with a syntax tree library: the one there is takes time quadratic in the number of comments, and reads
 * directives and heredocs differently from BuildKit.
 */
export interface DockerfileText {
  /** The `# syntax=` directive's value. */
  readonly syntax?: { readonly value: string; readonly offset: number };
  /** The escape character: `\` or, with `# escape=`, a backtick. */
  readonly escapeToken: string;
  readonly instructions: readonly WholeInstruction[];
}

export interface Instruction {
  /** Upper case. */
  readonly keyword: string;
  /** Where the keyword stands in the file. */
  readonly offset: number;
  /** What follows the keyword. */
  readonly args: JoinedText;
}

/** An instruction of the file itself, with the lines that belong to it. */
export interface WholeInstruction extends Instruction {
  /** Offset in the file behind its last line, that of the last heredoc included. */
  readonly end: number;
  readonly heredocs: readonly HeredocText[];
}

export interface HeredocText {
  readonly name: string;
  /** Its lines, without leading tabs where it is a `<<-`. */
  readonly text: string;
}

/** Text joined from the pieces of continued lines, that still knows where in the file each character stands. */
export class JoinedText {
  readonly text: string;
  /** Where in `text` each piece begins, and its offset in the file. */
  readonly #begins: readonly number[];
  readonly #offsets: readonly number[];

  constructor(text: string, begins: readonly number[], offsets: readonly number[]) {
    this.text = text;
    this.#begins = begins;
    this.#offsets = offsets;
  }

  /** Offset in the file of the character at `index`. */
  offsetOf(index: number): number {
    const piece = lastAtMost(this.#begins, index);
    return (this.#offsets[piece] ?? 0) + index - (this.#begins[piece] ?? 0);
  }

  /** Offset in the file behind the character before `index`: an end stays on the line of what it ends. */
  endOffsetOf(index: number): number {
    return index === 0 ? this.offsetOf(0) : this.offsetOf(index - 1) + 1;
  }

  from(index: number): JoinedText {
    const first = lastAtMost(this.#begins, index);
    const begins = this.#begins.slice(first).map((begin) => Math.max(0, begin - index));
    const offsets = this.#offsets.slice(first);
    offsets[0] = this.offsetOf(index);
    return new JoinedText(this.text.slice(index), begins, offsets);
  }
}

interface Line {
  /** Without its line break. */
  readonly text: string;
  readonly offset: number;
}

export function readDockerfileText(text: string): DockerfileText {
  const lines = splitLines(text);
  const { syntax, escapeToken } = readDirectives(lines);
  const instructions: WholeInstruction[] = [];
  for (let next = 0; next < lines.length; ) {
    if (isBlankOrComment(lines[next]?.text ?? '')) {
      next++;
      continue;
    }
    const [joined, afterLine] = joinContinued(lines, next, escapeToken);
    next = afterLine;
    const instruction = toInstruction(joined);
    if (!instruction) continue;
    const heredocs: HeredocText[] = [];
    for (const heredoc of heredocsOf(instruction)) {
      const from = next;
      next = skipHeredoc(lines, from, heredoc);
      heredocs.push(heredocText(lines, from, next, heredoc));
    }
    const last = lines[next - 1];
    const end = last ? last.offset + last.text.length : instruction.offset;
    instructions.push({ ...instruction, end, heredocs });
  }
  return { ...(syntax && { syntax }), escapeToken, instructions };
}

/** Lines end at `\n` alone; a `\r` before it does not belong to them. */
function splitLines(text: string): Line[] {
  const lines: Line[] = [];
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  while (start < text.length) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const last = end > start && text[end - 1] === '\r' ? end - 1 : end;
    lines.push({ text: text.slice(start, last), offset: start });
    start = end + 1;
  }
  return lines;
}

const directivePattern = /^(\s*#\s*)([a-zA-Z][a-zA-Z0-9]*)(\s*=\s*)(\S.*)$/s;

/** Directives end at the first line that is none, and none may come twice. */
function readDirectives(lines: readonly Line[]): Pick<DockerfileText, 'syntax' | 'escapeToken'> {
  let syntax: DockerfileText['syntax'];
  let escapeToken = '\\';
  const seen = new Set<string>();
  for (const line of lines.slice(lines[0]?.text.startsWith('#!') ? 1 : 0)) {
    const [, mark = '', key = '', equals = '', rest = ''] = directivePattern.exec(line.text) ?? [];
    const value = rest.trimEnd();
    const name = key.toLowerCase();
    if (!['syntax', 'escape', 'check'].includes(name) || seen.has(name)) break;
    seen.add(name);
    // The frontend is looked up before the file is parsed, by a stricter reader: no space before the #, one word.
    if (name === 'syntax' && mark.startsWith('#')) {
      const offset = line.offset + mark.length + key.length + equals.length;
      syntax = { value: value.split(' ', 1)[0] ?? '', offset };
    }
    if (name === 'escape' && value === '`') escapeToken = value;
  }
  return { ...(syntax && { syntax }), escapeToken };
}

/** One instruction's text from line `first` on, and the line after it. Comments and empty lines within are left out. */
function joinContinued(
  lines: readonly Line[],
  first: number,
  escapeToken: string,
): [text: JoinedText, next: number] {
  const texts: string[] = [];
  const begins: number[] = [];
  const offsets: number[] = [];
  let length = 0;
  let index = first;
  for (let continued = true; continued && index < lines.length; index++) {
    const line = lines[index];
    if (line === undefined) break;
    if (isBlankOrComment(line.text)) continue;
    const indent = index === first ? line.text.length - line.text.trimStart().length : 0;
    const kept = continuationStart(line.text, indent, escapeToken);
    continued = kept !== undefined;
    const text = line.text.slice(indent, kept);
    texts.push(text);
    begins.push(length);
    offsets.push(line.offset + indent);
    length += text.length;
  }
  return [new JoinedText(texts.join(''), begins, offsets), index];
}

function isBlankOrComment(line: string): boolean {
  const body = line.trimStart();
  return body === '' || body.startsWith('#');
}

/** Where the escape character that continues the line stands. A doubled one does not continue it. */
function continuationStart(line: string, indent: number, escapeToken: string): number | undefined {
  let end = line.length;
  while (end > indent && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--;
  const at = end - 1;
  if (at < indent || line[at] !== escapeToken) return undefined;
  return at > indent && line[at - 1] === escapeToken ? undefined : at;
}

function toInstruction(joined: JoinedText): Instruction | undefined {
  const match = /^[\t\v\f\r ]*([^\t\v\f\r ]+)[\t\v\f\r ]*/.exec(joined.text);
  if (!match) return undefined;
  const [all, keyword = ''] = match;
  const offset = joined.offsetOf(all.indexOf(keyword));
  return { keyword: keyword.toUpperCase(), offset, args: joined.from(all.length) };
}

/** The instruction behind ONBUILD. */
export function triggerOf(instruction: Instruction): Instruction | undefined {
  return toInstruction(instruction.args);
}

interface Heredoc {
  readonly name: string;
  /** `<<-`: leading tabs do not count. */
  readonly chomp: boolean;
}

function heredocsOf(instruction: Instruction): Heredoc[] {
  if (!instruction.args.text.includes('<<')) return [];
  const inner = instruction.keyword === 'ONBUILD' ? triggerOf(instruction) : instruction;
  if (!inner || !['RUN', 'COPY', 'ADD'].includes(inner.keyword) || isJsonForm(inner.args.text)) return [];
  return rawWords(inner.args.text).flatMap(heredocOf);
}

function isJsonForm(args: string): boolean {
  if (!args.startsWith('[')) return false;
  try {
    return Array.isArray(JSON.parse(args));
  } catch {
    return false; // Not JSON: the shell form, whose first word begins with a bracket.
  }
}

function heredocOf(word: string): Heredoc[] {
  const [, dash, quoted = ''] = /^\d*<<(-?)([^<]+)$/.exec(word) ?? [];
  const name = quoted.replace(/"([^"]*)"|'([^']*)'|\\(.)/g, '$1$2$3');
  return name === '' ? [] : [{ name, chomp: dash === '-' }];
}

/** Words with their quotes; none at all where a quote is left open, as in BuildKit's lexer. */
function rawWords(text: string): string[] {
  const words = text.match(/(?:[^\s"'\\]+|\\.?|"[^"\\]*(?:\\.[^"\\]*)*"|'[^']*')+|["']/gs) ?? [];
  return words.some((word) => word === '"' || word === "'") ? [] : words;
}

function skipHeredoc(lines: readonly Line[], from: number, { name, chomp }: Heredoc): number {
  for (let index = from; index < lines.length; index++) {
    const text = lines[index]?.text ?? '';
    if ((chomp ? text.replace(/^\t+/, '') : text) === name) return index + 1;
  }
  return lines.length;
}

/** Without the line that ends it, which an open one lacks. */
function heredocText(
  lines: readonly Line[],
  from: number,
  next: number,
  { name, chomp }: Heredoc,
): HeredocText {
  const bare = lines.slice(from, next).map(({ text }) => (chomp ? text.replace(/^\t+/, '') : text));
  if (bare.at(-1) === name) bare.pop();
  return { name, text: bare.join('\n') };
}
