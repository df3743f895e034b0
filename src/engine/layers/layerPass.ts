import { EngineError } from '../errors.ts';
import { type DiffId, type Digest, Digester, digestAlgorithm } from '../oci/digest.ts';
import type { Compression } from '../oci/mediaType.ts';
import { EntryCollector } from './entryCollector.ts';
import { ExpansionGuard } from './expansionGuard.ts';
import { Inflater, sniffCompression } from './inflater.ts';
import { writeLayerIndex } from './layerIndexWriter.ts';
import { diffIdMismatch, type LayerJob, type LayerResult } from './layerJob.ts';
import { TarReader } from './tarReader.ts';

/**
 * The one pass over a layer's bytes: digest → inflate → diffId → tar → layer index. What is wrong with the content is
 * told only once the digest is known, for bytes that are not the layer's own say nothing about the layer.
 */
export class LayerPass {
  readonly #job: LayerJob;
  readonly #digester: Digester;
  /** None where the bytes are the tar itself, whose diffId is its digest: hashing is a large part of the pass. */
  #diffIdDigester: Digester | undefined;
  readonly #guard: ExpansionGuard;
  readonly #entries: EntryCollector;
  readonly #tar: TarReader;
  #size = 0;
  #uncompressedSize = 0;
  #compression: Compression | undefined;
  #inflater: Inflater | undefined;
  /** Of the reader of what the inflater gives; never rejects. */
  #reading: Promise<void> | undefined;
  #contentError: unknown;

  constructor(job: LayerJob) {
    const { descriptor, diffId } = job;
    this.#job = job;
    this.#digester = new Digester(digestAlgorithm(descriptor.digest));
    this.#diffIdDigester = new Digester(diffId && digestAlgorithm(diffId));
    this.#guard = new ExpansionGuard(descriptor.size);
    this.#entries = new EntryCollector(this.#guard);
    this.#tar = new TarReader(this.#entries);
  }

  /**
   * The next bytes as distributed, which are the pass's from now on; the first call must have the first six, if there are
   * as many.
   * @throws `DigestMismatch` where there are more than the descriptor says, `TooLarge` where the layer is a bomb
   */
  async push(bytes: Uint8Array): Promise<void> {
    this.#size += bytes.length;
    if (this.#size > this.#job.descriptor.size) throw this.#wrongSize();
    this.#digester.update(bytes);
    await this.#content(() => this.#unpack(bytes));
    if (isTooLarge(this.#contentError)) throw this.#contentError;
  }

  /**
   * Holds digest, size and diffId against what was promised and writes the index.
   * @throws `DigestMismatch`, `Corrupt`, `TooLarge`, `Unsupported`, `Io`
   */
  async finish(): Promise<LayerResult> {
    await this.#content(() => this.#inflater?.end());
    if (this.#contentError) this.#inflater?.destroy();
    await this.#reading;
    const digest = this.#checkedDigest();
    if (this.#contentError) throw this.#contentError;
    this.#tar.end();
    return this.#result(this.#diffIdDigester?.digest() ?? digest);
  }

  /** Ends the threads' work; the pass is of no use afterwards. */
  async abort(): Promise<void> {
    this.#inflater?.destroy();
    await this.#reading;
  }

  /** Errors of the content wait for the digest. */
  async #content(work: () => Promise<void> | void): Promise<void> {
    if (this.#contentError) return;
    try {
      await work();
    } catch (error) {
      this.#contentError ??= error;
    }
  }

  async #unpack(bytes: Uint8Array): Promise<void> {
    this.#compression ??= this.#begin(bytes);
    if (this.#inflater) await this.#inflater.write(bytes);
    else this.#takeBlock(bytes);
  }

  #begin(start: Uint8Array): Compression {
    const compression = sniffCompression(start);
    if (compression === 'none') {
      if (this.#diffIdDigester?.algorithm === this.#digester.algorithm) this.#diffIdDigester = undefined;
    } else {
      const inflater = new Inflater(compression);
      this.#inflater = inflater;
      this.#reading = this.#content(() => this.#read(inflater));
    }
    return compression;
  }

  async #read(inflater: Inflater): Promise<void> {
    try {
      for await (const block of inflater.blocks()) this.#takeBlock(block);
    } finally {
      inflater.destroy();
    }
  }

  #takeBlock(block: Uint8Array): void {
    this.#uncompressedSize += block.length;
    this.#guard.add(block.length);
    this.#diffIdDigester?.update(block);
    // As plain bytes: slices of a Buffer would be views into memory that is about to be freed.
    this.#tar.push(new Uint8Array(block.buffer, block.byteOffset, block.byteLength));
  }

  #checkedDigest(): Digest {
    const { digest: expected, size } = this.#job.descriptor;
    const actual = this.#digester.digest();
    if (this.#size !== size) throw this.#wrongSize();
    if (actual === expected) return actual;
    throw new EngineError('DigestMismatch', `the layer ${expected} has the digest ${actual}`, {
      expected,
      actual,
    });
  }

  #wrongSize(): EngineError {
    const { digest, size } = this.#job.descriptor;
    const [count, facts] =
      this.#size > size
        ? [`more than its ${size}`, {}]
        : [`${this.#size} instead of ${size}`, { actual: String(this.#size) }];
    return new EngineError('DigestMismatch', `the layer ${digest} has ${count} bytes`, {
      expected: String(size),
      ...facts,
    });
  }

  #result(diffId: DiffId): LayerResult {
    const { descriptor, diffId: expected, indexFile } = this.#job;
    if (expected !== undefined && diffId !== expected) {
      throw diffIdMismatch(descriptor.digest, expected, diffId);
    }
    return {
      digest: descriptor.digest,
      diffId,
      size: this.#size,
      uncompressedSize: this.#uncompressedSize,
      compression: this.#compression ?? 'none',
      ...writeLayerIndex(indexFile, this.#entries, diffId, this.#uncompressedSize),
    };
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof EngineError && error.reason === 'TooLarge';
}
