import { commands, FileType, l10n, workspace } from 'vscode';
import { isEngineError } from '../../engine/errors.ts';
import type { ImageEntry } from '../../engine/image.ts';
import type { EngineHost } from '../engineHost.ts';
import { inertText } from '../foreignText.ts';
import { filePaths } from '../imageFileSystem/filePaths.ts';
import { type ImageLocation, imageUri, wholeImage } from '../imageFileSystem/imageLocation.ts';
import { noContentText } from '../imageFileSystem/noContentText.ts';
import { treeImage } from '../imageFileSystem/treeImage.ts';
import { inform } from '../notices.ts';
import { activeFile, chooseLocation, givenLocation } from './chosenLocation.ts';
import { addFolder } from './openingFolders.ts';
import { pickPath } from './pathPicker.ts';

/** Opens a file of an image in VS Code's own editor for it. */
export async function openFile(host: EngineHost, argument: unknown): Promise<void> {
  const location = givenLocation(argument);
  if (location) await openLocation(host, location);
}

/** Quick open within one image: VS Code's own looks into folders of the disk alone. */
export async function goToFile(host: EngineHost, ...args: readonly unknown[]): Promise<void> {
  const location = await chooseLocation(host, activeFile(args), l10n.t('Go to File in Image'));
  if (!location) return;
  const folder = args[0] === undefined ? { ...location, path: '/' } : location;
  const path = await pickPath(l10n.t('Go to File in {0}', folder.name), (signal) =>
    filePaths(host.engine, folder, signal),
  );
  if (path !== undefined) await openLocation(host, { ...folder, path });
}

export async function openLocation(host: EngineHost, given: ImageLocation): Promise<void> {
  const location = await wherePresent(host, given);
  const uri = imageUri(location);
  const { type } = await workspace.fs.stat(uri);
  if (type & FileType.Directory) void offerFolder(location);
  else if (type & FileType.File) await commands.executeCommand('vscode.open', uri);
  else void inform(noContentText((await entryOf(host, location)).row));
}

/** A folder is not opened unasked: the window may begin anew for it. */
async function offerFolder(location: ImageLocation): Promise<void> {
  const open = l10n.t('Open as Folder');
  const text = l10n.t('{0} leads to a folder.', inertText(location.path, 200));
  if ((await inform(text, open)) === open) await addFolder(location);
}

/** What a link in a layer leads to may be another layer's: then it is the whole image's that is meant. */
async function wherePresent(host: EngineHost, location: ImageLocation): Promise<ImageLocation> {
  if (location.layer === undefined || (await leadsSomewhere(host, location))) return location;
  const whole = wholeImage(location);
  return (await leadsSomewhere(host, whole)) ? whole : location;
}

async function leadsSomewhere(host: EngineHost, location: ImageLocation): Promise<boolean> {
  try {
    return (await entryOf(host, location)).target !== undefined;
  } catch (error) {
    if (isEngineError(error, 'NotFound')) return false;
    throw error;
  }
}

async function entryOf({ engine }: EngineHost, location: ImageLocation): Promise<ImageEntry> {
  const { layer, path } = location;
  return engine.entry(await treeImage(engine, location), path, { layer });
}
