/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const fields = [
  ...['name', 'tags', 'count', 'ratio', 'ok', 'nothing', 'empty', 'none', 'map', 'list', 'uni', 'mixed'],
  ...['deep.er.est', 'deep', 'missing', 'missing.x', 'map.m', 'name.x', 'ID', 'RepoTags', 'Size', 'Config'],
  ...[
    'Config.Cmd',
    'Config.Labels.a',
    'Missing',
    'Missing.Env',
    'Empty',
    'Any',
    'AnyNil',
    'Wait',
    'Root',
    'Small',
  ],
  ...['Name', 'Fail', 'Count', '__proto__', 'constructor', 'Config.Env', 'Bytes'],
];
const functions = [
  ...[
    'len',
    'index',
    'slice',
    'print',
    'println',
    'printf',
    'html',
    'js',
    'urlquery',
    'and',
    'or',
    'not',
    'call',
  ],
  ...[
    'eq',
    'ne',
    'lt',
    'le',
    'gt',
    'ge',
    'json',
    'split',
    'join',
    'title',
    'lower',
    'upper',
    'pad',
    'truncate',
  ],
];
const literals = [
  ...[
    '1',
    '0',
    '-1',
    '42',
    '0x1F',
    '1.5',
    '1e6',
    '1e21',
    '0.1',
    '"a"',
    '""',
    '"a,b"',
    '`x`',
    "'q'",
    'true',
    'false',
  ],
  ...['nil', '2i', '3', '"héllo"', '"<&>"', '100000', '"\\xff"', '1_0'],
];
/** A letter stands for a value of a kind: any, text, whole number, list, map. */
const calls = [
  ...[
    'len T',
    'len L',
    'len M',
    'index L N',
    'index M T',
    'index . T',
    'slice T N',
    'slice L N N',
    'slice T N N',
  ],
  ...[
    'print A',
    'print A A',
    'println A A',
    'print A A A',
    'html A A',
    'js A',
    'urlquery A',
    'and A A',
    'or A A A',
  ],
  ...[
    'not A',
    'eq T T',
    'eq A A',
    'eq A nil',
    'ne A A',
    'lt N N',
    'le T T',
    'gt N N',
    'ge A A',
    'json A',
    'json .',
  ],
  ...[
    'split T T',
    'join L T',
    'join (split T T) T',
    'title T',
    'lower T',
    'upper T',
    'pad T N N',
    'truncate T N',
  ],
  ...[
    'printf "%v %v" A A',
    'printf "%s|%q|%x" T T T',
    'printf "%d|%5d|%x" N N N',
    'printf "%T %#v %+v" A A A',
  ],
];
const ofKind: Readonly<Record<string, readonly string[]>> = {
  A: [
    '.',
    '.name',
    '.tags',
    '.count',
    '.map',
    '.nothing',
    '.mixed',
    '.Root',
    '.Wait',
    '.Small',
    '1',
    '2.5',
    '"a"',
    'nil',
  ],
  T: [
    '.name',
    '.uni',
    '.ID',
    '.Name',
    '"a,b"',
    '""',
    '"héllo wörld"',
    '(print 1 "x")',
    '.Any',
    '.html',
    'true',
  ],
  N: ['0', '1', '2', '3', '-1', '(len "ab")', '.Count', '.Small', '.count', '07', "'\\x01'"],
  L: ['.tags', '.RepoTags', '.Config.Cmd', '.mixed', '.list', '(split "a b" " ")', '.Empty', '.'],
  M: ['.map', '.deep', '.Config.Labels', '.NoMap', '.', '(index .list 0)'],
};
const verbs = ['v', 'd', 's', 'q', 'x', 'X', 'f', 'g', 'e', 't', 'T', 'c', 'U', 'b', 'o', 'y', '%'];
const scraps = [
  '{{',
  '}}',
  ' ',
  '|',
  '(',
  ')',
  '"',
  '.',
  '$',
  ':=',
  '=',
  ',',
  '\n',
  '-',
  '/*',
  '*/',
  'end',
  '{{end}}',
  '{{else}}',
];

