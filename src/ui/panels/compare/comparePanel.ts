import { env } from 'vscode';
import { panels } from '../../../contributions.ts';
import type { FileRename, ImageLayer, PathChange, ReadableImage } from '../../../engine/image.ts';
import type { ImageEngine } from '../../../engine/imageEngine.ts';
import type { Digest } from '../../../engine/oci/digest.ts';
import { formatPlatform } from '../../../engine/oci/platform.ts';
import type { InstalledPackage } from '../../../engine/packages/installedPackage.ts';
import {
  type CompareContract,
  type ComparedFacts,
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
import { cleanInstruction } from '../../instruction.ts';
import { showDiff } from '../../showDiff.ts';
import { pageImage, pageTree, readImages, sourceKey } from '../pageImage.ts';
import type { PagePanel } from '../pagePanel.ts';
import type { PanelKind } from '../panels.ts';
import { signIn } from '../signIn.ts';
import { unverifiedLayers } from '../unverifiedLayers.ts';
import { compareStrings } from './compareStrings.ts';
import { configChange } from './configText.ts';
import { fileChanges } from './fileChanges.ts';

const longestInstruction = 2000;

/** The page that shows what is different between two images. @param turn has such a page compare others instead */
export function comparePanel(
  host: EngineHost,
  turn: (panel: PagePanel<CompareContract>, subject: CompareSubject) => void,
): PanelKind<CompareContract, CompareSubject> {
  return {
    id: panels.compare,
    page: 'compare',
    title: ({ before, after }) => `${foreignText(before.name, 60)} ↔ ${foreignText(after.name, 60)}`,
    key: ({ before, after }) => `${sourceKey(before)} ${sourceKey(after)}`,
    parseSubject,
    strings: compareStrings,
    validators: compareValidators,
    handlers: (subject, panel) => compareHandlers(host, subject, (other) => turn(panel, other)),
  };
}

function parseSubject(kept: unknown): CompareSubject {
  const subject = parseCompareSubject(kept);
  for (const image of [subject.before, subject.after]) pageTree(image);
  return subject;
}

function compareHandlers(
  host: EngineHost,
  subject: CompareSubject,
  turn: (subject: CompareSubject) => void,
): Handlers<CompareContract> {
  const both = (signal: AbortSignal) => bothImages(host.engine, subject, signal);
  return {
    read: async (_params, send, signal) => {
      await readImages(host.engine, await both(signal), send, signal);
      return undefined;
    },
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
    open: async ({ before, after }) => {
      const [left, right] = [pageTree(subject.before), pageTree(subject.after)];
      const path = after ?? before ?? '/';
      const there = { left: before !== undefined, right: after !== undefined };
      await showDiff({ ...left, path: before ?? path }, { ...right, path }, there);
      return undefined;
    },
    copy: async ({ text }) => {
      await env.clipboard.writeText(text);
      return undefined;
    },
    signIn,
    swap: () => {
      turn({ before: subject.after, after: subject.before });
      return undefined;
    },
  };
}

async function bothImages(
  engine: ImageEngine,
  { before, after }: CompareSubject,
  signal: AbortSignal,
): Promise<readonly [ReadableImage, ReadableImage]> {
  return [await pageImage(engine, before, signal), await pageImage(engine, after, signal)];
}

async function imageFacts(
  engine: ImageEngine,
  image: ReadableImage,
  signal: AbortSignal,
): Promise<ComparedFacts> {
  const all = await engine.layers(image, signal);
  const unverified = unverifiedLayers(engine.tables(image));
  const layers = all.flatMap((layer) => layerFacts(layer, unverified) ?? []);
  return {
    platform: formatPlatform(image.platform),
    created: formatCreated(image.created) ?? '',
    size: layers.reduce((sum, { size }) => sum + size, 0),
    unpackedSize: sumOrNull(layers.map(({ unpackedSize }) => unpackedSize)),
    layers,
  };
}

/** Nothing of a step that made no layer. */
function layerFacts(layer: ImageLayer, unverified: ReadonlySet<Digest>): ComparedLayer | undefined {
  const { descriptor, diffId, uncompressedSize, createdBy } = layer;
  if (!descriptor || diffId === undefined) return undefined;
  return {
    diffId,
    digest: descriptor.digest,
    instruction: cleanInstruction(createdBy).slice(0, longestInstruction),
    size: descriptor.size,
    unpackedSize: uncompressedSize ?? null,
    filesVerified: !unverified.has(descriptor.digest),
  };
}

function packageSide({ version, architecture = '', source = '' }: InstalledPackage): PackageSide {
  return { version, architecture, source };
}

function sumOrNull(sizes: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const size of sizes) {
    if (size === null) return null;
    sum += size;
  }
  return sum;
}
