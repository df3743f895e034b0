import { createHash } from 'node:crypto';
import { type ChunkedLayer, chunkedFile, chunkedPieces, unlikeTable } from './chunkedContent.ts';
import type { FilesInOrder } from './filesInOrder.ts';
import type { LayerIndex } from './layerIndex.ts';

/** Files of a layer whose index came from its table of contents: nothing but their pieces is fetched. */
export class ListedFiles implements FilesInOrder {
  readonly #index: LayerIndex;
  readonly #entries: readonly number[];
  readonly #pieces: AsyncGenerator<Uint8Array, void, undefined>;
  /** In the list, of the file whose pieces come next. */
  #place = 0;

  /** @param entries numbers in the index, in the order in which the table lists them */
  constructor(layer: ChunkedLayer, index: LayerIndex, entries: readonly number[], signal?: AbortSignal) {
    this.#index = index;
    this.#entries = entries;
    const files = entries.map((at) => chunkedFile(index, at));
    this.#pieces = chunkedPieces(layer, files, signal);
  }

  async *read(place: number): AsyncGenerator<Uint8Array, void, undefined> {
    if (place < this.#place || place >= this.#entries.length) throw new RangeError('there is no such file');
    while (this.#place < place) for await (const _ of this.#next());
    yield* this.#next();
  }

  async *#next(): AsyncGenerator<Uint8Array, void, undefined> {
    const at = this.#entries[this.#place++] ?? 0;
    const hash = createHash('sha256');
    for (let left = this.#index.size(at); left > 0; ) {
      const { value } = await this.#pieces.next();
      if (!value) throw unlikeTable(this.#index);
      hash.update(value);
      left -= value.length;
      yield value;
    }
    if (!hash.digest().equals(this.#index.contentHash(at))) throw unlikeTable(this.#index);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pieces.return();
  }
}
