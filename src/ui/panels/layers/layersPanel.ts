import { env } from 'vscode';
import { panels } from '../../../contributions.ts';
import type { ImageLayer, StoredImage } from '../../../engine/image.ts';
import { formatPlatform } from '../../../engine/oci/platform.ts';
import {
  type ImageFacts,
  type LayerFacts,
  type LayersContract,
  type LayersSubject,
  layersValidators,
  parseLayersSubject,
} from '../../../protocol/layersPage.ts';
import type { Handlers } from '../../../protocol/messages.ts';
import type { EngineHost } from '../../engineHost.ts';
import { foreignText } from '../../foreignText.ts';
import { cleanInstruction } from '../../instruction.ts';
import type { PanelKind } from '../panels.ts';
import { layersStrings } from './layersStrings.ts';

const longestInstruction = 10_000;

/** The page that shows an image's layers and what is in them. */
export function layersPanel(host: EngineHost): PanelKind<LayersContract, LayersSubject> {
  return {
    id: panels.layers,
    page: 'layers',
    title: ({ name }) => `${foreignText(name, 100)}: Layers`,
    key: ({ manifest }) => manifest,
    parseSubject: parseLayersSubject,
    strings: layersStrings,
    validators: layersValidators,
    handlers: (subject) => layersHandlers(host, subject),
  };
}

function layersHandlers(host: EngineHost, subject: LayersSubject): Handlers<LayersContract> {
  return {
    image: async (_params, _send, signal) => {
      const image = await host.engine.image(subject.manifest, signal);
      const layers = await host.engine.layers(image, signal);
      return imageFacts(subject, image, layers);
    },
    copy: async ({ text }) => {
      await env.clipboard.writeText(text);
      return undefined;
    },
  };
}

function imageFacts(
  { name }: LayersSubject,
  { id, manifest, platform }: StoredImage,
  layers: readonly ImageLayer[],
): ImageFacts {
  return {
    name,
    platform: formatPlatform(platform),
    id,
    manifest: manifest.digest,
    layers: layers.flatMap((layer) => layerFacts(layer) ?? []),
  };
}

/** Nothing of a step that made no layer. */
function layerFacts(layer: ImageLayer): LayerFacts | undefined {
  const { index, descriptor, diffId, uncompressedSize, createdBy } = layer;
  if (!descriptor || diffId === undefined || uncompressedSize === undefined) return undefined;
  const { added, modified, removed, wastedBytes } = layer;
  return {
    step: index,
    instruction: cleanInstruction(createdBy).slice(0, longestInstruction),
    digest: descriptor.digest,
    size: descriptor.size,
    diffId,
    unpackedSize: uncompressedSize,
    added,
    modified,
    removed,
    wastedBytes,
  };
}
