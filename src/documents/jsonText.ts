import { type Node, parseTree } from 'jsonc-parser';
import type { Located } from './located.ts';
import { isNestedDeeply } from './nesting.ts';

/** The tree of a JSON text that may hold comments and trailing commas; what does not parse is left out. */
export function parseJsonc(text: string): Node | undefined {
  return isNestedDeeply(text) ? undefined : parseTree(text, [], { allowTrailingComma: true });
}

export function jsonEntries(node: Node | undefined): [key: string, value: Node][] {
  if (node?.type !== 'object') return [];
  return (node.children ?? []).flatMap(({ children }): [string, Node][] => {
    const [key, value] = children ?? [];
    return key && value ? [[String(key.value), value]] : [];
  });
}

export function jsonValue(node: Node | undefined, key: string): Node | undefined {
  return jsonEntries(node).findLast(([name]) => name === key)?.[1];
}

/** A string's value and where it stands within its quotes. */
export function jsonString(text: string, node: Node | undefined): Located | undefined {
  if (node?.type !== 'string') return undefined;
  const start = node.offset + 1;
  const last = node.offset + node.length - 1;
  const end = Math.max(start, text[last] === '"' ? last : last + 1);
  const value = String(node.value);
  return { text: value, start, end, verbatim: text.slice(start, end) === value };
}
