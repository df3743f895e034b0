import { type HclToken, readHcl } from './hcl.ts';
import { jsonEntries, jsonString, jsonValue, parseJsonc } from './jsonText.ts';
import { LineMap } from './lineMap.ts';
import {
  afterPrefix,
  expandVariables,
  imageSite,
  inDocumentOrder,
  type Located,
  type VariableUse,
} from './located.ts';
import type { ReadDocument } from './site.ts';

const imageScheme = 'docker-image://';
const templatePattern = /\$\{[^}]*\}/g;

/** What a bake file says: the strings that may name an image, and the defaults of its variables. */
interface BakeText {
  readonly strings: readonly (Located | undefined)[];
  readonly defaults: ReadonlyMap<string, string>;
}

/**
 * The `docker-image://` contexts of the targets in a bake file, HCL or JSON.
 * https://docs.docker.com/build/bake/reference/#targetcontexts
 */
export function readBake(text: string): ReadDocument {
  const lines = new LineMap(text);
  const { strings, defaults } = /^\s*\{/.test(text) ? readJsonBake(text) : readHclBake(text);
  const sites = strings.map((located) => {
    const image = located && afterPrefix(located, imageScheme, text);
    const expansion =
      image && expandVariables(image, templatePattern, (match) => variableUse(match, defaults));
    return image && expansion && imageSite('bake', lines, image, expansion);
  });
  return { sites: inDocumentOrder(sites), dependents: [] };
}

/** A plain `${NAME}` of a variable with a default; expressions are left unresolved. */
function variableUse([all]: RegExpExecArray, defaults: ReadonlyMap<string, string>): VariableUse {
  const value = defaults.get(all.slice(2, -1).trim());
  return { name: all, ...(value !== undefined && { value }) };
}

function readJsonBake(text: string): BakeText {
  const root = parseJsonc(text);
  const targets = jsonEntries(jsonValue(root, 'target')).map(([, target]) => target);
  const contexts = targets.flatMap((target) => jsonEntries(jsonValue(target, 'contexts')));
  const defaults = new Map<string, string>();
  for (const [name, variable] of jsonEntries(jsonValue(root, 'variable'))) {
    const value = jsonString(text, jsonValue(variable, 'default'))?.text;
    if (value !== undefined && !value.includes('$')) defaults.set(name, value);
  }
  return { strings: contexts.map(([, context]) => jsonString(text, context)), defaults };
}

function readHclBake(text: string): BakeText {
  const tokens = readHcl(text);
  const strings = tokens.map((token) => (token.kind === 'string' ? token.located : undefined));
  return { strings, defaults: hclDefaults(tokens) };
}

/** `variable "NAME" { default = "value" }` */
function hclDefaults(tokens: readonly HclToken[]): Map<string, string> {
  const defaults = new Map<string, string>();
  let name: string | undefined;
  for (const [index, token] of tokens.entries()) {
    const [before, next] = [tokens[index - 1], tokens[index + 1]];
    if (token.kind === 'string' && isWord(before, 'variable')) name = token.located.text;
    if (!isWord(token, 'default') || name === undefined) continue;
    const value = tokens[index + 2];
    const isAssigned = next?.kind === 'mark' && next.text === '=' && value?.kind === 'string';
    if (isAssigned && !/[\\$]/.test(value.located.text)) defaults.set(name, value.located.text);
    name = undefined;
  }
  return defaults;
}

function isWord(token: HclToken | undefined, text: string): boolean {
  return token?.kind === 'word' && token.text === text;
}
