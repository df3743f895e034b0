import { humanSize } from '../engine/listing/humanUnits.ts';
import type { Output } from './output.ts';

/** Where a pull's progress goes. */
export interface PullView {
  /** A line that stays. */
  message(line: string): void;
  /** What is new about a layer. */
  status(layer: string, status: string): void;
  /** Bytes of a layer that have arrived. */
  progress(layer: string, received: number, size: number): void;
}

/** For pipes, files and logs: every change a line, and no bytes counted; as Docker does. */
export function plainPullView(write: (line: string) => void): PullView {
  return {
    message: write,
    status: (layer, status) => write(`${layer}: ${status}`),
    progress: () => undefined,
  };
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** For a terminal: a line a layer, redrawn in place. */
export class TerminalPullView implements PullView {
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

  progress(layer: string, received: number, size: number): void {
    this.status(layer, `Downloading ${progressText(received, size, this.#size().columns)}`);
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
function progressText(received: number, size: number, columns: number): string {
  const numbers = `${humanSize(received).padStart(8)}/${humanSize(size)}`;
  if (columns <= leastColumnsForBar || size === 0) return numbers;
  const done = Math.min(barWidth, Math.floor((received / size) * barWidth));
  return `[${'='.repeat(done)}>${' '.repeat(barWidth - done)}] ${numbers}`;
}
