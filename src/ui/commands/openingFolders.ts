import { commands, l10n, workspace } from 'vscode';
import type { EngineHost } from '../engineHost.ts';
import { type ImageLocation, imageUri } from '../imageFileSystem/imageLocation.ts';
import { chooseLocation } from './chosenLocation.ts';

/** Shows an image, a layer or a folder of one among the workspace's folders. */
export async function openImageAsFolder(host: EngineHost, ...args: readonly unknown[]): Promise<void> {
  const location = await chooseLocation(host, args, l10n.t('Open Image as Folder'));
  if (location) await addFolder(location);
}

export async function addFolder(location: ImageLocation): Promise<void> {
  const uri = imageUri(location);
  const folders = workspace.workspaceFolders ?? [];
  const isOpen = folders.some((folder) => folder.uri.toString() === uri.toString());
  const name = location.path === '/' ? location.name : `${location.name}${location.path}`;
  if (!isOpen) workspace.updateWorkspaceFolders(folders.length, 0, { uri, name });
  await commands.executeCommand('revealInExplorer', uri);
}
