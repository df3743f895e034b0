import type { StoredImage } from '../image.ts';
import { shortDigest } from '../oci/digest.ts';
import { createdSince, noTime } from './createdSince.ts';
import type { RowField, RowKind, TableColumn } from './formatRows.ts';
import { goTimeText } from './goTimeText.ts';
import { humanSize } from './humanUnits.ts';
import type { DigestRows, ImageRow } from './imageRows.ts';

/** What an image takes alone and together with others, in bytes. */
export interface SharedAndUnique {
  readonly sharedBytes: number;
  readonly uniqueBytes: number;
}

export interface ImageFormatOptions {
  /** `--digests` */
  readonly digests?: boolean;
  /** Full image IDs instead of their first 12 digits. */
  readonly fullIds?: boolean;
  /** Milliseconds since 1970 that ages are counted to. */
  readonly now: number;
  /** Where it is known; otherwise `.SharedSize` and `.UniqueSize` are `N/A`, as Docker has them. */
  readonly sizeOf?: (image: StoredImage) => SharedAndUnique | undefined;
}

const none = '<none>';
const notKnown = 'N/A';
const digestField = '{{.Digest}}';

/** `--digests` adds its column to a table that a template makes. */
export function imageTemplate(format: string | undefined, digests: boolean): string | undefined {
  const isTable = format !== undefined && format !== 'table' && format.startsWith('table');
  return isTable && digests && !format.includes(digestField) ? `${format}\t${digestField}` : format;
}

/** The digests of a tag are rows of their own where they are shown. */
export function digestRowsOf(format: string | undefined, digests: boolean): DigestRows {
  if (digests) return 'all';
  return format?.includes(digestField) ? 'tagged' : 'none';
}

/**
 * How Docker shows the rows of `image ls`.
 * https://github.com/docker/cli/blob/v20.10.24/cli/command/formatter/image.go
 */
export function imageRowKind(options: ImageFormatOptions, digestRows: DigestRows): RowKind<ImageRow> {
  const field = imageFields(options, digestRows);
  return {
    goType: '*formatter.imageContext',
    fields: Object.entries(field).map(([name, column]) => ({ name, ...column })),
    table: [
      field.Repository,
      field.Tag,
      ...(options.digests ? [field.Digest] : []),
      field.ID,
      { ...field.CreatedSince, value: (row) => field.CreatedSince.value(row) || notKnown },
      field.Size,
    ],
    raw: { quiet: 'image_id: {{.ID}}', all: rawTemplate(options.digests ?? false) },
  };
}

function imageFields({ fullIds, now, sizeOf }: ImageFormatOptions, digestRows: DigestRows) {
  const shared = ({ image }: ImageRow, read: (size: SharedAndUnique) => number) => {
    const size = sizeOf?.(image);
    return size ? humanSize(read(size)) : notKnown;
  };
  return {
    ID: column('IMAGE ID', ({ image }) => (fullIds ? image.id : shortDigest(image.id))),
    Repository: column('REPOSITORY', ({ repository }) => repository ?? none),
    Tag: column('TAG', ({ tag }) => tag ?? none),
    Digest: column('DIGEST', (row) => digestText(row, digestRows)),
    CreatedSince: column('CREATED', ({ image }) => createdSinceText(image, now)),
    CreatedAt: column('CREATED AT', ({ image }) => goTimeText(image.created ?? new Date(noTime))),
    Size: column('SIZE', ({ image }) => humanSize(image.size, 3)),
    Containers: column('CONTAINERS', () => notKnown),
    VirtualSize: column('SIZE', ({ image }) => humanSize(image.size)),
    SharedSize: column('SHARED SIZE', (row) => shared(row, ({ sharedBytes }) => sharedBytes)),
    UniqueSize: column('UNIQUE SIZE', (row) => shared(row, ({ uniqueBytes }) => uniqueBytes)),
  } satisfies Record<string, Omit<RowField<ImageRow>, 'name'>>;
}

function column(header: string, value: (row: ImageRow) => string): TableColumn<ImageRow> {
  return { header, value };
}

/** Docker knows the digest of a row only where it was asked for; of one without a tag only with `--digests`. */
function digestText({ repository, tag, digest }: ImageRow, digestRows: DigestRows): string {
  if (repository === undefined) return none;
  if (tag === undefined) return digestRows === 'all' ? (digest ?? none) : '';
  return digestRows === 'none' ? none : (digest ?? none);
}

/** Empty for an image that does not say. */
function createdSinceText({ created }: StoredImage, now: number): string {
  if (created === undefined || created.getTime() === noTime) return '';
  return createdSince(created.getTime(), now);
}

function rawTemplate(digests: boolean): string {
  return [
    'repository: {{ .Repository }}',
    'tag: {{.Tag}}',
    ...(digests ? ['digest: {{.Digest}}'] : []),
    'image_id: {{.ID}}',
    'created_at: {{.CreatedAt}}',
    'virtual_size: {{.Size}}',
    '',
  ].join('\n');
}
