import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { l10n, window } from 'vscode';
import { ioError } from '../../engine/errors.ts';
import type { ExportEvent } from '../../engine/images/exportEvent.ts';
import type { EngineHost } from '../engineHost.ts';
import { leftOutText } from '../exportText.ts';
import { formatCount, formatSize } from '../format.ts';
import { exportName, numberedName } from '../imageFileSystem/exportName.ts';
import type { ImageLocation } from '../imageFileSystem/imageLocation.ts';
import { treeImage } from '../imageFileSystem/treeImage.ts';
import { askFirst, inform, sayBriefly, showError } from '../notices.ts';
import type { TransferProgress } from '../transferProgress.ts';
import type { TransferJob } from '../transfers.ts';
import { activeFile, chooseLocation } from './chosenLocation.ts';
import { defaultFolder } from './saving.ts';
import type { ShownTransfers } from './shownTransfers.ts';

type Exported = Extract<ExportEvent, { kind: 'done' }>;

interface Destination {
  /** Absolute path of a folder. */
  readonly folder: string;
  /** Of what is to appear in it. */
  readonly name: string;
  readonly overwrite: boolean;
}

/** Writes files of images to the disk: the one way out of an image. */
export class Exporting {
  readonly #host: EngineHost;
  readonly #transfers: ShownTransfers;

  constructor(host: EngineHost, transfers: ShownTransfers) {
    this.#host = host;
    this.#transfers = transfers;
  }

  /** Asks for the folder, and before anything in it is replaced. */
  async ask(...args: readonly unknown[]): Promise<void> {
    const location = await chooseLocation(this.#host, activeFile(args), l10n.t('Export Image'));
    if (!location) return;
    const uris = await window.showOpenDialog({
      title: l10n.t('Export {0}', exportName(location)),
      openLabel: l10n.t('Export Here'),
      defaultUri: defaultFolder(),
      canSelectFiles: false,
      canSelectFolders: true,
    });
    const [uri] = uris ?? [];
    if (!uri) return;
    if (uri.scheme !== 'file') {
      void showError(l10n.t('Files can only be exported to the machine that Strata runs on.'));
      return;
    }
    const destination = await freeDestination(uri.fsPath, exportName(location));
    if (destination) await this.export(location, destination);
  }

  async export(location: ImageLocation, destination: Destination): Promise<void> {
    const job = this.#job(location, destination);
    const exported = await this.#transfers.run(l10n.t('Exporting {0}', destination.name), job);
    if (exported) tellOf(exported);
  }

  #job(location: ImageLocation, destination: Destination): TransferJob<Exported> {
    const path = join(destination.folder, destination.name);
    return {
      kind: 'export',
      key: path,
      label: destination.name,
      name: l10n.t('{0} from {1}', path, location.name),
      run: (report, signal) => this.#run(location, destination, report, signal),
      retry: () => this.export(location, destination),
    };
  }

  async #run(
    location: ImageLocation,
    destination: Destination,
    report: (progress: TransferProgress) => void,
    signal: AbortSignal,
  ): Promise<Exported> {
    const { engine } = this.#host;
    const { layer, path } = location;
    const image = await treeImage(engine, location, signal);
    let total = 0;
    for await (const event of engine.export(image, path, { ...destination, layer }, signal)) {
      if (event.kind === 'done') return event;
      if (event.kind === 'planned') total = event.bytes;
      else report({ phase: event.bytes < total ? 'moving' : 'finishing', moved: event.bytes, total });
    }
    throw new RangeError('an export ends with what it did');
  }
}

/** Under its own name, or what the person wants to be done where that is taken; `undefined` where they leave. */
async function freeDestination(folder: string, name: string): Promise<Destination | undefined> {
  const kind = await kindOf(join(folder, name));
  if (!kind) return { folder, name, overwrite: false };
  const replace = l10n.t('Replace');
  const keepBoth = l10n.t('Keep Both');
  const detail =
    kind === 'folder'
      ? l10n.t('Replacing removes the folder that is there now, with everything in it.')
      : l10n.t('Replacing removes what is there now.');
  const question = l10n.t('{0} is in {1} already.', name, folder);
  const answer = await askFirst(question, detail, keepBoth, replace);
  if (answer === replace) return { folder, name, overwrite: true };
  return answer === keepBoth ? { folder, name: await unusedName(folder, name), overwrite: false } : undefined;
}

async function unusedName(folder: string, name: string): Promise<string> {
  for (let number = 2; ; number++) {
    const candidate = numberedName(name, number);
    if (!(await kindOf(join(folder, candidate)))) return candidate;
  }
}

/** What is there, links not followed; `undefined` where nothing is. */
async function kindOf(path: string): Promise<'folder' | 'other' | undefined> {
  try {
    return (await lstat(path)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw ioError(error, `cannot read ${path}`);
  }
}

function tellOf({ path, files, bytes, leftOut }: Exported): void {
  const written = l10n.t('Exported {0} ({1} files, {2})', path, formatCount(files), formatSize(bytes));
  const left = leftOutText(leftOut);
  if (left === '') sayBriefly(written);
  else void inform(`${written}. ${left}`);
}
