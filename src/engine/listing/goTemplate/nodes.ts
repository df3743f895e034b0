import type { GoComplex } from './goValue.ts';

interface At {
  /** Where it starts in the source, in UTF-16 units. */
  readonly position: number;
}

export interface ListNode extends At {
  readonly kind: 'list';
  readonly nodes: Statement[];
}
export interface TextNode extends At {
  readonly kind: 'text';
  readonly text: string;
}
export interface ActionNode extends At {
  readonly kind: 'action';
  readonly pipe: PipeNode;
}
export interface BranchNode extends At {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}
export interface JumpNode extends At {
  readonly kind: 'break' | 'continue';
}
export interface TemplateNode extends At {
  readonly kind: 'template';
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}
export type Statement = ListNode | TextNode | ActionNode | BranchNode | JumpNode | TemplateNode;

/** What ends a list: never part of the tree. */
export interface EndNode extends At {
  readonly kind: 'end' | 'else';
}

export interface PipeNode extends At {
  readonly kind: 'pipe';
  readonly isAssign: boolean;
  readonly declared: readonly string[];
  readonly commands: readonly CommandNode[];
}
export interface CommandNode extends At {
  readonly kind: 'command';
  readonly operands: readonly [Operand, ...Operand[]];
}
export interface FieldNode extends At {
  readonly kind: 'field';
  readonly names: readonly string[];
}
export interface VariableNode extends At {
  readonly kind: 'variable';
  /** With its `$`. */
  readonly variable: string;
  readonly names: readonly string[];
}
export interface ChainNode extends At {
  readonly kind: 'chain';
  readonly base: PipeNode | IdentifierNode;
  readonly names: readonly string[];
}
export interface IdentifierNode extends At {
  readonly kind: 'identifier';
  readonly name: string;
}
export interface DotNode extends At {
  readonly kind: 'dot';
}
export interface NilNode extends At {
  readonly kind: 'nil';
}
export interface BoolNode extends At {
  readonly kind: 'bool';
  readonly value: boolean;
}
export interface StringNode extends At {
  readonly kind: 'string';
  readonly quoted: string;
  readonly value: string;
}
/** A number and all that it can be taken for. */
export interface NumberNode extends At {
  readonly kind: 'number';
  readonly text: string;
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
  readonly complex: GoComplex | undefined;
}
export type LiteralNode = BoolNode | StringNode | NumberNode;
export type Operand =
  | PipeNode
  | FieldNode
  | VariableNode
  | ChainNode
  | IdentifierNode
  | DotNode
  | NilNode
  | BoolNode
  | StringNode
  | NumberNode;
export type Node = Statement | EndNode | CommandNode | Operand;

export function isLiteral(node: Operand): node is LiteralNode {
  return node.kind === 'bool' || node.kind === 'string' || node.kind === 'number';
}

/** The node as Go's messages write it. */
export function nodeText(node: Node): string {
  switch (node.kind) {
    case 'list':
      return node.nodes.map(nodeText).join('');
    case 'text':
      return node.text;
    case 'if':
    case 'with':
    case 'range':
      return branchText(node);
    case 'template':
      return templateText(node);
    case 'action':
      return `{{${nodeText(node.pipe)}}}`;
    case 'break':
    case 'continue':
    case 'end':
    case 'else':
      return `{{${node.kind}}}`;
    case 'command':
      return node.operands.map(operandText).join(' ');
    default:
      return bareText(node);
  }
}

function bareText(node: Operand): string {
  switch (node.kind) {
    case 'pipe':
      return declarationText(node) + node.commands.map(nodeText).join(' | ');
    case 'field':
      return node.names.map((name) => `.${name}`).join('');
    case 'variable':
      return [node.variable, ...node.names].join('.');
    case 'chain':
      return [operandText(node.base), ...node.names].join('.');
    case 'identifier':
      return node.name;
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'bool':
      return String(node.value);
    case 'string':
      return node.quoted;
    case 'number':
      return node.text;
  }
}

function operandText(node: Operand): string {
  return node.kind === 'pipe' ? `(${bareText(node)})` : bareText(node);
}

function declarationText(pipe: PipeNode): string {
  return pipe.declared.length === 0 ? '' : `${pipe.declared.join(', ')} := `;
}

function branchText(node: BranchNode): string {
  const otherwise = node.elseList === undefined ? '' : `{{else}}${nodeText(node.elseList)}`;
  return `{{${node.kind} ${nodeText(node.pipe)}}}${nodeText(node.list)}${otherwise}{{end}}`;
}

function templateText(node: TemplateNode): string {
  const pipe = node.pipe === undefined ? '' : ` ${nodeText(node.pipe)}`;
  return `{{template ${JSON.stringify(node.name)}${pipe}}}`;
}
