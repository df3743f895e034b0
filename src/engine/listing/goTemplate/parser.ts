import { EngineError } from '../../errors.ts';
import { tokenize } from './lexer.ts';
import {
  type ActionNode,
  type BranchNode,
  type EndNode,
  type JumpNode,
  type ListNode,
  nodeText,
  type PipeNode,
  type Statement,
  type TemplateNode,
} from './nodes.ts';
import { PipelineParser } from './pipelineParser.ts';
import { quote, unquote } from './quote.ts';
import type { Token, TokenKind } from './token.ts';
import { TokenSource } from './tokenQueue.ts';

/** As long as one argument of a command can be on Linux. */
const longestSource = 1 << 17;

/**
 * The templates of a source by name: those that it defines, and itself.
 * @throws EngineError `Invalid` with Go's message where it does not parse or is longer than 131,072 characters
 */
export function parseTrees(
  name: string,
  source: string,
  hasFunction: (name: string) => boolean,
): ReadonlyMap<string, ListNode> {
  if (source.length > longestSource)
    throw new EngineError(
      'Invalid',
      `template: ${name}: the template is longer than ${longestSource} characters`,
    );
  const tokens = new TokenSource(tokenize(source));
  const context = { name, tokens, hasFunction, trees: new Map<string, ListNode>(), depth: 0 };
  new TreeParser(context).parseSource();
  return context.trees;
}

/** Parses one template: the source as a whole, or what a `define` or `block` holds. */
class TreeParser extends PipelineParser {
  private loops = 0;

  parseSource(): void {
    const list: ListNode = { kind: 'list', position: this.tokens.peek().position, nodes: [] };
    while (this.tokens.peek().kind !== 'eof') {
      if (this.startsDefinition()) new TreeParser(this.context).parseDefinition();
      else list.nodes.push(this.statementOutside());
    }
    this.add(this.context.name, list);
  }

  private statementOutside(): Statement {
    const node = this.textOrAction();
    return isEnd(node) ? this.fail(`unexpected ${nodeText(node)}`) : node;
  }

  private startsDefinition(): boolean {
    if (this.tokens.peek().kind !== 'leftDelimiter') return false;
    const delimiter = this.tokens.next();
    const word = this.tokens.nextNonSpace();
    if (word.kind === 'define') return true;
    this.tokens.putBack(delimiter, word);
    return false;
  }

  private parseDefinition(): void {
    const where = 'define clause';
    const name = this.templateName(this.tokens.nextNonSpace(), where);
    this.expect('rightDelimiter', where);
    this.parseBody(name, where, this);
  }

  /** @param blamed whose line a wrong end is reported on */
  private parseBody(name: string, where: string, blamed: TreeParser): void {
    const { list, end } = this.itemList();
    if (end.kind !== 'end') blamed.fail(`unexpected ${nodeText(end)} in ${where}`);
    this.add(name, list);
  }

  /** A second definition counts unless it is empty, and must not meet a first that is not. */
  private add(name: string, list: ListNode): void {
    const former = this.context.trees.get(name);
    if (former === undefined || isEmptyTree(former)) this.context.trees.set(name, list);
    else if (!isEmptyTree(list)) this.fail(`template: multiple definition of template ${quote(name)}`);
  }

  private itemList(): { list: ListNode; end: EndNode } {
    const list: ListNode = { kind: 'list', position: this.tokens.peekNonSpace().position, nodes: [] };
    while (this.tokens.peekNonSpace().kind !== 'eof') {
      const node = this.textOrAction();
      if (isEnd(node)) return { list, end: node };
      list.nodes.push(node);
    }
    return this.fail('unexpected EOF');
  }

  private textOrAction(): Statement | EndNode {
    const token = this.tokens.nextNonSpace();
    if (token.kind === 'text') return { kind: 'text', position: token.position, text: token.text };
    if (token.kind !== 'leftDelimiter') return this.unexpected(token, 'input');
    this.actionLine = token.line;
    const node = this.action();
    this.actionLine = 0;
    return node;
  }

