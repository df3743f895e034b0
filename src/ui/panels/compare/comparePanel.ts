import { env } from 'vscode';
import { panels } from '../../../contributions.ts';
import type { FileRename, ImageLayer, PathChange, StoredImage } from '../../../engine/image.ts';
import type { ImageEngine } from '../../../engine/imageEngine.ts';
import { formatPlatform } from '../../../engine/oci/platform.ts';
import { familiarReference } from '../../../engine/oci/reference.ts';
import type { InstalledPackage } from '../../../engine/packages/installedPackage.ts';
import {
  type CompareContract,
  type ComparedFacts,
  type ComparedImage,
  type ComparedLayer,
  type CompareSubject,
  compareValidators,
  type PackageSide,
  parseCompareSubject,
} from '../../../protocol/comparePage.ts';
import type { Handlers } from '../../../protocol/messages.ts';
import { timeSlices } from '../../../protocol/timeSlices.ts';
import type { EngineHost } from '../../engineHost.ts';
import { foreignText } from '../../foreignText.ts';
import { formatCreated } from '../../format.ts';
import { imageTree } from '../../imageFileSystem/imageTree.ts';
import { cleanInstruction } from '../../instruction.ts';
import { showDiff } from '../../showDiff.ts';
import type { PanelKind } from '../panels.ts';
import { compareStrings } from './compareStrings.ts';
import { configChange } from './configText.ts';
import { fileChanges } from './fileChanges.ts';

const longestInstruction = 2000;

/** The page that shows what is different between two images. @param show opens such a page */
export function comparePanel(
  host: EngineHost,
  show: (subject: CompareSubject) => void,
): PanelKind<CompareContract, CompareSubject> {
  return {
    id: panels.compare,
    page: 'compare',
    title: ({ before, after }) => `${foreignText(before.name, 60)} ↔ ${foreignText(after.name, 60)}`,
    key: ({ before, after }) => `${before.manifest} ${after.manifest}`,
    parseSubject: parseCompareSubject,
    strings: compareStrings,
    validators: compareValidators,
    handlers: (subject) => compareHandlers(host, subject, show),
  };
}

function compareHandlers(
  host: EngineHost,
  subject: CompareSubject,
  show: (subject: CompareSubject) => void,
): Handlers<CompareContract> {
  const both = (signal: AbortSignal) => bothImages(host.engine, subject, signal);
  return {
    images: async (_params, _send, signal) => {
      const [before, after] = await both(signal);
      return {
        before: await imageFacts(host.engine, before, signal),
        after: await imageFacts(host.engine, after, signal),
      };
    },
    config: async (_params, _send, signal) => {
      const differences = await host.engine.compareConfigs(...(await both(signal)), signal);
      return differences.flatMap((one) => configChange(one) ?? []);
    },
    packages: async (_params, _send, signal) => {
      const { changes, unchanged } = await host.engine.comparePackages(...(await both(signal)), signal);
      const rows = changes.map(({ name, before, after }) => ({
        name,
        manager: (after ?? before)?.manager ?? '',
        before: before && packageSide(before),
        after: after && packageSide(after),
      }));
      return { changes: rows, unchanged };
    },
    files: async (_params, send, signal) => {
      const comparison = await host.engine.compareFiles(...(await both(signal)), {}, signal);
      const { added, removed, modified, renamed } = comparison;
      for await (const rows of timeSlices<PathChange | FileRename>(comparison.changes(signal))) {
        await send(fileChanges(rows));
      }
      return { added, removed, modified, renamed };
    },
    open: async ({ before, after }, _send, signal) => {
      const [left, right] = (await both(signal)).map((image, at) =>
        imageTree({ image, tag: tagOf(image, at === 0 ? subject.before : subject.after) }),
      );
      if (!left || !right) throw new RangeError('a comparison has two images');
      const path = after ?? before ?? '/';
      const there = { left: before !== undefined, right: after !== undefined };
      await showDiff({ ...left, path: before ?? path }, { ...right, path }, there);
      return undefined;
    },
    copy: async ({ text }) => {
      await env.clipboard.writeText(text);
      return undefined;
    },
    swap: () => {
      show({ before: subject.after, after: subject.before });
      return undefined;
    },
  };
}

async function bothImages(
  engine: ImageEngine,
  { before, after }: CompareSubject,
  signal: AbortSignal,
): Promise<readonly [StoredImage, StoredImage]> {
  return [await engine.image(before.manifest, signal), await engine.image(after.manifest, signal)];
}

async function imageFacts(
  engine: ImageEngine,
  image: StoredImage,
  signal: AbortSignal,
): Promise<ComparedFacts> {
  const layers = (await engine.layers(image, signal)).flatMap((layer) => layerFacts(layer) ?? []);
  return {
    platform: formatPlatform(image.platform),
    created: formatCreated(image.created) ?? '',
    size: layers.reduce((sum, { size }) => sum + size, 0),
    unpackedSize: image.size,
    layers,
  };
}

/** Nothing of a step that made no layer. */
function layerFacts(layer: ImageLayer): ComparedLayer | undefined {
  const { descriptor, diffId, uncompressedSize, createdBy } = layer;
  if (!descriptor || diffId === undefined || uncompressedSize === undefined) return undefined;
  return {
    diffId,
    digest: descriptor.digest,
    instruction: cleanInstruction(createdBy).slice(0, longestInstruction),
    size: descriptor.size,
    unpackedSize: uncompressedSize,
  };
}

function packageSide({ version, architecture = '', source = '' }: InstalledPackage): PackageSide {
  return { version, architecture, source };
}

/** The tag that the person chose the image by, as long as the image has it. */
function tagOf({ tags }: StoredImage, { name }: ComparedImage) {
  return tags.find((tag) => familiarReference(tag) === name);
}
