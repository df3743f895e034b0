import { type PaxRecords, parsePaxRecords } from './paxRecords.ts';
import type { EntryOverrides } from './tarEntry.ts';

const code = (character: string): number => character.charCodeAt(0);

/** Whether a header of this type only tells of the entries behind it. */
export function isExtended(typeFlag: number): boolean {
  return extendedFlags.has(typeFlag);
}

const extendedFlags: ReadonlySet<number> = new Set([...'xXgLK'].map(code));

/** What extended headers (PAX, GNU long names) have said of the next entry, and of all to come. */
export class ExtendedHeaders {
  #global: PaxRecords | undefined;
  #local: PaxRecords | undefined;
  #sparsePairs: readonly number[] = [];
  #longName: Uint8Array | undefined;
  #longLink: Uint8Array | undefined;

  /** Of the old PAX sparse format 0.0, whose records may not be a map since they repeat. */
  get sparsePairs(): readonly number[] {
    return this.#sparsePairs;
  }

  /** Whether an entry must follow. */
  isPending(): boolean {
    return (this.#local ?? this.#longName ?? this.#longLink) !== undefined;
  }

  keep(typeFlag: number, bytes: Uint8Array): void {
    if (typeFlag === code('L')) {
      this.#longName = untilNul(bytes);
    } else if (typeFlag === code('K')) {
      this.#longLink = untilNul(bytes);
    } else if (typeFlag === code('g')) {
      this.#global = new Map([...(this.#global ?? []), ...parsePaxRecords(bytes).records]);
    } else {
      const { records, sparsePairs } = parsePaxRecords(bytes);
      this.#local = new Map([...(this.#local ?? []), ...records]);
      this.#sparsePairs = sparsePairs;
    }
  }

  /** Global records hold for all entries to come, local ones go before them, for one entry. */
  overrides(): EntryOverrides {
    const pax =
      this.#global && this.#local
        ? new Map([...this.#global, ...this.#local])
        : (this.#local ?? this.#global);
    return { pax, longName: this.#longName, longLink: this.#longLink };
  }

  /** The entry has come: only the global records remain. */
  forget(): void {
    this.#local = undefined;
    this.#sparsePairs = [];
    this.#longName = undefined;
    this.#longLink = undefined;
  }
}

function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}