  private action(): Statement | EndNode {
    const token = this.tokens.nextNonSpace();
    switch (token.kind) {
      case 'block':
        return this.block();
      case 'break':
      case 'continue':
        return this.jump(token, token.kind);
      case 'else':
        return this.else();
      case 'end':
        return { kind: 'end', position: this.expect('rightDelimiter', 'end').position };
      case 'if':
      case 'range':
      case 'with':
        return this.branch(token.kind);
      case 'template':
        return this.template();
      default:
        this.tokens.putBack(token);
        return this.pipelineAction(token);
    }
  }

  private pipelineAction(first: Token): ActionNode {
    return { kind: 'action', position: first.position, pipe: this.pipeline('command', 'rightDelimiter') };
  }

  private jump(token: Token, kind: JumpNode['kind']): JumpNode {
    const after = this.tokens.nextNonSpace();
    if (after.kind !== 'rightDelimiter') this.unexpected(after, `{{${kind}}}`);
    if (this.loops === 0) this.fail(`{{${kind}}} outside {{range}}`);
    return { kind, position: token.position };
  }

  /** Leaves the `if` of an `else if` to {@link elseBranch}. */
  private else(): EndNode {
    const next = this.tokens.peekNonSpace();
    if (next.kind === 'if') return { kind: 'else', position: next.position };
    return { kind: 'else', position: this.expect('rightDelimiter', 'else').position };
  }

  private branch(kind: BranchNode['kind']): BranchNode {
    return this.nested(() => {
      const variables = this.variables.length;
      const pipe = this.pipeline(kind, 'rightDelimiter');
      this.loops += kind === 'range' ? 1 : 0;
      const { list, end } = this.itemList();
      this.loops -= kind === 'range' ? 1 : 0;
      const elseList = end.kind === 'else' ? this.elseBranch(kind, end) : undefined;
      this.variables.length = variables;
      return { kind, position: pipe.position, pipe, list, elseList };
    });
  }

  private elseBranch(kind: BranchNode['kind'], start: EndNode): ListNode {
    if (kind === 'if' && this.tokens.peek().kind === 'if') {
      this.tokens.next();
      return { kind: 'list', position: start.position, nodes: [this.branch('if')] };
    }
    const { list, end } = this.itemList();
    if (end.kind !== 'end') this.fail(`expected end; found ${nodeText(end)}`);
    return list;
  }

  private block(): TemplateNode {
    const where = 'block clause';
    const token = this.tokens.nextNonSpace();
    const name = this.templateName(token, where);
    const pipe = this.pipeline(where, 'rightDelimiter');
    this.nested(() => new TreeParser(this.context).parseBody(name, where, this));
    return { kind: 'template', position: token.position, name, pipe };
  }

  private template(): TemplateNode {
    const where = 'template clause';
    const token = this.tokens.nextNonSpace();
    const name = this.templateName(token, where);
    return { kind: 'template', position: token.position, name, pipe: this.optionalPipeline(where) };
  }

  private optionalPipeline(where: string): PipeNode | undefined {
    const token = this.tokens.nextNonSpace();
    if (token.kind === 'rightDelimiter') return undefined;
    this.tokens.putBack(token);
    return this.pipeline(where, 'rightDelimiter');
  }

  private templateName(token: Token, where: string): string {
    if (token.kind !== 'string' && token.kind !== 'rawString') return this.unexpected(token, where);
    return unquote(token.text) ?? this.fail('invalid syntax');
  }

  private expect(kind: TokenKind, where: string): Token {
    const token = this.tokens.nextNonSpace();
    return token.kind === kind ? token : this.unexpected(token, where);
  }
}

function isEnd(node: Statement | EndNode): node is EndNode {
  return node.kind === 'end' || node.kind === 'else';
}

/** Nothing but spaces. */
function isEmptyTree(node: Statement): boolean {
  if (node.kind === 'list') return node.nodes.every(isEmptyTree);
  return node.kind === 'text' && node.text.trim() === '';
}
