import { env } from 'vscode';
import { panels } from '../../../contributions.ts';
import { parseReference } from '../../../engine/oci/reference.ts';
import type { Reading } from '../../../protocol/imageSource.ts';
import {
  type ImageFacts,
  type LayersContract,
  type LayersSubject,
  layersValidators,
  parseLayersSubject,
} from '../../../protocol/layersPage.ts';
import type { Handlers } from '../../../protocol/messages.ts';
import { openLocation } from '../../commands/openingFiles.ts';
import { imageSource, shownImage } from '../../commands/shownImage.ts';
import type { EngineHost } from '../../engineHost.ts';
import { foreignText } from '../../foreignText.ts';
import { pageImage, pageTree, readImages, sourceKey } from '../pageImage.ts';
import type { PagePanel } from '../pagePanel.ts';
import type { PanelKind } from '../panels.ts';
import { signIn } from '../signIn.ts';
import { imageFacts } from './imageFacts.ts';
import { layersStrings } from './layersStrings.ts';
import { placeInLayer } from './rowLocation.ts';
import { showChange } from './showChange.ts';
import { mostAsked, wasteFacts } from './wasteFacts.ts';

/** Has a panel be about another image instead. */
type Turn = (panel: PagePanel<LayersContract>, subject: LayersSubject) => void;

/** The page that shows an image's layers and what is in them. */
export function layersPanel(host: EngineHost, turn: Turn): PanelKind<LayersContract, LayersSubject> {
  return {
    id: panels.layers,
    page: 'layers',
    title: ({ name }) => `${foreignText(name, 100)}: Layers`,
    key: sourceKey,
    parseSubject,
    strings: layersStrings,
    validators: layersValidators,
    handlers: (subject, panel) => layersHandlers(host, subject, (other) => turn(panel, other)),
  };
}

function parseSubject(kept: unknown): LayersSubject {
  const subject = parseLayersSubject(kept);
  pageTree(subject);
  return subject;
}

async function readFacts(
  { engine }: EngineHost,
  subject: LayersSubject,
  send: (reading: Reading) => Promise<void>,
  signal: AbortSignal,
): Promise<ImageFacts> {
  const image = await pageImage(engine, subject, signal);
  await readImages(engine, [image], send, signal);
  return imageFacts(subject, image, await engine.layers(image, signal), engine.tables(image));
}

function layersHandlers(
  host: EngineHost,
  subject: LayersSubject,
  turn: (subject: LayersSubject) => void,
): Handlers<LayersContract> {
  const found = (signal: AbortSignal) => pageImage(host.engine, subject, signal);
  // The page asks for the paths together with the image: its layers are read once, and told of before their paths.
  let facts: Promise<ImageFacts> | undefined;
  return {
    image: (_, send, signal) => {
      facts = readFacts(host, subject, send, signal);
      return facts;
    },
    paths: async (_, send, signal) => {
      await facts;
      const image = await found(signal);
      for await (const slice of host.engine.pathHistory(image, signal)) await send(slice);
      return undefined;
    },
    waste: async (_, _send, signal) => {
      const { engine } = host;
      const image = await found(signal);
      return wasteFacts(
        await engine.analyze(image, signal),
        await engine.layers(image, signal),
        await engine.wastedFiles(image, mostAsked, signal),
      );
    },
    open: async ({ path, layer }) => {
      await openLocation(host, placeInLayer(subject, path, layer));
      return undefined;
    },
    openChange: async (change) => {
      await showChange(host, subject, change);
      return undefined;
    },
    copy: async ({ text }) => {
      await env.clipboard.writeText(text);
      return undefined;
    },
    inspectNow: async () => {
      turn(imageSource(await shownImage(host, { reference: parseReference(subject.name) })));
      return undefined;
    },
    signIn,
  };
}
