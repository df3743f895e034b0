import { createInterface } from 'node:readline';
import { type Command, Option } from 'commander';
import type { Removal } from '../engine/image.ts';
import { type Pruned, type PruneOptions, pruneFilters } from '../engine/images/pruneImages.ts';
import { parseFilterArguments } from '../engine/listing/filterArguments.ts';
import { humanSize } from '../engine/listing/humanUnits.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

interface PruneVerbOptions {
  readonly all?: boolean;
  readonly force?: boolean;
  readonly filter?: readonly string[];
}

/** `image prune` */
export function addImagePruneVerb(parent: Command, start: Start): void {
  addVerb<PruneVerbOptions>(
    parent,
    {
      syntax: 'prune',
      summary: 'Remove the images that no tag names',
      details:
        'Filters: until=TIME (10m, 2026-01-02, seconds since 1970), label=KEY[=VALUE], label!=KEY[=VALUE]. The space is ' +
        'counted unpacked, as Docker does.',
      json: '{"kind","name"} for each removal, then {"reclaimedBytes","freedBytes"}: unpacked, and given back by the disk',
      options: () => [
        new Option('-a, --all', 'Remove all images, not only dangling ones'),
        new Option('-f, --force', 'Do not ask for confirmation'),
        new Option('--filter <filter>', 'Only images that fit: NAME=VALUE').argParser(
          (text: string, texts: readonly string[] = []) => [...texts, text],
        ),
      ],
      examples: ['strata image prune', 'strata image prune -a -f --filter until=240h'],
      run: pruneImages,
    },
    start,
  );
}

async function pruneImages(
  session: Session,
  _operands: readonly string[],
  { all = false, force = false, filter = [] }: PruneVerbOptions,
): Promise<ExitCode> {
  const { withConfiguredPruneFilters } = await import('./configuredPruneFilters.ts');
  const wanted = await withConfiguredPruneFilters(filter, session.configDirectory);
  const options: PruneOptions = { all, filters: parseFilterArguments(wanted, pruneFilters) };
  const pruned = force || (await isConfirmed(session, all)) ? await prune(session, options) : undefined;
  await (session.json ? printJson(session, pruned) : print(session, pruned));
  return exitCode.done;
}

async function prune(session: Session, options: PruneOptions): Promise<Pruned> {
  const engine = await session.engine();
  return engine.prune(options, session.signal);
}

/** Docker's question. With --json it goes to stderr, where everything goes that is no value. */
async function isConfirmed({ host, json, output, signal }: Session, all: boolean): Promise<boolean> {
  const what = all ? 'all images without at least one container associated to them' : 'all dangling images';
  const warning = `WARNING! This will remove ${what}.`;
  const question = 'Are you sure you want to continue? [y/N] ';
  if (json) for (const line of [warning, question]) output.note(line);
  else output.text(`${warning}\n${question}`);
  await output.flush();
  return (await firstLine(host.stdin, signal)).toLowerCase() === 'y';
}

/** Empty where nobody answers. */
async function firstLine(input: NodeJS.ReadableStream, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input, signal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
  }
}

async function print({ output }: Session, pruned: Pruned | undefined): Promise<void> {
  const { removals, reclaimedBytes } = pruned ?? { removals: [], reclaimedBytes: 0 };
  if (removals.length > 0) {
    await output.line('Deleted Images:');
    for (const removal of removals) await output.line(removalLine(removal));
    await output.line('');
  }
  await output.line(`Total reclaimed space: ${humanSize(reclaimedBytes)}`);
}

function removalLine({ kind, name }: Removal): string {
  return `${kind}: ${name}`;
}

async function printJson({ output }: Session, pruned: Pruned | undefined): Promise<void> {
  const { removals, reclaimedBytes, freedBytes } = pruned ?? {
    removals: [],
    reclaimedBytes: 0,
    freedBytes: 0,
  };
  for (const { kind, name } of removals) await output.json({ kind, name });
  await output.json({ reclaimedBytes, freedBytes });
}
