import { humanSize } from '../engine/listing/humanUnits.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';

/** Where the progress of a pull, push or copy goes. */
export interface TransferView {
  /** A line that stays. */
  message(line: string): void;
  /** What is new about a layer. */
  status(layer: string, status: string): void;
  /** Bytes of a layer that have been moved; `action` is Docker's word for it (`Downloading`). */
  progress(layer: string, moved: number, size: number, action: string): void;
}

/** For pipes, files and logs: every change a line, and no bytes counted; as Docker does. */
export function plainView(write: (line: string) => void): TransferView {
  return {
    message: write,
    status: (layer, status) => write(`${layer}: ${status}`),
    progress: () => undefined,
  };
}

/** With `--json` progress goes to stderr, and with `quiet` nowhere. */
export function chooseTransferView({ host, json, output }: Session, quiet: boolean): TransferView {
  if (quiet) return plainView(() => undefined);
  if (json) return plainView((line) => output.note(line));
  if (host.terminal) return new TerminalView(output, host.terminal);
  return plainView((line) => {
    void output.line(line);
    void output.flush();
  });
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Terminals without a window behind them (of CI jobs, `script`, `docker exec -t`) say that they have no columns. */
export function knownSize({ columns, rows }: TerminalSize): TerminalSize {
  return { columns: columns || 80, rows: rows || 24 };
}

/** For a terminal: a line a layer, redrawn in place. */
export class TerminalView implements TransferView {
  readonly #output: Output;
  /** Read anew for every line, since windows change their size. */
  readonly #size: () => TerminalSize;
  /** Layers from the top, in the lines right above the cursor. */
  #layers: string[] = [];

  constructor(output: Output, size: () => TerminalSize) {
    this.#output = output;
    this.#size = size;
  }

  message(line: string): void {
    this.#layers = [];
    void this.#output.line(line);
    void this.#output.flush();
  }

  status(layer: string, status: string): void {
    const place = this.#layers.indexOf(layer);
    if (place >= 0) this.#redraw(this.#layers.length - place, `${layer}: ${status}`);
    else this.#append(layer, status);
  }

  progress(layer: string, moved: number, size: number, action: string): void {
    this.status(layer, `${action} ${progressText(moved, size, this.#size().columns)}`);
  }

  #append(layer: string, status: string): void {
    this.#layers.push(layer);
    this.#draw(`${this.#fitting(`${layer}: ${status}`)}\n`);
  }

  #redraw(linesUp: number, text: string): void {
    // What has scrolled off the top cannot be reached any more.
    if (linesUp >= this.#size().rows) return;
    this.#draw(`\x1b[${linesUp}A\r\x1b[2K${this.#fitting(text)}\r\x1b[${linesUp}B`);
  }

  /** A line that wraps would make two, and everything below it would be drawn in the wrong place. */
  #fitting(text: string): string {
    return text.slice(0, Math.max(1, this.#size().columns - 1));
  }

  #draw(text: string): void {
    this.#output.text(text);
    void this.#output.flush();
  }
}

const barWidth = 50;
/** Below this many columns Docker leaves the bar out. */
const leastColumnsForBar = 110;

/** `[==>   ]  1.2MB/3.4MB` */
function progressText(moved: number, size: number, columns: number): string {
  const numbers = `${humanSize(moved).padStart(8)}/${humanSize(size)}`;
  if (columns <= leastColumnsForBar || size === 0) return numbers;
  const done = Math.min(barWidth, Math.floor((moved / size) * barWidth));
  return `[${'='.repeat(done)}>${' '.repeat(barWidth - done)}] ${numbers}`;
}
