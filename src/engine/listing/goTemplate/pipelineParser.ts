import { EngineError } from '../../errors.ts';
import type {
  ChainNode,
  CommandNode,
  ListNode,
  NumberNode,
  Operand,
  PipeNode,
  VariableNode,
} from './nodes.ts';
import { nodeText } from './nodes.ts';
import { readNumber } from './numberLiteral.ts';
import { quote, unquote } from './quote.ts';
import type { Token, TokenKind } from './token.ts';
import { TokenQueue, type TokenSource } from './tokenQueue.ts';

const deepestNesting = 200;
const mostOperands = 1000;
const literals: readonly Operand['kind'][] = ['bool', 'string', 'number', 'nil', 'dot'];
const operandStarts: readonly TokenKind[] = [
  'bool',
  'charConstant',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParen',
];
const shownWhole: readonly TokenKind[] = [
  ...(['dot', 'nil', 'block', 'break', 'continue', 'define', 'else', 'end'] as const),
  ...(['if', 'range', 'template', 'with'] as const),
];

/** What every template of one source shares while it is parsed. */
export interface ParseContext {
  /** Of the template that the source makes; messages begin with it. */
  readonly name: string;
  readonly tokens: TokenSource;
  readonly hasFunction: (name: string) => boolean;
  readonly trees: Map<string, ListNode>;
  /** How deep blocks and parentheses are nested at the moment. */
  depth: number;
}

/** The part of a template's parser that reads what stands inside an action. */
export class PipelineParser {
  protected readonly context: ParseContext;
  protected readonly tokens: TokenQueue;
  /** Those in reach, `$` among them. */
  protected readonly variables: string[] = ['$'];
  /** Line of the action that is being read; 0 outside. */
  protected actionLine = 0;

  constructor(context: ParseContext) {
    this.context = context;
    this.tokens = new TokenQueue(context.tokens);
  }

  protected pipeline(where: string, end: TokenKind): PipeNode {
    const start = this.tokens.peekNonSpace();
    const { declared, isAssign } = this.declarations(where);
    const commands: CommandNode[] = [];
    for (;;) {
      const token = this.tokens.nextNonSpace();
      if (token.kind === end) break;
      if (!operandStarts.includes(token.kind)) this.unexpected(token, where);
      this.tokens.putBack(token);
      commands.push(this.command());
    }
    this.checkCommands(commands, where);
    return { kind: 'pipe', position: start.position, isAssign, declared, commands };
  }

  private declarations(where: string): Pick<PipeNode, 'declared' | 'isAssign'> {
    const declared: string[] = [];
    for (;;) {
      const variable = this.tokens.peekNonSpace();
      if (variable.kind !== 'variable') return { declared, isAssign: false };
      this.tokens.next();
      const sign = this.declarationSign(variable);
      if (sign === undefined) return { declared, isAssign: false };
      declared.push(variable.text);
      this.variables.push(variable.text);
      if (sign !== 'char') return { declared, isAssign: sign === 'assign' };
      this.checkSecondVariable(where, declared.length);
    }
  }

  /** `=`, `:=` or a comma after a variable; everything is put back where there is none. */
  private declarationSign(variable: Token): TokenKind | undefined {
    const after = this.tokens.peek();
    const next = this.tokens.peekNonSpace();
    if (next.kind === 'assign' || next.kind === 'declare' || (next.kind === 'char' && next.text === ','))
      return this.tokens.nextNonSpace().kind;
    if (after.kind === 'space') this.tokens.putBack(variable, after);
    else this.tokens.putBack(variable);
    return undefined;
  }

  private checkSecondVariable(where: string, count: number): void {
    if (where !== 'range' || count >= 2) this.fail(`too many declarations in ${where}`);
    if (!['variable', 'rightDelimiter', 'rightParen'].includes(this.tokens.peekNonSpace().kind))
      this.fail('range can only initialize variables');
  }

  private checkCommands(commands: readonly CommandNode[], where: string): void {
    if (commands.length === 0) this.fail(`missing value for ${where}`);
    const stage = commands.findIndex((command, at) => at > 0 && literals.includes(command.operands[0].kind));
    if (stage > 0) this.fail(`non executable command in pipeline stage ${stage + 1}`);
  }

