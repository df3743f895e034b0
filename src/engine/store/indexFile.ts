import type { BigIntStats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineError, ioError } from '../errors.ts';
import { emptyIndex, type IndexDocument, maxIndexBytes, parseIndexDocument } from './indexDocument.ts';
import { openRegularFile } from './regularFile.ts';

/** Milliseconds within which a file system's clock may not tell two writes apart. */
const clockGrain = 50;
/** Other tools write `index.json` in place: half of it is worth a second and a third look. */
const looks = 3;
const pauseBetweenLooks = 40;

/** `index.json`, parsed once for as long as it stays the same file. */
export class IndexFile {
  readonly #path: string;
  #identity: string | undefined;
  #document: IndexDocument = emptyIndex;

  constructor(path: string) {
    this.#path = path;
  }

  /** Empty where there is none. @throws `Corrupt`, `TooLarge`, `Io` */
  async read(): Promise<IndexDocument> {
    for (let look = 1; ; look++) {
      try {
        return await this.#read();
      } catch (error) {
        if (look === looks || !(error instanceof EngineError) || error.reason !== 'Corrupt') throw error;
        await delay(pauseBetweenLooks);
      }
    }
  }

  /**
   * What tells this state of the file from every other, in any process; `undefined` where there is no file, or where a
   * later write could still look like this one.
   * @throws `Io`
   */
  async state(): Promise<string | undefined> {
    try {
      return identityOf(await lstat(this.#path, { bigint: true }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw ioError(error, `cannot read ${this.#path}`);
    }
  }

  async #read(): Promise<IndexDocument> {
    const opened = await openRegularFile(this.#path);
    if (!opened) return emptyIndex;
    await using file = opened.file;
    try {
      const status = await file.stat({ bigint: true });
      const identity = identityOf(status);
      if (identity !== undefined && identity === this.#identity) return this.#document;
      if (status.size > maxIndexBytes) throw tooLarge(this.#path, status.size);
      const document = parseIndexDocument(await file.readFile(), this.#path);
      this.#document = document;
      this.#identity = identity;
      return document;
    } catch (error) {
      throw ioError(error, `cannot read ${this.#path}`);
    }
  }
}

/** `undefined`, and so never the same again, while a later write could still look like this one. */
function identityOf({ dev, ino, size, mtimeNs, ctimeNs, ctimeMs }: BigIntStats): string | undefined {
  const settled = Date.now() - Number(ctimeMs) > clockGrain;
  return settled ? [dev, ino, size, mtimeNs, ctimeNs].join(' ') : undefined;
}

function tooLarge(path: string, size: bigint): EngineError {
  return new EngineError('TooLarge', `${path} has ${size} bytes; at most ${maxIndexBytes} are read`, {
    path,
  });
}
