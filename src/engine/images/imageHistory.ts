import { EngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import type { Digest } from '../oci/digest.ts';
import type { TaggedReference } from '../oci/reference.ts';
import { type StoredDocuments, storedDocuments } from './storedDocuments.ts';
import type { ReadingHome } from './storedImages.ts';

/** A line of `image history`: one step, the last first. */
export interface HistoryRow {
  /** Of the image whose last step this is; absent for the steps below (`<missing>`). */
  readonly id?: Digest;
  readonly created?: Date;
  readonly createdBy: string;
  /** Bytes of the files that the step's layer holds, unpacked; 0 where it made none. */
  readonly size: number;
  readonly comment: string;
  readonly tags: readonly TaggedReference[];
  /** The step made no layer. */
  readonly empty: boolean;
}

/**
 * The steps that the image's config tells of, the last first. Layers that no step accounts for are not shown, as in Docker.
 * https://github.com/moby/moby/blob/v20.10.24/daemon/images/image_history.go
 * @throws `Corrupt` where more steps made layers than there are layers; `NotFound`, `DigestMismatch`
 */
export async function imageHistory(
  home: ReadingHome,
  image: StoredImage,
  signal?: AbortSignal,
): Promise<readonly HistoryRow[]> {
  const documents = await storedDocuments(home, image, signal);
  const sizes = await layerSizes(home, documents, signal);
  const rows: HistoryRow[] = [];
  let layers = 0;
  for (const { created, createdBy, comment, emptyLayer } of documents.config.history) {
    const size = emptyLayer ? 0 : sizes[layers++];
    if (size === undefined) throw new EngineError('Corrupt', 'too many non-empty layers in History section');
    rows.push({ ...(created && { created }), createdBy, size, comment, tags: [], empty: emptyLayer });
  }
  return rows.reverse().map((row, at) => (at === 0 ? { ...row, id: image.id, tags: image.tags } : row));
}

function layerSizes(
  { indexes }: ReadingHome,
  { manifest, config }: StoredDocuments,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  return Promise.all(
    manifest.layers.map((layer, at) => indexes.contentSize(layer, config.diffIds[at], signal)),
  );
}
