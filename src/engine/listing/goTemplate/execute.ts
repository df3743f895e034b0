import { printable } from './escapers.ts';
import { Evaluation } from './evaluate.ts';
import { ExecutionLimits } from './executionLimits.ts';
import { formatValue, sortedEntries, sprint } from './formatValue.ts';
import type { GoValue } from './goValue.ts';
import { goKey, typeName } from './goValue.ts';
import type { ActionNode, BranchNode, JumpNode, ListNode, Statement, TemplateNode } from './nodes.ts';
import { nodeText } from './nodes.ts';
import { quote } from './quote.ts';
import { entryOf, indirect, isTrue, itemOf } from './reflection.ts';
import type { Template } from './template.ts';

/** Set by a `break` or `continue` on its way to its `range`. */
type Jump = JumpNode['kind'] | undefined;

/** One execution of a template. It is stopped where it goes past {@link ExecutionLimits}. */
export class Execution {
  readonly template: Template;
  readonly limits: ExecutionLimits;
  private readonly output: (text: string) => void;

  constructor(template: Template, output: (text: string) => void) {
    this.template = template;
    this.output = output;
    this.limits = new ExecutionLimits();
  }

  run(data: GoValue): void {
    new Walk(this, this.template.name, data).start(data);
  }

  write(text: string): void {
    this.limits.countOutput(text.length);
    this.output(text);
  }
}

/** One template of an execution, with its own variables. */
class Walk extends Evaluation {
  private readonly execution: Execution;

  constructor(execution: Execution, name: string, data: GoValue) {
    super(execution.template, execution.limits, name, data);
    this.execution = execution;
  }

  start(data: GoValue): void {
    const list = this.template.trees.get(this.name);
    if (list !== undefined) this.list(data, list);
  }

  private list(dot: GoValue, list: ListNode): Jump {
    for (const node of list.nodes) {
      const jump = this.statement(dot, node);
      if (jump !== undefined) return jump;
    }
    return undefined;
  }

  private statement(dot: GoValue, node: Statement): Jump {
    this.at(node);
    this.limited(() => this.execution.limits.countStep());
    switch (node.kind) {
      case 'text':
        this.write(node.text);
        return undefined;
      case 'action':
        this.action(dot, node);
        return undefined;
      case 'break':
      case 'continue':
        return node.kind;
      case 'template':
        this.invocation(dot, node);
        return undefined;
      case 'list':
        return this.list(dot, node);
      default:
        return this.branch(dot, node);
    }
  }

  private branch(dot: GoValue, node: BranchNode): Jump {
    return this.deeper(() => {
      const mark = this.variables.length;
      const jump = node.kind === 'range' ? this.range(dot, node) : this.ifOrWith(dot, node);
      this.variables.length = mark;
      return jump;
    });
  }

  private action(dot: GoValue, node: ActionNode): void {
    const value = this.pipeline(dot, node.pipe);
    if (node.pipe.declared.length > 0) return;
    this.at(node);
    if (typeof value === 'object' && value.kind === 'func')
      this.fail(`can't print ${nodeText(node)} of type ${typeName(value)}`);
    this.write(this.limited(() => sprint([printable(value)])));
  }

  private ifOrWith(dot: GoValue, node: BranchNode): Jump {
    const value = this.pipeline(dot, node.pipe);
    if (isTrue(value)) return this.list(node.kind === 'with' ? value : dot, node.list);
    return node.elseList === undefined ? undefined : this.list(dot, node.elseList);
  }

  private range(dot: GoValue, node: BranchNode): Jump {
    const { value } = indirect(this.pipeline(dot, node.pipe));
    if (typeof value === 'object' && value.kind === 'slice' && value.items.length > 0)
      return this.loop(value.items.keys(), (at) => [BigInt(at), itemOf(value, at)], node);
    if (typeof value === 'object' && value.kind === 'map' && value.entries.size > 0)
      return this.loop(sortedEntries(value), ([key]) => [goKey(value, key), entryOf(value, key)], node);
    const isEmpty = typeof value === 'object' && (value.kind === 'slice' || value.kind === 'map');
    if (value !== undefined && !isEmpty) this.fail(`range can't iterate over ${formatValue(value, 'v')}`);
    return node.elseList === undefined ? undefined : this.list(dot, node.elseList);
  }

  private loop<T>(
    items: Iterable<T>,
    read: (item: T) => readonly [GoValue, GoValue],
    node: BranchNode,
  ): Jump {
    const mark = this.variables.length;
    for (const item of items) {
      this.limited(() => this.execution.limits.countStep());
      const [index, value] = read(item);
      this.setFromTop(1, value, node.pipe.declared.length);
      this.setFromTop(2, index, node.pipe.declared.length);
      const jump = this.list(value, node.list);
      this.variables.length = mark;
      if (jump === 'break') break;
    }
    return undefined;
  }

  private invocation(dot: GoValue, node: TemplateNode): void {
    if (!this.template.trees.has(node.name)) this.fail(`template ${quote(node.name)} not defined`);
    const data = node.pipe === undefined ? undefined : this.pipeline(dot, node.pipe);
    this.deeper(() => new Walk(this.execution, node.name, data).start(data));
  }

  private write(text: string): void {
    this.limited(() => this.execution.write(text));
  }
}
