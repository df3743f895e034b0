import { type TarSection, TarSections } from '../layers/tarSections.ts';
import type { ExportSource } from './exportFiles.ts';
import type { ExportFile } from './exportPlan.ts';

/** The bytes of files of one layer as its tar has them (holes left out), in one pass over the layer. */
export class StoredFiles implements AsyncDisposable {
  readonly #sections: readonly TarSection[];
  readonly #reader: TarSections;

  /** @param files in the order in which their bytes stand in the layer; at least one */
  constructor(
    { tree, blob }: ExportSource,
    layer: number,
    files: readonly ExportFile[],
    signal?: AbortSignal,
  ) {
    const index = tree.index(layer);
    this.#sections = files.map(({ content: { at } }) => {
      const stored = index.segments(at)?.reduce((sum, { length }) => sum + length, 0) ?? index.size(at);
      return { offset: index.dataOffset(at), length: stored };
    });
    const offset = this.#sections[0]?.offset ?? 0;
    const end = this.#sections.reduce((most, one) => Math.max(most, one.offset + one.length), offset);
    this.#reader = new TarSections(blob(layer), { offset, length: end - offset }, signal);
  }

  /** Of the file at a place of the list; to be read to the end, and none before one that has been read. */
  read(place: number): AsyncGenerator<Uint8Array, void, undefined> {
    const section = this.#sections[place];
    if (!section) throw new RangeError('there is no such file');
    return this.#reader.read(section);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader[Symbol.asyncDispose]();
  }
}
