import { type Command, Option } from 'commander';
import { EngineError, isEngineError } from '../engine/errors.ts';
import type { FileRename, FileRow, LayerPair, PathChange, ReadableImage } from '../engine/image.ts';
import type { ImageEngine } from '../engine/imageEngine.ts';
import type { ConfigDifference } from '../engine/images/compareConfigs.ts';
import type { TreeComparison } from '../engine/layers/diffTrees.ts';
import { configDifferenceText } from './configDifferenceText.ts';
import { fileJson } from './contentVerbs.ts';
import { errorText } from './errorText.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import { packageChangeJson, packageChangeText } from './packageChangeText.ts';
import { readableImage, readableOperand } from './readableImage.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

/** `diff`: what is different between two images. */
export function addDiffVerb(parent: Command, start: Start): void {
  addVerb<DiffOptions>(
    parent,
    {
      syntax: 'diff <imageA> <imageB>',
      summary: 'List the files in which two images differ',
      details:
        'One line for each path that IMAGE_B has added (A), changed (C) or no longer has (D), also below a folder that ' +
        'went as a whole. Content, type, mode, owner and link count, times do not. On a terminal --summary, ' +
        `--config, --packages and --renames are on.\n${readableOperand}`,
      json:
        '{"path","change","before","after"}, before and after as rows of "files" or null\n' +
        '  --summary: {"added","removed","modified","renamed","config"}, first; a renamed file is in none of the first two\n' +
        '  --config: {"config","name","before","after"}: what of the config, which one of several or null\n' +
        '  --packages: {"package","manager","change","before","after"}, before and after {"version","architecture"} or null',
      options: () => [
        new Option('--summary', 'First how many paths and how much of the config differ'),
        new Option(
          '--config',
          'Also how the images are run, where they come from and which layers they have: what differs there',
        ),
        new Option('--packages', 'Also which packages came, went or have another version'),
        new Option('--renames', 'A removed and an added file with the same bytes in one line (R)'),
        new Option(
          '--layer <number>',
          'Only what this layer of each holds by itself; A:B for different ones. See the first column of "layers"',
        ),
      ],
      examples: [
        'strata diff alpine:3.18 alpine:3.19',
        'strata diff --json --config acme/web:1.4 oci:./build:web',
        'strata diff --renames --layer 4:5 acme/web:1.4 acme/web:1.5',
      ],
      run: listDifferences,
    },
    start,
  );
}

interface DiffOptions {
  readonly summary?: true;
  readonly config?: true;
  readonly packages?: true;
  readonly renames?: true;
  readonly layer?: string;
}

async function listDifferences(
  session: Session,
  [before = '', after = '']: readonly string[],
  options: DiffOptions,
): Promise<ExitCode> {
  const layers = parseLayers(options.layer);
  const engine = await session.engine();
  const images = [await readableImage(session, before), await readableImage(session, after)] as const;
  await list(session, engine, images, layers, wanted(session, options));
  return exitCode.done;
}

interface Wanted extends Readonly<Record<'summary' | 'config' | 'renames', boolean>> {
  /** `offered` to a person who has not asked: a database that is damaged is no failure then. */
  readonly packages: 'asked' | 'offered' | undefined;
}

/** What scripts read stays what it is unless they ask for more. */
function wanted(
  { json, output }: Session,
  { summary, config, packages, renames, layer }: DiffOptions,
): Wanted {
  const isTerminal = output.isTerminal && !json;
  return {
    summary: summary ?? isTerminal,
    config: config ?? (isTerminal && layer === undefined),
    packages: packages ? 'asked' : isTerminal && layer === undefined ? 'offered' : undefined,
    renames: renames ?? isTerminal,
  };
}

async function list(
  session: Session,
  engine: ImageEngine,
  images: readonly [ReadableImage, ReadableImage],
  layers: LayerPair,
  { summary, config, packages, renames }: Wanted,
): Promise<void> {
  const { signal } = session;
  const configs = summary || config ? await engine.compareConfigs(...images, signal) : [];
  const files = summary || renames ? await engine.compareFiles(...images, layers, signal) : undefined;
  if (summary && files) await printSummary(session, files, configs.length);
  if (config) await printConfig(session, configs);
  if (packages === 'asked') await printPackages(session, engine, images);
  else if (packages) await offerPackages(session, engine, images);
  const changes = renames && files ? files.changes(signal) : engine.diff(...images, layers, signal);
  await printChanges(session, changes);
}

/** `4`, or `4:5`. */
function parseLayers(text: string | undefined): LayerPair {
  if (text === undefined) return {};
  const [, before, after = before] = /^(\d{1,9})(?::(\d{1,9}))?$/.exec(text) ?? [];
  if (before !== undefined) return { before: Number(before), after: Number(after) };
  throw new EngineError(
    'Invalid',
    `invalid layer ${JSON.stringify(text)}: write its number in "strata layers", or A:B for one of each image`,
  );
}

async function printSummary(
  { json, output }: Session,
  { added, removed, modified, renamed }: TreeComparison,
  config: number,
): Promise<void> {
  if (json) return output.json({ added, removed, modified, renamed, config });
  const differences = `${config} ${config === 1 ? 'difference' : 'differences'}`;
  await output.line(
    `${added} added, ${removed} removed, ${modified} modified, ${renamed} renamed; config: ${differences}`,
  );
}

async function printConfig(
  { json, output }: Session,
  differences: readonly ConfigDifference[],
): Promise<void> {
  for (const one of differences) {
    const { field, name, before, after } = one;
    if (json) await output.json({ config: field, name, before, after });
    else await output.line(configDifferenceText(one));
  }
}

async function printPackages(
  { json, output, signal }: Session,
  engine: ImageEngine,
  images: readonly [ReadableImage, ReadableImage],
): Promise<void> {
  const { changes } = await engine.comparePackages(...images, signal);
  for (const one of changes) {
    if (json) await output.json(packageChangeJson(one));
    else await output.line(packageChangeText(one));
  }
}

async function offerPackages(...[session, ...rest]: Parameters<typeof printPackages>): Promise<void> {
  try {
    await printPackages(session, ...rest);
  } catch (error) {
    if (!isEngineError(error, 'Corrupt', 'TooLarge')) throw error;
    session.output.warn(errorText(error));
  }
}

async function printChanges(
  { json, output }: Session,
  changes: AsyncIterable<PathChange | FileRename>,
): Promise<void> {
  for await (const row of changes) {
    if (json) await output.json(changeJson(row));
    else await output.line(changeLine(row));
    if (output.closed) break;
  }
}

/** Those of `docker diff`, and git's for a file that moved. */
const letters: Readonly<Record<PathChange['change'], string>> = { added: 'A', modified: 'C', removed: 'D' };

function changeLine(row: PathChange | FileRename): string {
  if (row.change === 'renamed') return `R ${row.before.path} -> ${row.path}`;
  return `${letters[row.change]} ${row.path}`;
}

function changeJson({ path, change, before, after }: PathChange | FileRename): object {
  return { path, change, before: rowJson(before), after: rowJson(after) };
}

function rowJson(row: FileRow | null): object | null {
  return row && fileJson(row);
}
