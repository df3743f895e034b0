import { LineMap } from './lineMap.ts';
import { expandVariables, imageSite, inDocumentOrder } from './located.ts';
import type { ReadDocument, Site } from './site.ts';
import { readYaml, type YamlDocument, type YamlNode } from './yamlText.ts';

/** Keywords at the top level that are no jobs. */
const globalKeywords = new Set([
  'cache',
  'image',
  'include',
  'services',
  'spec',
  'stages',
  'variables',
  'workflow',
]);

/** `$$` is a dollar sign; `$[[ … ]]` an input; `$X`, `${X}` and `%X%` variables. */
const variablePattern = /\$\$|\$\[\[.*?\]\]|\$\{(\w+)\}|\$(\w+)|%(\w+)%/gs;

/**
 * Images of a GitLab pipeline: `image` and `services`, for all jobs, in `default` and in jobs, as text or as `name`.
 * https://docs.gitlab.com/ci/yaml/#image
 */
export function readGitlab(text: string): ReadDocument {
  if (!/\b(image|services)\b/.test(text)) return { sites: [], dependents: [] };
  const lines = new LineMap(text);
  const sites = readYaml(text).flatMap((document) => {
    const { root } = document;
    const jobs = document.entries(root).filter(([key]) => !globalKeywords.has(key));
    const owners = [root, ...jobs.map(([, job]) => job)];
    return owners.flatMap((owner) => imagesOf(document, lines, owner));
  });
  return { sites: inDocumentOrder(sites), dependents: [] };
}

function imagesOf(document: YamlDocument, lines: LineMap, owner: YamlNode | undefined): (Site | undefined)[] {
  const nodes = [document.get(owner, 'image'), ...document.items(document.get(owner, 'services'))];
  const lookUp = (name: string) => variable(document, owner, name) ?? variable(document, document.root, name);
  return nodes.map((node) => {
    const image = document.scalar(node) ?? document.scalar(document.get(node, 'name'));
    if (!image) return undefined;
    const expansion = expandVariables(image, variablePattern, (match) => variableUse(match, lookUp));
    const platform = document.scalar(document.get(document.get(node, 'docker'), 'platform'))?.text;
    return imageSite('gitlab', lines, image, expansion, platform === undefined ? {} : { platform });
  });
}

function variableUse(match: RegExpExecArray, lookUp: (name: string) => string | undefined) {
  const [all, braced, bare, windows] = match;
  if (all === '$$') return { name: all, value: '$' };
  const name = braced ?? bare ?? windows ?? all;
  const value = lookUp(name);
  return { name, ...(value !== undefined && { value }) };
}

/** A value that holds variables itself is left unresolved. */
function variable(document: YamlDocument, owner: YamlNode | undefined, name: string): string | undefined {
  const node = document.get(document.get(owner, 'variables'), name);
  const value = document.scalar(node) ?? document.scalar(document.get(node, 'value'));
  return value && !value.text.includes('$') ? value.text : undefined;
}
