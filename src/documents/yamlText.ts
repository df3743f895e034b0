import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { Located } from './located.ts';
import { isNestedDeeply } from './nesting.ts';

/** A YAML node that aliases have been followed from; absent and `null` are `undefined`. */
export type YamlNode = NonNullable<unknown>;

/**
 * The documents of a YAML stream, read without being built into values, so that an alias bomb stays as small as it is
 * written. What does not parse gives as much as could be read.
 */
export function readYaml(text: string): YamlDocument[] {
  if (isNestedDeeply(text)) return [];
  const documents = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  return documents.map((document) => new YamlDocument(text, document));
}

export class YamlDocument {
  readonly #text: string;
  readonly #targets: ReadonlyMap<Alias, YamlNode>;
  readonly root: YamlNode | undefined;

  constructor(text: string, { contents }: Document.Parsed) {
    this.#text = text;
    this.#targets = aliasTargets(contents);
    this.root = this.#follow(contents);
  }

  /** The value of a key, merge keys (`<<`) included. */
  get(node: YamlNode | undefined, key: string): YamlNode | undefined {
    return this.#get(node, key, new Set());
  }

  #get(node: YamlNode | undefined, key: string, seen: Set<YamlNode>): YamlNode | undefined {
    if (!isMap(node) || seen.has(node)) return undefined;
    seen.add(node);
    const own = node.items.findLast((item) => isScalar(item.key) && item.key.value === key);
    if (own) return this.#follow(own.value);
    for (const merged of this.#merged(node)) {
      const value = this.#get(merged, key, seen);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  #merged(map: YAMLMap): YamlNode[] {
    const merges = map.items.filter((item) => isScalar(item.key) && item.key.value === '<<');
    const sources = merges.map((item) => this.#follow(item.value));
    return sources.flatMap((source) => (isSeq(source) ? this.items(source) : source ? [source] : []));
  }

  /** Whether the key is there with something behind it. */
  has(node: YamlNode | undefined, key: string): boolean {
    return this.get(node, key) !== undefined;
  }

  /** Own entries with a plain key. */
  entries(node: YamlNode | undefined): [key: string, value: YamlNode][] {
    if (!isMap(node)) return [];
    return node.items.flatMap(({ key, value }): [string, YamlNode][] => {
      const target = this.#follow(value);
      return isScalar(key) && target !== undefined ? [[String(key.value), target]] : [];
    });
  }

  items(node: YamlNode | undefined): YamlNode[] {
    if (!isSeq(node)) return [];
    return node.items.flatMap((item) => this.#follow(item) ?? []);
  }

  /** A scalar's text and place. `undefined` for anything else. */
  scalar(node: YamlNode | undefined): Located | undefined {
    return isScalar(node) ? locate(this.#text, node) : undefined;
  }

  /** Follows an alias to what it stands for; its text stands there alone. */
  #follow(node: unknown): YamlNode | undefined {
    const target = isAlias(node) ? this.#targets.get(node) : node;
    if (target === null || target === undefined) return undefined;
    return isScalar(target) && target.value === null ? undefined : target;
  }
}

/** What each alias stands for: the last node before it with its anchor. In one pass, for files full of them. */
function aliasTargets(contents: unknown): Map<Alias, YamlNode> {
  const anchors = new Map<string, YamlNode>();
  const targets = new Map<Alias, YamlNode>();
  const waiting: unknown[] = [contents];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target) targets.set(node, target);
    } else if (isPair(node)) {
      waiting.push(node.value, node.key);
    } else if (isMap(node) || isSeq(node) || isScalar(node)) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (!isScalar(node)) waiting.push(...node.items.toReversed());
    }
  }
  return targets;
}

function locate(text: string, scalar: Scalar): Located | undefined {
  const [from, to] = scalar.range ?? [0, 0];
  const value = typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? String(scalar.value));
  switch (scalar.type) {
    case 'QUOTE_DOUBLE':
    case 'QUOTE_SINGLE':
      return within(text, value, from + 1, Math.max(from + 1, text[to - 1] === text[from] ? to - 1 : to));
    case 'BLOCK_FOLDED':
    case 'BLOCK_LITERAL':
      return locateBlock(text, value.trim(), from, to);
    default:
      return within(text, value, from, to);
  }
}

function within(text: string, value: string, start: number, end: number): Located {
  return { text: value, start, end, verbatim: text.slice(start, end) === value };
}

/** The lines below a block scalar's `|` or `>`. */
function locateBlock(text: string, value: string, from: number, to: number): Located {
  const header = text.indexOf('\n', from);
  const body = text.slice(header + 1, to);
  const start = header + 1 + (body.length - body.trimStart().length);
  return within(text, value, start, Math.max(start, header + 1 + body.trimEnd().length));
}
