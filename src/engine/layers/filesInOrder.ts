import { createHash } from 'node:crypto';
import { changedSince, type TarSource } from './fileContent.ts';
import type { LayerIndex } from './layerIndex.ts';
import { type TarSection, TarSections } from './tarSections.ts';

/** Files of one layer, to be read one behind the other in one pass over it. */
export interface FilesInOrder extends AsyncDisposable {
  /**
   * Of the file at a place of the list, what the layer has of it: holes are left out. To be read to the end, and none
   * before one that has been read.
   * @throws `DigestMismatch` at the end where they are not the bytes that were indexed, and what reading the layer throws
   */
  read(place: number): AsyncGenerator<Uint8Array, void, undefined>;
}

/** Files where their layer's tar has them. Of those with holes nothing is held against the digest. */
export class TarFiles implements FilesInOrder {
  readonly #source: TarSource;
  readonly #index: LayerIndex;
  readonly #entries: readonly number[];
  readonly #sections: readonly TarSection[];
  readonly #reader: TarSections;

  /** @param entries numbers in the index, in the order in which their bytes stand in the layer */
  constructor(source: TarSource, index: LayerIndex, entries: readonly number[], signal?: AbortSignal) {
    this.#source = source;
    this.#index = index;
    this.#entries = entries;
    this.#sections = entries.map((at) => sectionOf(index, at));
    const offset = this.#sections[0]?.offset ?? 0;
    const end = this.#sections.reduce((most, one) => Math.max(most, one.offset + one.length), offset);
    this.#reader = new TarSections(source, { offset, length: end - offset }, signal);
  }

  async *read(place: number): AsyncGenerator<Uint8Array, void, undefined> {
    const [section, at] = [this.#sections[place], this.#entries[place]];
    if (!section || at === undefined) throw new RangeError('there is no such file');
    const hash = createHash('sha256');
    for await (const bytes of this.#reader.read(section)) {
      hash.update(bytes);
      yield bytes;
    }
    if (this.#index.segments(at) || hash.digest().equals(this.#index.contentHash(at))) return;
    await this.#source.forget();
    throw changedSince(this.#source.blob, this.#index);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader[Symbol.asyncDispose]();
    await this.#source.release();
  }
}

function sectionOf(index: LayerIndex, at: number): TarSection {
  const stored = index.segments(at)?.reduce((sum, { length }) => sum + length, 0) ?? index.size(at);
  return { offset: index.dataOffset(at), length: stored };
}
