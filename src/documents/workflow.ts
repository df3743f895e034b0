import { LineMap } from './lineMap.ts';
import { afterPrefix, expandVariables, imageSite, inDocumentOrder, type Located } from './located.ts';
import type { ReadDocument } from './site.ts';
import { readYaml, type YamlDocument, type YamlNode } from './yamlText.ts';

const expressionPattern = /\$\{\{.*?\}\}/gs;
const dockerScheme = 'docker://';

/**
 * Images of GitHub workflows and actions: `container`, `container.image`, `services.*.image`, `uses: docker://…` and an
 * action's `runs.image`.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
 */
export function readWorkflow(text: string): ReadDocument {
  if (!/\b(container|image)\b|docker:\/\//.test(text)) return { sites: [], dependents: [] };
  const lines = new LineMap(text);
  const images = readYaml(text).flatMap((document) => [
    ...document
      .entries(document.get(document.root, 'jobs'))
      .flatMap(([, job]) => jobImages(document, job, text)),
    ...actionImages(document, text),
  ]);
  const sites = images.map((image) => {
    if (!image) return undefined;
    const expansion = expandVariables(image, expressionPattern, ([name]) => ({ name }));
    return imageSite('workflow', lines, image, expansion);
  });
  return { sites: inDocumentOrder(sites), dependents: [] };
}

function jobImages(document: YamlDocument, job: YamlNode, text: string): (Located | undefined)[] {
  const container = document.get(job, 'container');
  const services = document.entries(document.get(job, 'services')).map(([, service]) => service);
  const images = [container, document.get(container, 'image')];
  images.push(...services.map((service) => document.get(service, 'image')));
  return [
    ...images
      .map((node) => document.scalar(node))
      .map((image) => image && (afterPrefix(image, dockerScheme, text) ?? image)),
    ...stepImages(document, job, text),
  ];
}

function stepImages(
  document: YamlDocument,
  owner: YamlNode | undefined,
  text: string,
): (Located | undefined)[] {
  return document.items(document.get(owner, 'steps')).map((step) => {
    const uses = document.scalar(document.get(step, 'uses'));
    return uses && afterPrefix(uses, dockerScheme, text);
  });
}

/** Without the scheme, `runs.image` is the path of a Dockerfile. */
function actionImages(document: YamlDocument, text: string): (Located | undefined)[] {
  const runs = document.get(document.root, 'runs');
  const image = document.scalar(document.get(runs, 'image'));
  return [image && afterPrefix(image, dockerScheme, text), ...stepImages(document, runs, text)];
}
