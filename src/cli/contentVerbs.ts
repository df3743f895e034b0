import { type Command, Option } from 'commander';
import { EngineError } from '../engine/errors.ts';
import type { FileRow, ImageLayer, LayerEntryType } from '../engine/image.ts';
import { fileLine } from '../engine/listing/fileLine.ts';
import {
  fullLayerTableCells,
  fullLayerTableHeader,
  layerTableCells,
  layerTableHeader,
} from '../engine/listing/layerTable.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import { readableImage, readableOperand } from './readableImage.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

/** Verbs that look into an image of the store. */
export function addContentVerbs(parent: Command, start: Start): void {
  addVerb<LayersOptions>(
    parent,
    {
      syntax: 'layers <image>',
      summary: "List an image's layers, the lowest first",
      details:
        'One row for each step of the history; a step that made no layer has none of its figures. ADDED, MODIFIED and ' +
        `REMOVED count paths; WASTED are bytes that higher layers replace or hide. ${readableOperand}`,
      json:
        '{"index","digest","diffId","mediaType","size","uncompressedSize","createdBy","empty",\n' +
        '   "added","modified","removed","wastedBytes"}',
      options: () => [
        new Option(
          '--no-trunc',
          "Don't truncate output: DIGEST is of the layer as distributed, DIFF ID of its unpacked tar; both were checked",
        ),
      ],
      examples: [
        'strata layers alpine',
        'strata layers --no-trunc alpine',
        'strata layers --json oci:./build:app',
      ],
      run: listLayers,
    },
    start,
  );
  addVerb<FilesOptions>(
    parent,
    {
      syntax: 'files <image>',
      summary: "List an image's files as a container would see them",
      details: readableOperand,
      json: '{"path","type","size","mode","uid","gid","mtime","linkName","layer"}',
      options: () => [
        new Option(
          '--layer <number>',
          'Only this layer\'s own entries, whiteouts too; see the first column of "layers"',
        ),
      ],
      examples: ['strata files alpine', 'strata files alpine --layer 0 --json'],
      run: listFiles,
    },
    start,
  );
}

interface LayersOptions {
  /** Commander's way to say `--no-trunc`. */
  readonly trunc: boolean;
}

async function listLayers(
  session: Session,
  [name = '']: readonly string[],
  { trunc }: LayersOptions,
): Promise<ExitCode> {
  const engine = await session.engine();
  const layers = await engine.layers(await readableImage(session, name), session.signal);
  if (session.json) for (const layer of layers) await session.output.json(layerJson(layer));
  else if (trunc) await session.output.table(layerTableHeader, layers.map(layerTableCells));
  else await session.output.table(fullLayerTableHeader, layers.map(fullLayerTableCells));
  return exitCode.done;
}

function layerJson(layer: ImageLayer): object {
  const { index, descriptor, diffId, uncompressedSize, createdBy, empty } = layer;
  const { added, modified, removed, wastedBytes } = layer;
  return {
    index,
    digest: descriptor?.digest ?? null,
    diffId: diffId ?? null,
    mediaType: descriptor?.mediaType ?? null,
    size: descriptor?.size ?? null,
    uncompressedSize: uncompressedSize ?? null,
    createdBy: createdBy === '' ? null : createdBy,
    empty,
    added,
    modified,
    removed,
    wastedBytes,
  };
}

interface FilesOptions {
  readonly layer?: string;
}

async function listFiles(
  session: Session,
  [name = '']: readonly string[],
  options: FilesOptions,
): Promise<ExitCode> {
  const layer = parseLayer(options.layer);
  const engine = await session.engine();
  const image = await readableImage(session, name);
  const rows =
    layer === undefined
      ? await engine.files(image, session.signal)
      : await engine.layerFiles(image, layer, session.signal);
  await printFiles(session, rows);
  return exitCode.done;
}

function parseLayer(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new EngineError(
    'Invalid',
    `invalid layer ${JSON.stringify(text)}: write its number in "strata layers"`,
  );
}

async function printFiles({ json, output }: Session, rows: Iterable<FileRow<LayerEntryType>>): Promise<void> {
  for (const row of rows) {
    if (output.closed) return;
    if (json) await output.json(fileJson(row));
    else await output.line(fileLine(row));
  }
}

/** A row of `files` as CLI.md has it. */
export function fileJson(row: FileRow<LayerEntryType>): object {
  const { path, type, size, mode, uid, gid, mtime, linkName, layer } = row;
  return { path, type, size, mode, uid, gid, mtime, linkName: linkName === '' ? null : linkName, layer };
}
