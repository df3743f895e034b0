import { env, l10n } from 'vscode';
import { familiarReference } from '../../engine/oci/reference.ts';
import type { EngineHost } from '../engineHost.ts';
import { sayBriefly } from '../notices.ts';
import { rowLocation } from '../panels/layers/rowLocation.ts';
import { EngineImageNode } from '../views/images/engines/engineImageNode.ts';
import { FileNode } from '../views/images/fileNode.ts';
import { ImageNode } from '../views/images/imageNode.ts';
import { LayerNode } from '../views/images/layerNode.ts';
import { RemoteLayerNode } from '../views/registries/remoteLayerNode.ts';
import { digestArgument, wantedImage } from './arguments.ts';
import { currentDigest } from './currentDigest.ts';
import { selectedRows } from './selectedRows.ts';

export async function copyFullTag(...args: readonly unknown[]): Promise<void> {
  const rows = [...selectedRows(ImageNode, args), ...selectedRows(EngineImageNode, args)];
  const tags = rows.flatMap(({ tag }) => (tag ? [familiarReference(tag)] : []));
  const wanted = wantedImage(args[0]);
  await copyLines(tags.length === 0 && wanted ? [familiarReference(wanted.reference)] : tags);
}

/** Of a stored image what its registry calls it by; of a reference in a file its own, else what the tag names now. */
export async function copyImageDigest(host: EngineHost, ...args: readonly unknown[]): Promise<void> {
  const nodes = selectedRows(ImageNode, args);
  if (nodes.length > 0) return copyLines(nodes.map(({ digest }) => digest));
  const given = digestArgument(args[0]);
  if (given) return copyLines([given]);
  const reference = wantedImage(args[0])?.reference;
  const digest = reference && (reference.digest ?? (await currentDigest(host, reference)));
  return copyLines(digest ? [digest] : []);
}

export async function copyImageId(...args: readonly unknown[]): Promise<void> {
  const rows = [...selectedRows(ImageNode, args), ...selectedRows(EngineImageNode, args)];
  await copyLines(rows.map(({ image }) => image.id));
}

export async function copyLayerDigest(...args: readonly unknown[]): Promise<void> {
  const [local, remote] = [selectedRows(LayerNode, args), selectedRows(RemoteLayerNode, args)];
  await copyLines([...local, ...remote].flatMap(({ digest }) => digest ?? []));
}

export async function copyFilePath(...args: readonly unknown[]): Promise<void> {
  const ofPage = rowLocation(args[0]);
  await copyLines(ofPage ? [ofPage.path] : selectedRows(FileNode, args).map(({ row }) => row.path));
}

async function copyLines(lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  await env.clipboard.writeText(lines.join('\n'));
  sayBriefly(l10n.t('Copied'), 2000);
}
