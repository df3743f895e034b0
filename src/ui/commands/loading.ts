import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { l10n, window } from 'vscode';
import { ioError } from '../../engine/errors.ts';
import { shortDigest } from '../../engine/oci/digest.ts';
import { canonicalReference, familiarReference } from '../../engine/oci/reference.ts';
import type { LoadEvent } from '../../engine/transfer/loadEvent.ts';
import type { EngineHost } from '../engineHost.ts';
import { sayBriefly, showError } from '../notices.ts';
import type { TransferProgress } from '../transferProgress.ts';
import type { TransferJob } from '../transfers.ts';
import type { ImagesView } from '../views/images/imagesView.ts';
import type { ShownTransfers } from './shownTransfers.ts';

type Loaded = Extract<LoadEvent, { kind: 'loaded' }>;

const chunkSize = 1024 * 1024;

/** Loads archives that `docker save` or an OCI tool wrote. */
export class Loading {
  readonly #host: EngineHost;
  readonly #transfers: ShownTransfers;
  readonly #images: ImagesView;

  constructor(host: EngineHost, transfers: ShownTransfers, images: ImagesView) {
    this.#host = host;
    this.#transfers = transfers;
    this.#images = images;
  }

  async ask(): Promise<void> {
    const uris = await window.showOpenDialog({
      title: l10n.t('Load Images'),
      openLabel: l10n.t('Load'),
      canSelectMany: true,
      filters: {
        [l10n.t('Image archives')]: ['tar', 'gz', 'tgz', 'zst'],
        [l10n.t('All files')]: ['*'],
      },
    });
    const files = (uris ?? []).filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
    if (uris && files.length < uris.length) {
      void showError(l10n.t('Only files of the machine that Strata runs on can be loaded.'));
    }
    await Promise.all(files.map((file) => this.load(file)));
  }

  async load(file: string): Promise<void> {
    const name = basename(file);
    const loaded = await this.#transfers.run(l10n.t('Loading {0}', name), this.#job(file));
    if (!loaded) return;
    sayBriefly(loadedText(loaded));
    await this.#reveal(loaded);
  }

  #job(file: string): TransferJob<readonly Loaded[]> {
    return {
      kind: 'load',
      key: file,
      label: basename(file),
      name: file,
      run: async (report, signal) => {
        const loaded: Loaded[] = [];
        const size = await sizeOf(file);
        const bytes = archiveBytes(file, size, report);
        for await (const event of this.#host.engine.load(bytes, { size }, signal)) {
          if (event.kind === 'loaded') loaded.push(event);
        }
        return loaded;
      },
      retry: () => this.load(file),
    };
  }

  async #reveal([first]: readonly Loaded[]): Promise<void> {
    const tag = first?.tags[0];
    if (!tag || !this.#images.visible) return;
    const image = await this.#host.engine.image(canonicalReference(tag));
    const node = await this.#images.find(image, tag);
    if (node) await this.#images.reveal(node, { expand: false });
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    throw ioError(error, `cannot read ${file}`);
  }
}

/** The file as it is, telling how much of it has been read. */
async function* archiveBytes(
  file: string,
  total: number,
  report: (progress: TransferProgress) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    let moved = 0;
    for await (const chunk of createReadStream(file, { highWaterMark: chunkSize })) {
      yield chunk;
      moved += chunk.byteLength;
      report({ phase: moved < total ? 'moving' : 'finishing', moved, total });
    }
  } catch (error) {
    throw ioError(error, `cannot read ${file}`);
  }
}

export function loadedText(loaded: readonly Loaded[]): string {
  const names = loaded.map(({ tags, id }) => tags.map(familiarReference).join(', ') || shortDigest(id));
  const moved = loaded.flatMap((image) => image.moved);
  const text =
    names.length > 3 ? l10n.t('Loaded {0} images', names.length) : l10n.t('Loaded {0}', names.join(', '));
  const [first] = moved;
  if (!first) return text;
  const rest = moved.length - 1;
  const move = l10n.t('{0} moved from {1}', familiarReference(first.tag), shortDigest(first.from));
  return [text, move, rest > 0 ? l10n.t('{0} more moved', rest) : ''].filter(Boolean).join('; ');
}
