import type { IndexFile } from './indexFile.ts';
import { type ColumnName, columns, tableOffset } from './layerIndexFormat.ts';

/**
 * Typed arrays over the columns of an index file; what is looked at in them must have been {@link IndexFile.need}ed.
 * Throws where a column is not where or as long as it must be.
 */
export class IndexFileColumns {
  readonly #buffer: ArrayBuffer;

  constructor({ bytes }: IndexFile) {
    this.#buffer = bytes.buffer;
  }

  bytes(name: ColumnName, count?: number): Uint8Array {
    const { offset, length } = this.#range(name);
    requireCount(name, length, count);
    return new Uint8Array(this.#buffer, offset, length);
  }

  text(name: ColumnName): string {
    return Buffer.from(this.bytes(name)).toString();
  }

  uint16(name: ColumnName, count?: number): Uint16Array {
    const { offset, length } = this.#range(name);
    requireCount(name, length / 2, count);
    return new Uint16Array(this.#buffer, offset, length / 2);
  }

  uint32(name: ColumnName, count?: number): Uint32Array {
    const { offset, length } = this.#range(name);
    requireCount(name, length / 4, count);
    return new Uint32Array(this.#buffer, offset, length / 4);
  }

  float64(name: ColumnName, count?: number): Float64Array {
    const { offset, length } = this.#range(name);
    requireCount(name, length / 8, count);
    return new Float64Array(this.#buffer, offset, length / 8);
  }

  #range(name: ColumnName): { offset: number; length: number } {
    const table = new Float64Array(this.#buffer, tableOffset, columns.length * 2);
    const at = columns.indexOf(name) * 2;
    return { offset: table[at] ?? 0, length: table[at + 1] ?? 0 };
  }
}

function requireCount(name: ColumnName, actual: number, expected: number | undefined): void {
  if (expected !== undefined && actual !== expected)
    throw new RangeError(`column ${name} has ${actual} values`);
}
