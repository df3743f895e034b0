import { type Command, Option } from 'commander';
import type { StoredImage, StoreFault, StoreUsage } from '../engine/image.ts';
import type { ImageSize, ImageSizes } from '../engine/images/imageSizes.ts';
import type { RepairedFault } from '../engine/images/repairStore.ts';
import { humanSize } from '../engine/listing/humanUnits.ts';
import { shortDigest } from '../engine/oci/digest.ts';
import { canonicalReference, familiarReference } from '../engine/oci/reference.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Session } from './session.ts';
import { addGroup, addVerb, type Start } from './verb.ts';

export function addStoreVerbs(parent: Command, start: Start): void {
  const store = addGroup(parent, 'store', 'Look after the local store');
  addVerb<InfoOptions>(
    store,
    {
      syntax: 'info',
      summary: 'Show what the store holds',
      details:
        'Unique bytes belong to one image, shared ones to several, reclaimable ones to none: gc frees them. SAVED is what ' +
        'sharing saves. An image by itself gives its unique bytes back when it is removed.',
      json:
        '{"images","tags","blobs","totalBytes","uniqueBytes","sharedBytes","reclaimableBytes","savedBytes",\n' +
        '   "danglingBytes"}; with --images {"id","names","uniqueBytes","sharedBytes","sharesWith"} for each image',
      options: () => [
        new Option('--images', 'Show what each image takes of the disk, alone and with others'),
      ],
      examples: [
        'strata store info',
        'strata store info --images',
        'strata store info --store /srv/images --json',
      ],
      run: showInfo,
    },
    start,
  );
  addVerb<VerifyOptions>(
    store,
    {
      syntax: 'verify',
      summary: 'Check that every byte still matches its digest',
      details: 'Exits 1 where something is wrong and stays so.',
      json: '{"digest","problem","images","outcome"}: "missing" or "damaged"; "repaired", "dropped" or null',
      options: () => [
        new Option(
          '--repair',
          'Fetch what is broken again; where that cannot be, drop the images that need it',
        ),
      ],
      examples: ['strata store verify', 'strata store verify --repair'],
      run: verify,
    },
    start,
  );
  addVerb(
    store,
    {
      syntax: 'gc',
      summary: 'Remove unreferenced bytes and unfinished downloads of dead processes',
      json: '{"blobs","bytes"}, the digests that went and the bytes that the disk got back',
      examples: ['strata store gc'],
      run: collectGarbage,
    },
    start,
  );
}

interface InfoOptions {
  readonly images?: boolean;
}

async function showInfo(
  session: Session,
  _operands: readonly string[],
  { images = false }: InfoOptions,
): Promise<ExitCode> {
  const engine = await session.engine();
  const sizes = await engine.sizes(session.signal);
  if (images) await showImages(session, sizes, await engine.images(session.signal));
  else await showUsage(session, sizes, await engine.usage(session.signal));
  return exitCode.done;
}

async function showUsage({ json, output }: Session, sizes: ImageSizes, usage: StoreUsage): Promise<void> {
  if (json) return await output.json(usageJson(usage, sizes));
  await output.table(
    ['IMAGES', 'TAGS', 'BLOBS', 'SIZE', 'UNIQUE', 'SHARED', 'RECLAIMABLE', 'SAVED'],
    [[...usageCells(usage), humanSize(sizes.savedBytes)]],
  );
}

function usageJson(usage: StoreUsage, { savedBytes, danglingBytes }: ImageSizes): object {
  const { images, tags, blobs, totalBytes, uniqueBytes, sharedBytes, reclaimableBytes } = usage;
  const bytes = { totalBytes, uniqueBytes, sharedBytes, reclaimableBytes, savedBytes, danglingBytes };
  return { images, tags, blobs, ...bytes };
}

