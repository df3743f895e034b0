import { EngineError } from '../../errors.ts';
import { byteLength } from './goText.ts';
import { GoCallError } from './goValue.ts';
import { type Node, nodeText } from './nodes.ts';
import { quote } from './quote.ts';
import type { Template } from './template.ts';

/** Where an execution stands, for its messages. */
export class ErrorPlace {
  readonly template: Template;
  /** Of the template that is being executed. */
  readonly name: string;
  private node: Node | undefined;

  constructor(template: Template, name: string) {
    this.template = template;
    this.name = name;
  }

  /** Errors are at that node from here on. */
  protected at(node: Node): void {
    this.node = node;
  }

  protected fail(message: string): never {
    const where = this.node === undefined ? this.name : this.place(this.node);
    throw new EngineError('Invalid', `template: ${where}: ${message}`);
  }

  /** `NAME:LINE:COLUMN: executing "NAME" at <NODE>`: the column is in bytes and starts at 0. */
  private place(node: Node): string {
    const before = this.template.source.slice(0, node.position);
    const lineStart = before.lastIndexOf('\n') + 1;
    const line = before.split('\n').length;
    const column = byteLength(before.slice(lineStart));
    return `${this.template.name}:${line}:${column}: executing ${quote(this.name)} at <${nodeText(node)}>`;
  }

  /** Does what a limit may stop. */
  protected limited<T>(task: () => T): T {
    try {
      return task();
    } catch (error) {
      if (error instanceof GoCallError) this.fail(error.message);
      throw error;
    }
  }
}
