import { matchHistory } from '../../documents/dockerfileHistory.ts';
import type { Range } from '../../documents/mention.ts';
import type { ImageLayer, WastedFile } from '../../engine/image.ts';

/** What is known of an image's waste. */
export interface ImageWaste {
  readonly layers: readonly ImageLayer[];
  /** The largest files that a layer wastes, by its `index`. */
  readonly files: ReadonlyMap<number, readonly WastedFile[]>;
}

/** What the layers waste that one instruction made: of a FROM, all those of the base image. */
export interface WasteLine {
  readonly range: Range;
  readonly isBase: boolean;
  /** Bytes. */
  readonly wastedBytes: number;
  /** Largest first. */
  readonly files: readonly LineFile[];
}

export interface LineFile extends WastedFile {
  /** The instruction that replaced or removed it, where it stands in the file. */
  readonly byRange?: Range;
}

export interface WasteOfFile {
  /** Of the instructions that waste anything, in the order of the layers. */
  readonly lines: readonly WasteLine[];
  /** Bytes that steps waste which have no instruction here. */
  readonly elsewhere: number;
  /** Whether any instruction here made a step of the image. */
  readonly isMatch: boolean;
}

/** Divides an image's waste among the instructions of a Dockerfile. */
export function wasteOfFile(text: string, { layers, files }: ImageWaste): WasteOfFile {
  const { places, matched } = matchHistory(
    text,
    layers.map(({ createdBy }) => createdBy),
  );
  const lines = new Map<number, WasteLine>();
  let elsewhere = 0;
  for (const { index, wastedBytes } of layers) {
    const range = places[index];
    if (wastedBytes === 0) continue;
    if (!range) elsewhere += wastedBytes;
    else {
      const before = lines.get(range.start.line);
      const own = (files.get(index) ?? []).map((file): LineFile => withRange(file, places[file.by]));
      lines.set(range.start.line, {
        range,
        isBase: isFrom(text, range),
        wastedBytes: (before?.wastedBytes ?? 0) + wastedBytes,
        files: [...(before?.files ?? []), ...own].sort((a, b) => b.size - a.size),
      });
    }
  }
  return { lines: [...lines.values()], elsewhere, isMatch: matched > 0 };
}

function withRange(file: WastedFile, byRange: Range | undefined): LineFile {
  return byRange ? { ...file, byRange } : file;
}

function isFrom(text: string, { start }: Range): boolean {
  const line = text.split('\n', start.line + 1)[start.line] ?? '';
  return /^\s*from\s/i.test(line);
}
