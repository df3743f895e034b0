import { type Command, Option } from 'commander';
import type { StoredImage } from '../engine/image.ts';
import type { ImageEngine } from '../engine/imageEngine.ts';
import { imageFilters } from '../engine/images/filterImages.ts';
import { type FilterArguments, parseFilterArguments } from '../engine/listing/filterArguments.ts';
import { checkFormat, formatRows } from '../engine/listing/formatRows.ts';
import { digestRowsOf, imageRowKind, imageTemplate } from '../engine/listing/imageFormat.ts';
import { type ImageRow, imageRows } from '../engine/listing/imageRows.ts';
import { asString, optional } from '../engine/oci/json.ts';
import { formatPlatform } from '../engine/oci/platform.ts';
import { readDockerConfig } from '../engine/registry/dockerCredentials.ts';
import { errorText } from './errorText.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import { filterOption, formatOption } from './listOptions.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

interface ListOptions {
  readonly all?: boolean;
  readonly quiet?: boolean;
  readonly digests?: boolean;
  /** Commander's way to say `--no-trunc`. */
  readonly trunc: boolean;
  readonly filter?: readonly string[];
  readonly format?: string;
}

/** `image ls`, and `images` at the top. */
export function addImageListVerb(parent: Command, name: 'ls' | 'images', start: Start): void {
  addVerb<ListOptions>(
    parent,
    {
      syntax: `${name} [repository[:tag]]`,
      aliases: name === 'ls' ? ['list'] : [],
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
        filterOption(imageFilters),
        formatOption(),
      ],
      examples: [
        'strata images',
        'strata image ls --digests "ghcr.io/acme/*"',
        'strata images -q alpine',
        'strata images -f dangling=true -f until=24h',
        'strata images --format "table {{.Repository}}\\t{{.Tag}}\\t{{.Size}}"',
      ],
      run: listImages,
    },
    start,
  );
}

async function listImages(
  session: Session,
  [pattern = '']: readonly string[],
  options: ListOptions,
): Promise<ExitCode> {
  const filters = filtersOf(options, pattern);
  const engine = await session.engine();
  if (session.json) {
    await checkFormat(options.format);
    const images = await engine.filteredImages(filters, session.signal);
    await printJson(session, imageRows(images, options.digests ? 'all' : 'none'));
  } else {
    const images = await engine.listedImages(filters, session.signal);
    session.output.text(await formatImages(session, engine, images, options));
  }
  return exitCode.done;
}

/** The argument is one more `reference`. */
function filtersOf({ filter = [] }: ListOptions, pattern: string): FilterArguments {
  const named = pattern === '' ? filter : [...filter, `reference=${pattern}`];
  return parseFilterArguments(named, imageFilters);
}

async function formatImages(
  session: Session,
  engine: ImageEngine,
  images: readonly StoredImage[],
  { digests = false, trunc, quiet, format: given }: ListOptions,
): Promise<string> {
  const { signal, output } = session;
  const format = imageTemplate(given || (quiet ? undefined : await configuredFormat(session)), digests);
  const digestRows = digestRowsOf(format, digests);
  const asksForSizes = format !== undefined && /\.(?:Shared|Unique)Size\b/.test(format);
  const sizes = asksForSizes ? (await engine.sizes(signal)).images : undefined;
  const kind = imageRowKind(
    {
      digests,
      fullIds: !trunc,
      now: Date.now(),
      sizeOf: ({ manifest }) => sizes?.get(manifest.digest),
    },
    digestRows,
  );
  return formatRows(imageRows(images, digestRows), kind, { format, quiet, isForTerminal: output.isTerminal });
}

/** `imagesFormat` of Docker's `config.json`, for lists that nothing else is said of. */
async function configuredFormat({ configDirectory, output }: Session): Promise<string | undefined> {
  try {
    const config = await readDockerConfig(configDirectory);
    return optional(config?.imagesFormat, 'imagesFormat', asString);
  } catch (error) {
    output.warn(`Docker's settings were left aside: ${errorText(error)}`);
    return undefined;
  }
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
