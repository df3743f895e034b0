import { commands, FileSystemError, FileType, l10n, type Uri, workspace } from 'vscode';
import type { PathChange, StoredImage } from '../../engine/image.ts';
import { canonicalName, familiarName } from '../../engine/oci/reference.ts';
import type { ComparedImage } from '../../protocol/comparePage.ts';
import { changeText } from '../changeText.ts';
import type { EngineHost } from '../engineHost.ts';
import { foreignText } from '../foreignText.ts';
import {
  type ImageLocation,
  type ImageTree,
  imageUri,
  wholeImage,
} from '../imageFileSystem/imageLocation.ts';
import { imageTree } from '../imageFileSystem/imageTree.ts';
import { treeImage } from '../imageFileSystem/treeImage.ts';
import { inform } from '../notices.ts';
import { pairTitle, showDiff } from '../showDiff.ts';
import { wantedImage } from './arguments.ts';
import { hasContent, pickChanges } from './changePicker.ts';
import { pickImage } from './chosenImage.ts';
import { activeFile, chooseLocation, pickLocation } from './chosenLocation.ts';
import type { ComparePanels } from './comparingImages.ts';
import { offerPull } from './offerPull.ts';
import { pickTagLocation } from './pickTagLocation.ts';

/** Compares an image, or a folder or file of one, with another image, of the store or of a registry. */
export async function compareWith(
  host: EngineHost,
  panels: ComparePanels,
  ...args: readonly unknown[]
): Promise<void> {
  const left = await chooseLocation(host, activeFile(args), l10n.t('Compare Image'));
  if (!left) return;
  const others = (await host.engine.images()).filter(({ manifest }) => manifest.digest !== left.manifest);
  const title = l10n.t('Compare {0} With', left.name);
  const right = await pickLocation(host, others, title, wantedImage(args[0])?.platform);
  await compareLocations(host, panels, left, right);
}

/** The same with another tag of its repository: of those in the store, or, of an image that is not, in the registry. */
export async function compareWithTag(
  host: EngineHost,
  panels: ComparePanels,
  ...args: readonly unknown[]
): Promise<void> {
  const left = await chooseLocation(host, activeFile(args), l10n.t('Compare Image'));
  if (!left) return;
  const title = l10n.t('Compare {0} With', left.name);
  if (left.from) {
    const other = await pickTagLocation(host, left.from, title, wantedImage(args[0])?.platform);
    return compareLocations(host, panels, left, other);
  }
  const image = await host.engine.image(left.manifest);
  const others = sameRepository(image, await host.engine.images());
  const [name] = [...image.tags, ...image.repoDigests];
  if (others.length > 0) {
    const chosen = await pickImage(others, title);
    await compareLocations(host, panels, left, chosen && { ...imageTree(chosen), path: '/' });
  } else {
    const repository = name ? familiarName(name) : l10n.t('this image');
    await offerPull(l10n.t('The store has no other tag of {0}.', repository));
  }
}

/** The others that have a tag in one of its repositories, with those tags alone. */
export function sameRepository(image: StoredImage, images: readonly StoredImage[]): readonly StoredImage[] {
  const names = new Set([...image.tags, ...image.repoDigests].map(canonicalName));
  return images
    .filter(({ manifest }) => manifest.digest !== image.manifest.digest)
    .map((other) => ({ ...other, tags: other.tags.filter((tag) => names.has(canonicalName(tag))) }))
    .filter(({ tags }) => tags.length > 0);
}

async function compareLocations(
  host: EngineHost,
  panels: ComparePanels,
  left: ImageLocation,
  other: ImageLocation | undefined,
): Promise<void> {
  if (!other) return;
  const right = { ...other, path: left.path };
  if (await isFolder(left)) {
    await compareFolders(host, panels, { ...wholeImage(left), path: left.path }, right);
  } else await showDiff(left, right, { left: true, right: await isThere(right) });
}

/** Lets a person look at what is different between two folders of images. */
export async function compareFolders(
  { engine }: EngineHost,
  panels: ComparePanels,
  left: ImageLocation,
  right: ImageLocation,
): Promise<void> {
  const load = async (signal: AbortSignal) => {
    const before = await treeImage(engine, left, signal);
    const after = await treeImage(engine, right, signal);
    return changesBelow(left.path, engine.diff(before, after, {}, signal));
  };
  const changed = await pickChanges(pairTitle(left, right), load, left.path === '/');
  if (changed === 'comparison') panels.show({ before: compared(left), after: compared(right) });
  else await showChanges(left, right, changed);
}

function compared({ manifest, name, from }: ImageTree): ComparedImage {
  return { manifest, name, ...(from && { from: canonicalName(from) }) };
}

async function changesBelow(path: string, all: AsyncIterable<PathChange>): Promise<readonly PathChange[]> {
  const folder = path === '/' ? '/' : `${path}/`;
  const changes: PathChange[] = [];
  for await (const change of all) {
    if ((change.path === path || change.path.startsWith(folder)) && isToldOf(change)) changes.push(change);
  }
  return changes;
}

/** A folder that came or went is known by what is in it. */
function isToldOf({ before, after }: PathChange): boolean {
  return (before ?? after)?.type !== 'directory' || (before !== null && after !== null);
}

async function showChanges(left: ImageTree, right: ImageTree, changes: readonly PathChange[]): Promise<void> {
  const [only, ...others] = changes;
  if (!only) return;
  if (others.length > 0) return showTogether(left, right, changes);
  const { path } = only;
  if (hasContent(only)) {
    await showDiff({ ...left, path }, { ...right, path }, { left: !!only.before, right: !!only.after });
  } else {
    void inform(`${foreignText(path, 200)}: ${changeText(only)}`);
  }
}

async function showTogether(
  left: ImageTree,
  right: ImageTree,
  changes: readonly PathChange[],
): Promise<void> {
  const resources = changes.map(({ path, before, after }): [Uri, Uri | undefined, Uri | undefined] => {
    const [old, now] = [imageUri({ ...left, path }), imageUri({ ...right, path })];
    return [after ? now : old, before ? old : undefined, after ? now : undefined];
  });
  await commands.executeCommand('vscode.changes', pairTitle(left, right), resources);
}

async function isFolder(location: ImageLocation): Promise<boolean> {
  const { type } = await workspace.fs.stat(imageUri(location));
  return (type & FileType.Directory) !== 0;
}

async function isThere(location: ImageLocation): Promise<boolean> {
  try {
    return ((await workspace.fs.stat(imageUri(location))).type & FileType.File) !== 0;
  } catch (error) {
    if (error instanceof FileSystemError && error.code === 'FileNotFound') return false;
    throw error;
  }
}
