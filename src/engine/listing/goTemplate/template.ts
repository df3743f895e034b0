import { builtins } from './builtins.ts';
import { Execution } from './execute.ts';
import type { GoFunction, GoValue } from './goValue.ts';
import type { ListNode } from './nodes.ts';
import { parseTrees } from './parser.ts';

export interface TemplateOptions {
  /** Functions beside Go's own, found before them. */
  readonly functions?: Readonly<Record<string, GoFunction>>;
  /** What a map without the key asked for gives: `<no value>`, or an error (`missingkey=error`). */
  readonly missingKey?: 'default' | 'error';
}

/** A parsed template, and those that it defines: Go's `text/template`. */
export class Template {
  readonly name: string;
  /** As it was given. */
  readonly source: string;
  readonly trees: ReadonlyMap<string, ListNode>;
  readonly functions: Readonly<Record<string, GoFunction>>;
  readonly missingKey: 'default' | 'error';

  constructor(name: string, source: string, options: TemplateOptions) {
    this.name = name;
    this.source = source;
    this.functions = options.functions ?? {};
    this.missingKey = options.missingKey ?? 'default';
    this.trees = parseTrees(name, source, (word) => this.findFunction(word) !== undefined);
  }

  /** The same template with another `missingkey`. */
  withMissingKey(missingKey: 'default' | 'error'): Template {
    return Object.assign(Object.create(Template.prototype) as Template, this, { missingKey });
  }

  findFunction(word: string): GoFunction | undefined {
    if (Object.hasOwn(this.functions, word)) return this.functions[word];
    return Object.hasOwn(builtins, word) ? builtins[word] : undefined;
  }

  /** Whether `and` and `or` are Go's own. */
  isBuiltin(word: string): boolean {
    return !Object.hasOwn(this.functions, word);
  }

  /**
   * What the template makes of the data.
   * @throws EngineError `Invalid` with Go's message; what was written before it is lost: see {@link executeTo}
   */
  execute(data: GoValue): string {
    const parts: string[] = [];
    this.executeTo(data, (text) => parts.push(text));
    return parts.join('');
  }

  /**
   * Writes piece by piece, as Go does: where it throws, what came before has been written.
   * @throws EngineError `Invalid` with Go's message, or where it takes more than {@link Execution} allows
   */
  executeTo(data: GoValue, write: (text: string) => void): void {
    new Execution(this, write).run(data);
  }
}

/**
 * @param name begins every message: `template: NAME:1: …`; Docker's commands leave it empty
 * @throws EngineError `Invalid` with Go's message where the text does not parse
 * https://pkg.go.dev/text/template
 */
export function parseTemplate(name: string, text: string, options: TemplateOptions = {}): Template {
  return new Template(name, text, options);
}