function usageCells(usage: StoreUsage): string[] {
  const { images, tags, blobs, totalBytes, uniqueBytes, sharedBytes, reclaimableBytes } = usage;
  return [
    ...[images, tags, blobs].map(String),
    ...[totalBytes, uniqueBytes, sharedBytes, reclaimableBytes].map((bytes) => humanSize(bytes)),
  ];
}

/** The tags of one image stand in one row. */
async function showImages(
  { json, output }: Session,
  sizes: ImageSizes,
  images: readonly StoredImage[],
): Promise<void> {
  const ids = new Map(images.map(({ manifest, id }) => [manifest.digest, id]));
  const rows = images.flatMap((image) => {
    const size = sizes.images.get(image.manifest.digest);
    return size ? [{ image, size }] : [];
  });
  if (!json) return await output.table(imageHeader, rows.map(imageCells));
  for (const { image, size } of rows) {
    const { uniqueBytes, sharedBytes, sharesWith } = size;
    const names = image.tags.map(canonicalReference);
    const others = sharesWith.map((manifest) => ids.get(manifest) ?? manifest);
    await output.json({ id: image.id, names, uniqueBytes, sharedBytes, sharesWith: others });
  }
}

interface ImageInfo {
  readonly image: StoredImage;
  readonly size: ImageSize;
}

const imageHeader = ['IMAGE ID', 'UNIQUE', 'SHARED', 'SHARES WITH', 'NAMES'];

function imageCells({ image, size }: ImageInfo): string[] {
  const { uniqueBytes, sharedBytes, sharesWith } = size;
  const others = sharesWith.length === 1 ? '1 image' : `${sharesWith.length} images`;
  const names = image.tags.map(familiarReference).join(', ');
  return [shortDigest(image.id), humanSize(uniqueBytes), humanSize(sharedBytes), others, names || '<none>'];
}

interface VerifyOptions {
  readonly repair?: boolean;
}

type CheckedFault = StoreFault | RepairedFault;

/** What became of it; nothing without --repair. */
function outcomeOf(fault: CheckedFault): RepairedFault['outcome'] | undefined {
  return 'outcome' in fault ? fault.outcome : undefined;
}

async function verify(
  session: Session,
  _operands: readonly string[],
  { repair = false }: VerifyOptions,
): Promise<ExitCode> {
  const engine = await session.engine();
  const faults = await engine.verify({ repair }, session.signal);
  for (const fault of faults) await printFault(session, fault);
  const standing = faults.filter((fault) => outcomeOf(fault) === undefined).length;
  if (standing === 0) {
    if (!session.json && faults.length === 0) await session.output.line('Every byte matches its digest.');
    return exitCode.done;
  }
  await session.output.flush();
  session.output.error(standingText(standing, repair));
  return exitCode.failed;
}

function standingText(count: number, repair: boolean): string {
  const what = count === 1 ? '1 blob is missing or damaged' : `${count} blobs are missing or damaged`;
  return repair ? `${what} and could not be repaired` : `${what}; run "strata store verify --repair"`;
}

async function printFault({ json, output }: Session, fault: CheckedFault): Promise<void> {
  const { digest, problem, images } = fault;
  const outcome = outcomeOf(fault);
  if (json) return await output.json({ digest, problem, images, outcome: outcome ?? null });
  const needed = images.length === 0 ? 'no image needs it' : `needed by ${images.join(', ')}`;
  await output.line(`${digest}: ${problem}${outcome === undefined ? '' : `, ${outcome}`} (${needed})`);
}

async function collectGarbage(session: Session): Promise<ExitCode> {
  const engine = await session.engine();
  const { blobs, bytes } = await engine.collectGarbage(session.signal);
  if (session.json) {
    await session.output.json({ blobs, bytes });
    return exitCode.done;
  }
  for (const digest of blobs) await session.output.line(`Deleted: ${digest}`);
  await session.output.line(`Total reclaimed space: ${humanSize(bytes)}`);
  return exitCode.done;
}
