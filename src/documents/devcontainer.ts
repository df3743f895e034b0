import { jsonString, jsonValue, parseJsonc } from './jsonText.ts';
import { LineMap } from './lineMap.ts';
import { expandVariables, imageSite, inDocumentOrder, type VariableUse } from './located.ts';
import type { ReadDocument } from './site.ts';

/** `${localEnv:NAME:default}`, `${localWorkspaceFolder}` and the like. */
const variablePattern = /\$\{[^}]*\}/g;

/** The `image` of a dev container. https://containers.dev/implementors/json_reference/#image-specific */
export function readDevcontainer(text: string): ReadDocument {
  const image = jsonString(text, jsonValue(parseJsonc(text), 'image'));
  const expansion = image && expandVariables(image, variablePattern, variableUse);
  const site = image && expansion && imageSite('devcontainer', new LineMap(text), image, expansion);
  return { sites: inDocumentOrder([site]), dependents: [] };
}

function variableUse(match: RegExpExecArray): VariableUse {
  const [all] = match;
  const [, prefix] = /^(\$\{(?:localEnv|env):[^:}]*:)[^}]*\}$/.exec(all) ?? [];
  if (prefix === undefined) return { name: all };
  const start = match.index + prefix.length;
  return { name: all, fallback: { start, end: match.index + all.length - 1 } };
}