  private command(): CommandNode {
    const position = this.tokens.peekNonSpace().position;
    const operands: Operand[] = [];
    do {
      this.tokens.peekNonSpace();
      const operand = this.operand();
      if (operand !== undefined) operands.push(operand);
      if (operands.length > mostOperands) this.fail(`more than ${mostOperands} operands in a command`);
    } while (this.commandGoesOn());
    const [first, ...others] = operands;
    if (first === undefined) return this.fail('empty command');
    return { kind: 'command', position, operands: [first, ...others] };
  }

  private commandGoesOn(): boolean {
    const token = this.tokens.next();
    if (token.kind === 'space') return true;
    if (token.kind === 'rightDelimiter' || token.kind === 'rightParen') this.tokens.putBack(token);
    else if (token.kind !== 'pipe') this.unexpected(token, 'operand');
    return false;
  }

  /** A term and the fields that follow it without a space. */
  private operand(): Operand | undefined {
    const term = this.term();
    if (term === undefined || this.tokens.peek().kind !== 'field') return term;
    const { position } = this.tokens.peek();
    const names: string[] = [];
    while (this.tokens.peek().kind === 'field') names.push(this.tokens.next().text.slice(1));
    if (term.kind === 'field' || term.kind === 'variable')
      return { ...term, position, names: [...term.names, ...names] };
    if (term.kind === 'pipe' || term.kind === 'identifier') return this.chain(term, position, names);
    return this.fail(`unexpected . after term ${quote(nodeText(term))}`);
  }

  private chain(base: ChainNode['base'], position: number, names: readonly string[]): ChainNode {
    return { kind: 'chain', position, base, names };
  }

  private term(): Operand | undefined {
    const token = this.tokens.nextNonSpace();
    const { position, text } = token;
    switch (token.kind) {
      case 'identifier':
        if (!this.context.hasFunction(text)) this.fail(`function ${quote(text)} not defined`);
        return { kind: 'identifier', position, name: text };
      case 'dot':
      case 'nil':
        return { kind: token.kind, position };
      case 'variable':
        return this.variable(token);
      case 'field':
        return { kind: 'field', position, names: [text.slice(1)] };
      case 'bool':
        return { kind: 'bool', position, value: text === 'true' };
      case 'charConstant':
      case 'complex':
      case 'number':
        return this.number(token, token.kind);
      case 'leftParen':
        return this.nested(() => this.pipeline('parenthesized pipeline', 'rightParen'));
      case 'string':
      case 'rawString':
        return {
          kind: 'string',
          position,
          quoted: text,
          value: unquote(text) ?? this.fail('invalid syntax'),
        };
      default:
        this.tokens.putBack(token);
        return undefined;
    }
  }

  private variable(token: Token): VariableNode {
    if (!this.variables.includes(token.text)) this.fail(`undefined variable ${quote(token.text)}`);
    return { kind: 'variable', position: token.position, variable: token.text, names: [] };
  }

  private number(token: Token, kind: 'charConstant' | 'complex' | 'number'): NumberNode {
    const values = readNumber(token.text, kind);
    if (typeof values === 'string') return this.fail(values);
    return { kind: 'number', position: token.position, text: token.text, ...values };
  }

  /** Keeps the parser off the end of the stack. Go has no such limit here. */
  protected nested<T>(parse: () => T): T {
    this.context.depth += 1;
    if (this.context.depth > deepestNesting) this.fail(`nested deeper than ${deepestNesting} levels`);
    const parsed = parse();
    this.context.depth -= 1;
    return parsed;
  }

  protected unexpected(token: Token, where: string): never {
    if (token.kind === 'error') return this.fail(token.text + this.startOfAction(token));
    return this.fail(`unexpected ${tokenText(token)} in ${where}`);
  }

  private startOfAction(token: Token): string {
    if (this.actionLine === 0 || this.actionLine === token.line) return '';
    const start = ` started at ${this.context.name}:${this.actionLine}`;
    return token.text.endsWith(' action') ? start : ` in action${start}`;
  }

  protected fail(message: string): never {
    throw new EngineError('Invalid', `template: ${this.context.name}:${this.tokens.latest.line}: ${message}`);
  }
}

function tokenText(token: Token): string {
  if (token.kind === 'eof') return 'EOF';
  if (shownWhole.includes(token.kind)) return `<${token.text}>`;
  const characters = Array.from(token.text);
  return Buffer.byteLength(token.text) > 10
    ? `${quote(characters.slice(0, 10).join(''))}...`
    : quote(token.text);
}
