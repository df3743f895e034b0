import { l10n, type Progress, ProgressLocation, window } from 'vscode';
import type { ListedTable, ReadingProgress } from '../../engine/image.ts';
import { abortOn } from '../abort.ts';
import type { EngineHost } from '../engineHost.ts';
import { formatSize } from '../format.ts';
import type { ImageLocation } from '../imageFileSystem/imageLocation.ts';
import { imageTree } from '../imageFileSystem/imageTree.ts';
import { sayBriefly } from '../notices.ts';
import { shortReference } from '../referenceText.ts';
import type { WantedImage } from './arguments.ts';

/**
 * The files of an image that is in a registry alone. What has to be read of it is read first, where the person sees it and
 * can break it off.
 * @throws `Cancelled` where they did
 */
export async function remoteLocation(host: EngineHost, wanted: WantedImage): Promise<ImageLocation> {
  const { reference, platform } = wanted;
  const title = l10n.t('Looking into {0}', shortReference(reference));
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return window.withProgress(options, async (progress, token) => {
    using cancel = abortOn(token);
    const image = await host.engine.remoteImage(reference, platform ? { platform } : {}, cancel.signal);
    for await (const step of host.engine.readLayers(image, cancel.signal)) report(progress, step);
    tellOfTables(shortReference(reference), host.engine.tables(image));
    const [tag] = image.tags;
    return { ...imageTree({ image, tag }), from: reference, path: '/' };
  });
}

function report(
  progress: Progress<{ message: string }>,
  { layers, done, received, total }: ReadingProgress,
): void {
  const layer = l10n.t('layer {0} of {1}', Math.min(done + 1, layers), layers);
  progress.report({ message: `${layer}, ${formatSize(received)} / ${formatSize(total)}` });
}

/** What nobody vouches for is worth a word, no more: the files themselves are held against it when they are read. */
function tellOfTables(name: string, tables: readonly ListedTable[]): void {
  if (tables.every(({ verified }) => verified)) return;
  const text = l10n.t('Not verified: the list of files of {0} is the registry’s word', name);
  sayBriefly(text, 10_000, 'unverified');
}
