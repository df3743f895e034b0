import { type Command, Option } from 'commander';
import { type ImageRow, imageRows, imageTableCells, imageTableHeader } from '../engine/listing/imageRows.ts';
import { shortDigest } from '../engine/oci/digest.ts';
import { formatPlatform } from '../engine/oci/platform.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

interface ListOptions {
  readonly all?: boolean;
  readonly quiet?: boolean;
  readonly digests?: boolean;
  /** Commander's way to say `--no-trunc`. */
  readonly trunc: boolean;
}

/** `image ls`, and `images` at the top. */
export function addImageListVerb(parent: Command, name: string, start: Start): void {
  addVerb<ListOptions>(
    parent,
    {
      syntax: `${name} [repository[:tag]]`,
      summary: 'List the images of the store',
      details: 'The argument may hold the wildcards * ? [a-z]; * stops at a slash.',
      json: '{"repository","tag","digest","id","created","size","platform"}, size in bytes, unpacked',
      options: () => [
        new Option(
          '-a, --all',
          'Show all images; as the store keeps no intermediate ones, this changes nothing',
        ),
        new Option('-q, --quiet', 'Only show image IDs'),
        new Option('--digests', 'Show digests'),
        new Option('--no-trunc', "Don't truncate output"),
      ],
      examples: ['strata images', 'strata image ls --digests "ghcr.io/acme/*"', 'strata images -q alpine'],
      run: listImages,
    },
    start,
  );
}

async function listImages(
  session: Session,
  [pattern]: readonly string[],
  { digests = false, quiet, trunc }: ListOptions,
): Promise<ExitCode> {
  const engine = await session.engine();
  const images = await engine.images(session.signal);
  const rows = imageRows(images, { digests, ...(pattern !== undefined && { pattern }) });
  if (session.json) await printJson(session, rows);
  else if (quiet) await printIds(session, rows, trunc);
  else await printTable(session, rows, { digests, fullIds: !trunc });
  return exitCode.done;
}

async function printJson({ output }: Session, rows: readonly ImageRow[]): Promise<void> {
  for (const { image, repository, tag, digest } of rows) {
    await output.json({
      repository: repository ?? null,
      tag: tag ?? null,
      digest: digest ?? null,
      id: image.id,
      created: image.created?.toISOString() ?? null,
      size: image.size,
      platform: formatPlatform(image.platform),
    });
  }
}

async function printIds({ output }: Session, rows: readonly ImageRow[], truncated: boolean): Promise<void> {
  for (const { image } of rows) await output.line(truncated ? shortDigest(image.id) : image.id);
}

async function printTable(
  { output }: Session,
  rows: readonly ImageRow[],
  options: { readonly digests: boolean; readonly fullIds: boolean },
): Promise<void> {
  const table = { ...options, now: Date.now() };
  await output.table(
    imageTableHeader(table),
    rows.map((row) => imageTableCells(row, table)),
  );
}
