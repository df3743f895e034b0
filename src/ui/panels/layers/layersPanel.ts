import { env } from 'vscode';
import { panels } from '../../../contributions.ts';
import { isDigest } from '../../../engine/oci/digest.ts';
import {
  type LayersContract,
  type LayersSubject,
  layersValidators,
  parseLayersSubject,
} from '../../../protocol/layersPage.ts';
import type { Handlers } from '../../../protocol/messages.ts';
import { MessageError } from '../../../protocol/validate.ts';
import { openLocation } from '../../commands/openingFiles.ts';
import type { EngineHost } from '../../engineHost.ts';
import { foreignText } from '../../foreignText.ts';
import type { PanelKind } from '../panels.ts';
import { imageFacts, wasteFacts } from './imageFacts.ts';
import { layersStrings } from './layersStrings.ts';
import { placeInLayer } from './rowLocation.ts';
import { showChange } from './showChange.ts';

/** The page that shows an image's layers and what is in them. */
export function layersPanel(host: EngineHost): PanelKind<LayersContract, LayersSubject> {
  return {
    id: panels.layers,
    page: 'layers',
    title: ({ name }) => `${foreignText(name, 100)}: Layers`,
    key: ({ manifest }) => manifest,
    parseSubject: storedSubject,
    strings: layersStrings,
    validators: layersValidators,
    handlers: (subject) => layersHandlers(host, subject),
  };
}

/** Nothing else than an image of the store: the engine would take a file's name as well. */
function storedSubject(kept: unknown): LayersSubject {
  const subject = parseLayersSubject(kept);
  if (isDigest(subject.manifest)) return subject;
  throw new MessageError('the image is not named by its digest');
}

function layersHandlers(host: EngineHost, subject: LayersSubject): Handlers<LayersContract> {
  const stored = (signal: AbortSignal) => host.engine.image(subject.manifest, signal);
  return {
    image: async (_, _send, signal) => {
      const image = await stored(signal);
      return imageFacts(subject, image, await host.engine.layers(image, signal));
    },
    paths: async (_, send, signal) => {
      const image = await stored(signal);
      for await (const slice of host.engine.pathHistory(image, signal)) await send(slice);
      return undefined;
    },
    waste: async (_, _send, signal) => wasteFacts(await host.engine.analyze(await stored(signal), signal)),
    open: async ({ path, layer }) => {
      await openLocation(host, placeInLayer(subject, path, layer));
      return undefined;
    },
    openChange: async (change) => {
      await showChange(subject, change);
      return undefined;
    },
    copy: async ({ text }) => {
      await env.clipboard.writeText(text);
      return undefined;
    },
  };
}
