import { homedir } from 'node:os';
import { basename } from 'node:path';
import { l10n, Uri, window, workspace } from 'vscode';
import { shortDigest } from '../../engine/oci/digest.ts';
import { writeFileAtOnce } from '../../engine/transfer/writeFileAtOnce.ts';
import type { EngineHost } from '../engineHost.ts';
import { formatSize } from '../format.ts';
import { sayBriefly, showError } from '../notices.ts';
import type { TransferJob } from '../transfers.ts';
import { type ChosenImage, chooseImages, engineName, imageName } from './chosenImage.ts';
import type { ShownTransfers } from './shownTransfers.ts';

/** Saves images to archives that `docker load` reads. */
export class Saving {
  readonly #host: EngineHost;
  readonly #transfers: ShownTransfers;

  constructor(host: EngineHost, transfers: ShownTransfers) {
    this.#host = host;
    this.#transfers = transfers;
  }

  /** Asks for the file; several images go into one. */
  async ask(...args: readonly unknown[]): Promise<void> {
    const chosen = await chooseImages(this.#host, args, l10n.t('Save Images'));
    if (chosen.length === 0) return;
    const uri = await window.showSaveDialog({
      title: l10n.t('Save {0}', listOf(chosen)),
      defaultUri: Uri.joinPath(defaultFolder(), archiveName(chosen)),
      filters: { [l10n.t('Image archives')]: ['tar'] },
    });
    if (!uri) return;
    if (uri.scheme === 'file') await this.save(chosen, uri.fsPath);
    else void showError(l10n.t('Images can only be saved on the machine that Strata runs on.'));
  }

  async save(chosen: readonly ChosenImage[], file: string): Promise<void> {
    const name = basename(file);
    const written = await this.#transfers.run(l10n.t('Saving {0}', name), this.#job(chosen, file));
    if (written !== undefined) {
      sayBriefly(l10n.t('Saved {0} ({1})', name, formatSize(written)));
    }
  }

  /** The value is the bytes that were written. */
  #job(chosen: readonly ChosenImage[], file: string): TransferJob<number> {
    return {
      kind: 'save',
      key: file,
      label: basename(file),
      name: l10n.t('{0} from {1}', file, listOf(chosen)),
      run: async (report, signal) => {
        const { engine } = this.#host;
        await engine.requireOutsideStore(file);
        const bytes = engine.save(chosen.map(engineName), signal);
        return writeFileAtOnce(file, bytes, { report: (moved) => report({ phase: 'moving', moved }) });
      },
      retry: () => this.save(chosen, file),
    };
  }
}

function listOf(chosen: readonly ChosenImage[]): string {
  return chosen.length > 3 ? l10n.t('{0} images', chosen.length) : chosen.map(imageName).join(', ');
}

/** Where a person is likely to want a file. */
export function defaultFolder(): Uri {
  const [folder] = workspace.workspaceFolders ?? [];
  return folder?.uri.scheme === 'file' ? folder.uri : Uri.file(homedir());
}

/** `web-2.0.0.tar`: the last part of the name with the tag. */
export function archiveName(chosen: readonly ChosenImage[]): string {
  const [only, ...others] = chosen;
  if (!only || others.length > 0) return 'images.tar';
  const { tag, image } = only;
  if (!tag) return `${shortDigest(image.id)}.tar`;
  return `${tag.repository.slice(tag.repository.lastIndexOf('/') + 1)}-${tag.tag}.tar`;
}
