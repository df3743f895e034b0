import { chmod } from 'node:fs/promises';
import { throwIfCancelled } from '../errors.ts';
import type { FilesInOrder } from '../layers/filesInOrder.ts';
import { impliedMode } from '../layers/layerIndexFormat.ts';
import type { EntryPlace, UnionTree } from '../layers/unionTree.ts';
import type { ExportEvent } from './exportEvent.ts';
import { type ExportFile, type ExportItem, type ExportPlan, entriesOf, planExport } from './exportPlan.ts';
import { ExportTarget } from './exportTarget.ts';
import { ExportWriter, type Facts } from './exportWriter.ts';

export interface ExportPlace {
  /** Absolute path of a folder that is there: nothing is written anywhere else. */
  readonly folder: string;
  /** Of what is to appear in the folder: one part of a path. */
  readonly name: string;
  /** Whether it may take the place of something that is there; false. */
  readonly overwrite?: boolean;
}

/** What is exported. */
export interface ExportSource {
  readonly tree: UnionTree;
  /**
   * Opens files of a layer.
   * @param layer by position in the tree
   * @param entries numbers in its index, in the order in which their bytes stand in the layer
   */
  readonly open: (layer: number, entries: readonly number[], signal?: AbortSignal) => Promise<FilesInOrder>;
  readonly path: Uint8Array;
}

/**
 * Writes a file or folder of a tree to the disk: whole or, where it fails or is cancelled, not at all. Each layer is read
 * in one pass; memory does not grow with the files. Modes and times are kept, hard links and holes too.
 * @throws `NotFound`, `Invalid`, `Conflict` where the name is taken, `DigestMismatch`, `Io`, `Cancelled`
 */
export async function exportFiles(
  source: ExportSource,
  place: ExportPlace,
  emit: (event: ExportEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { overwrite = false } = place;
  const plan = await planExport(source.tree, source.path, signal);
  const { fileCount: files, bytes, leftOut } = plan;
  emit({ kind: 'planned', files, bytes });
  await using target = await ExportTarget.open(place.folder, place.name, overwrite);
  const run = new ExportRun(source, plan, new ExportWriter(target.draft), emit, signal);
  await run.write();
  await target.commit(overwrite);
  // A folder that must not be written to could not have been moved.
  const [root] = plan.folders;
  if (root?.path.length === 0) await chmod(target.path, factsOf(source.tree, root.own).mode);
  emit({ kind: 'done', path: target.path, files: run.files, bytes, leftOut });
}

/** Milliseconds between two words of how far it is. */
const interval = 100;

class ExportRun {
  readonly #source: ExportSource;
  readonly #plan: ExportPlan;
  readonly #writer: ExportWriter;
  readonly #emit: (event: ExportEvent) => void;
  readonly #signal: AbortSignal;
  #bytes = 0;
  #told = 0;
  /** Names of files that are there. */
  files = 0;

  constructor(
    source: ExportSource,
    plan: ExportPlan,
    writer: ExportWriter,
    emit: (event: ExportEvent) => void,
    signal: AbortSignal,
  ) {
    this.#source = source;
    this.#plan = plan;
    this.#writer = writer;
    this.#emit = emit;
    this.#signal = signal;
  }

  /** Symlinks come last, so that nothing is ever written through one. */
  async write(): Promise<void> {
    const { folders, files, symlinks } = this.#plan;
    for (const folder of folders) this.#note(await this.#step(() => this.#writer.folder(folder)));
    for (const [layer, of] of files) await this.#layer(layer, of);
    for (const item of symlinks) this.#note(await this.#step(() => this.#symlink(item)));
    // Not to be broken off: what is made read-only cannot easily be taken back.
    for (const folder of folders.toReversed()) await this.#finish(folder);
  }

  async #layer(layer: number, files: readonly ExportFile[]): Promise<void> {
    await using opened = await this.#source.open(layer, entriesOf(files), this.#signal);
    for (const [place, file] of files.entries()) {
      const bytes = opened.read(place);
      await this.#step(() => this.#file(file, bytes));
    }
  }

  async #file({ content, names }: ExportFile, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const index = this.#source.tree.index(content.layer);
    let first: ExportItem | undefined;
    for (const name of names) {
      const facts = factsOf(this.#source.tree, name.own);
      const isWritten = first
        ? await this.#writer.hardLink(first, name)
        : await this.#writer.file(name, facts, { index, at: content.at, bytes }, (count) => {
            this.#bytes += count;
            this.#tell();
          });
      if (isWritten) this.files++;
      if (isWritten) first ??= name;
      this.#note(isWritten);
    }
    this.#tell();
  }

  #symlink(item: ExportItem): Promise<boolean> {
    const { tree } = this.#source;
    const target = tree.index(item.own.layer).linkBytes(item.own.at);
    return this.#writer.symlink(item, factsOf(tree, item.own), target);
  }

  async #finish(item: ExportItem): Promise<void> {
    const facts = factsOf(this.#source.tree, item.own);
    // The one that is yet to be moved must stay its owner's to move.
    const mode = item.path.length === 0 ? 0o700 : facts.mode;
    await this.#writer.finish(item, { ...facts, mode });
  }

  async #step<T>(task: () => Promise<T>): Promise<T> {
    throwIfCancelled(this.#signal);
    return task();
  }

  #tell(): void {
    const now = performance.now();
    if (now - this.#told < interval) return;
    this.#told = now;
    this.#emit({ kind: 'written', files: this.files, bytes: this.#bytes });
  }

  #note(isWritten: boolean): void {
    if (!isWritten) this.#plan.leftOut.names++;
  }
}

function factsOf(tree: UnionTree, { layer, at }: EntryPlace): Facts {
  if (layer < 0) return { mode: impliedMode, mtime: Date.now() / 1000 };
  const index = tree.index(layer);
  return { mode: index.mode(at) & 0o1777, mtime: index.mtime(at) };
}
