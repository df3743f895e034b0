import { Uri, window } from 'vscode';
import type { EngineHost } from '../engineHost.ts';
import { type ImageLocation, imageLocations } from '../imageFileSystem/imageLocation.ts';
import { imageTree } from '../imageFileSystem/imageTree.ts';
import { rowLocation } from '../panels/layers/rowLocation.ts';
import { FileNode } from '../views/images/fileNode.ts';
import { LayerNode } from '../views/images/layerNode.ts';
import { chooseImage } from './chosenImage.ts';

/** The place in an image that a row of a view or page, or a resource of the explorer stands for. */
export function givenLocation(argument: unknown): ImageLocation | undefined {
  if (argument instanceof FileNode || argument instanceof LayerNode) return argument.location;
  return argument instanceof Uri ? imageLocations(argument)[0] : rowLocation(argument);
}

/** What a row, a resource or a link stands for, else the whole of an image that the person picks. */
export async function chooseLocation(
  host: EngineHost,
  args: readonly unknown[],
  title: string,
): Promise<ImageLocation | undefined> {
  const given = givenLocation(args[0]);
  if (given) return given;
  const chosen = await chooseImage(host, args, title);
  return chosen && { ...imageTree(chosen), path: '/' };
}

/** What a command is given; from the palette the file in front, where that is one of an image. */
export function activeFile(args: readonly unknown[]): readonly unknown[] {
  const uri = window.activeTextEditor?.document.uri;
  return args[0] === undefined && uri && givenLocation(uri) ? [uri] : args;
}
