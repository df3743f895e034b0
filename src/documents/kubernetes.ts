import { LineMap } from './lineMap.ts';
import { expandVariables, imageSite, inDocumentOrder } from './located.ts';
import type { ReadDocument, Site } from './site.ts';
import { readYaml, type YamlDocument, type YamlNode } from './yamlText.ts';

const containerLists = ['containers', 'initContainers', 'ephemeralContainers'];

/** What charts and other templates leave open. */
const templatePattern = /\{\{[^}]*\}\}|\$\(\w+\)|\$\{?\w+\}?/g;

/**
 * The `image` of every container in Kubernetes objects: pods, anything with a pod template, Lists of them, several in
 * one file. YAML that holds no object gives none.
 * https://kubernetes.io/docs/concepts/containers/images/
 */
export function readKubernetes(text: string): ReadDocument {
  if (!/\bapiVersion\b/.test(text) || !/\bimage\b/.test(text)) return { sites: [], dependents: [] };
  const lines = new LineMap(text);
  const sites = readYaml(text).flatMap((document) => {
    const isObject = document.has(document.root, 'apiVersion') && document.has(document.root, 'kind');
    return isObject ? imagesBelow(document, lines) : [];
  });
  return { sites: inDocumentOrder(sites), dependents: [] };
}

/** Every node once, however aliases are tied. */
function imagesBelow(document: YamlDocument, lines: LineMap): (Site | undefined)[] {
  const sites: (Site | undefined)[] = [];
  const seen = new Set<YamlNode>();
  const waiting: YamlNode[] = document.root === undefined ? [] : [document.root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    waiting.push(...document.items(node));
    for (const [key, value] of document.entries(node)) {
      waiting.push(value);
      if (containerLists.includes(key)) sites.push(...containerImages(document, lines, value));
    }
  }
  return sites;
}

function containerImages(document: YamlDocument, lines: LineMap, list: YamlNode): (Site | undefined)[] {
  return document.items(list).map((container) => {
    const image = document.scalar(document.get(container, 'image'));
    const expansion = image && expandVariables(image, templatePattern, ([name]) => ({ name }));
    return image && expansion && imageSite('kubernetes', lines, image, expansion);
  });
}
