import { LineMap } from './lineMap.ts';
import { imageSite, inDocumentOrder, type Located, literalExpansion } from './located.ts';
import type { Expansion } from './pieces.ts';
import { expandShellWord } from './shellExpansion.ts';
import type { ReadDocument } from './site.ts';
import { readYaml } from './yamlText.ts';

/**
 * `services.*.image` of a compose file. Variables have the defaults that are written with them.
 * https://docs.docker.com/reference/compose-file/services/#image and …/interpolation/
 */
export function readCompose(text: string): ReadDocument {
  if (!/\bimage\b/.test(text)) return { sites: [], dependents: [] };
  const lines = new LineMap(text);
  const sites = readYaml(text).flatMap((document) =>
    document.entries(document.get(document.root, 'services')).map(([, service]) => {
      const image = document.scalar(document.get(service, 'image'));
      if (!image) return undefined;
      const platform = document.scalar(document.get(service, 'platform'))?.text;
      return imageSite('compose', lines, image, interpolate(image), {
        ...(platform !== undefined && { platform }),
        ...(document.has(service, 'build') && { reason: 'built' as const }),
      });
    }),
  );
  return { sites: inDocumentOrder(sites), dependents: [] };
}

function interpolate(image: Located): Expansion {
  const { text, start, verbatim } = image;
  if (!text.includes('$')) return literalExpansion(image);
  const expansion = expandShellWord({
    text,
    offsetOf: (index) => start + index,
    lookup: () => undefined,
  });
  if (verbatim) return expansion;
  return { ...expansion, pieces: expansion.pieces.map((piece) => ({ ...piece, derived: true })) };
}