/** Templates that are mostly well formed, over the fields of the sample values. */
export class RandomTemplates {
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = randomNumbers(seed);
  }

  next(): string {
    const template = this.body(3);
    return this.chance(0.2) ? this.broken(template) : template;
  }

  private body(depth: number): string {
    return Array.from({ length: 1 + this.below(3) }, () => this.part(depth)).join('');
  }

  private part(depth: number): string {
    const kind = this.below(depth > 0 ? 14 : 8);
    if (kind < 2) return this.pick(['text ', ' \n', 'é', '-']);
    if (kind < 8) return `${this.left()}${this.pipeline(depth)}${this.right()}`;
    if (kind === 8) return this.branch('if', this.pipeline(depth), depth);
    if (kind === 9) return this.branch('with', this.pipeline(depth), depth);
    if (kind === 10) return this.branch('range', this.pipeline(depth), depth);
    if (kind === 11) return this.branch('range', `$i, $x := ${this.pipeline(depth)}`, depth);
    if (kind === 12)
      return `{{$x := ${this.pipeline(depth)}}}{{$x = ${this.pipeline(0)}}}{{$x${this.chain()}}}`;
    return `{{define "t${this.below(3)}"}}${this.body(0)}{{end}}{{template "t${this.below(3)}" ${this.pipeline(0)}}}`;
  }

  private branch(word: string, pipeline: string, depth: number): string {
    const otherwise = this.chance(0.4) ? `{{else}}${this.body(depth - 1)}` : '';
    const jump = this.chance(0.1) ? this.pick(['{{break}}', '{{continue}}']) : '';
    return `{{${word} ${pipeline}}}${this.body(depth - 1)}${jump}${otherwise}{{end}}`;
  }

  private pipeline(depth: number): string {
    return Array.from({ length: this.chance(0.3) ? 2 : 1 }, () => this.command(depth)).join(' | ');
  }

  private command(depth: number): string {
    if (this.chance(0.4)) return this.operand(depth);
    if (this.chance(0.5)) return this.call();
    if (this.chance(0.3)) return `printf ${this.format()} ${this.operands(depth)}`;
    return `${this.pick(functions)} ${this.operands(depth)}`;
  }

  /** With arguments of the kinds that the function takes. */
  private call(): string {
    const form = this.pick(calls);
    return form.replace(/[A-Z]/g, (kind) => this.pick(ofKind[kind] ?? []));
  }

  private operands(depth: number): string {
    return Array.from({ length: this.below(4) }, () => this.operand(depth)).join(' ');
  }

  private operand(depth: number): string {
    const kind = this.below(depth > 0 ? 10 : 8);
    if (kind < 4) return `.${this.pick(fields)}`;
    if (kind < 6) return this.pick(literals);
    if (kind === 6) return this.pick(['.', '$', '.']);
    if (kind === 7) return `$.${this.pick(fields)}`;
    return `(${this.pipeline(depth - 1)})${this.chain()}`;
  }

  private chain(): string {
    return this.chance(0.2) ? `.${this.pick(fields)}` : '';
  }

  private format(): string {
    const directives = Array.from({ length: this.below(3) }, () => this.directive());
    return JSON.stringify(`<${directives.join('|')}>`);
  }

  private directive(): string {
    const flags = Array.from({ length: this.below(3) }, () => this.pick(['+', '-', '#', ' ', '0'])).join('');
    const width = this.chance(0.3) ? this.pick(['5', '12', '*', '[1]', '[2]*']) : '';
    const precision = this.chance(0.3) ? this.pick(['.', '.0', '.2', '.10', '.*']) : '';
    return `%${flags}${width}${precision}${this.pick(verbs)}`;
  }

  private left(): string {
    return this.chance(0.1) ? '{{- ' : '{{';
  }

  private right(): string {
    return this.chance(0.1) ? ' -}}' : '}}';
  }

  /** With something cut out or put in anywhere. */
  private broken(template: string): string {
    const at = this.below(template.length + 1);
    const end = Math.min(template.length, at + this.below(4));
    return template.slice(0, at) + (this.chance(0.6) ? this.pick(scraps) : '') + template.slice(end);
  }

  private pick(words: readonly string[]): string {
    return words[this.below(words.length)] ?? '';
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  private chance(share: number): boolean {
    return this.random() < share;
  }
}
