import type { Writable } from 'node:stream';
import { alignColumns } from '../engine/listing/tabWriter.ts';
import { visibleJson, visibleText } from '../engine/listing/visibleText.ts';

/** Characters gathered before they are written: a row at a time would cost a system call each. */
const batchSize = 32 * 1024;

/**
 * What the program says. Results go to stdout, everything else (progress, warnings, errors) to stderr. A reader who has
 * gone (`strata files … | head`) is no failure: what is written from then on is dropped, and `closed` tells those who
 * would only write on.
 */
export class Output {
  readonly #stdout: Writable;
  readonly #stderr: Writable;
  #batch = '';
  #closed = false;
  #failed = false;

  constructor(stdout: Writable, stderr: Writable) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    stdout.on('error', (error: NodeJS.ErrnoException) => this.#onStdoutError(error));
    // Whoever closed stderr does not want to hear of it, and there is nobody left to tell.
    stderr.on('error', () => undefined);
  }

  /** Nobody reads stdout any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The results could not be written, for another reason than that nobody reads them (a full disk). */
  get failed(): boolean {
    return this.#failed;
  }

  /** Whether stdout is a terminal, even one that cannot be drawn on. */
  get isTerminal(): boolean {
    return 'isTTY' in this.#stdout && this.#stdout.isTTY === true;
  }

  /** A line of the result. Control characters in it are shown, not obeyed. */
  async line(text: string): Promise<void> {
    this.text(`${visibleText(text)}\n`);
    if (this.#batch.length >= batchSize) await this.flush();
  }

  /** One JSON value on a line of its own. */
  async json(value: unknown): Promise<void> {
    this.text(`${visibleJson(value)}\n`);
    if (this.#batch.length >= batchSize) await this.flush();
  }

  /** Rows under a header, in Docker's columns. */
  async table(header: readonly string[], rows: readonly (readonly string[])[]): Promise<void> {
    const cells = [header, ...rows].map((row) => row.map(visibleText));
    for (const line of alignColumns(cells)) await this.line(line);
  }

  /** Text of our own, as it is. */
  text(text: string): void {
    if (this.#closed) return;
    // Whoever says nothing more for a while has said it by then: a reader at the other end of a pipe may be waiting.
    if (this.#batch === '') setImmediate(() => void this.flush());
    this.#batch += text;
  }

  /** Bytes as they are, for a pipe or file. */
  async bytes(bytes: Uint8Array): Promise<void> {
    await this.flush();
    await this.#write(this.#stdout, bytes);
  }

  /** A line on stderr. */
  note(text: string): void {
    this.#stderr.write(`${visibleText(text)}\n`);
  }

  warn(text: string): void {
    this.note(`Warning: ${text}`);
  }

  error(text: string): void {
    this.note(`Error: ${text}`);
  }

  /** Returns when everything said so far has left the program. */
  async flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = '';
    if (batch !== '') await this.#write(this.#stdout, batch);
  }

  async drain(): Promise<void> {
    await this.flush();
    await this.#write(this.#stderr, '');
  }

  async #write(stream: Writable, chunk: string | Uint8Array): Promise<void> {
    if (stream === this.#stdout && this.#closed) return;
    await new Promise<void>((resolve) => stream.write(chunk, () => resolve()));
  }

  #onStdoutError(error: NodeJS.ErrnoException): void {
    if (this.#closed) return;
    this.#closed = true;
    if (error.code === 'EPIPE') return;
    this.#failed = true;
    this.error(`the output could not be written: ${error.message}`);
  }
}
