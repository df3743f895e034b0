import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type Command, Option } from 'commander';
import { EngineError, ioError } from '../engine/errors.ts';
import { humanSize } from '../engine/listing/humanUnits.ts';
import { shortDigest } from '../engine/oci/digest.ts';
import { canonicalReference, familiarReference } from '../engine/oci/reference.ts';
import type { LoadEvent } from '../engine/transfer/loadEvent.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Session } from './session.ts';
import { plainView, TerminalView, type TransferView } from './transferView.ts';
import { addVerb, type Start } from './verb.ts';

interface LoadOptions {
  readonly input?: string;
  readonly quiet?: boolean;
}

/** `image load`, and `load` at the top. */
export function addImageLoadVerb(parent: Command, start: Start): void {
  addVerb<LoadOptions>(
    parent,
    {
      syntax: 'load',
      summary: 'Load images from an archive into the store',
      details:
        'Reads what "docker save" writes and the tar of an OCI image layout, also packed with gzip or zstd, from a file ' +
        'or from stdin. Of an image for several platforms it takes that of this machine.',
      json: '{"id","tags"}, an image each',
      options: () => [
        new Option('-i, --input <file>', 'Read from a file instead of stdin'),
        new Option('-q, --quiet', 'Show no progress'),
      ],
      examples: [
        'strata load -i alpine.tar',
        'docker save alpine | strata load',
        'strata load < images.tar.gz',
      ],
      run: loadImages,
    },
    start,
  );
}

async function loadImages(
  session: Session,
  _operands: readonly string[],
  options: LoadOptions,
): Promise<ExitCode> {
  const { input, size } = await openInput(session, options.input || undefined);
  const engine = await session.engine();
  const report = new LoadReport(session, options.quiet ?? false);
  try {
    for await (const event of engine.load(input, size, session.signal)) await report.event(event);
  } finally {
    input.destroy();
  }
  await report.end();
  return exitCode.done;
}

interface Input {
  readonly input: Readable;
  /** Nothing of a pipe. */
  readonly size: { readonly size?: number };
}

async function openInput({ host }: Session, path: string | undefined): Promise<Input> {
  if (path !== undefined) return fileInput(await openFile(path));
  if ('isTTY' in host.stdin && host.stdin.isTTY === true) {
    throw new EngineError('Invalid', 'requested load from stdin, but stdin is empty');
  }
  return { input: host.stdin, size: {} };
}

async function fileInput(file: FileHandle): Promise<Input> {
  const stats = await file.stat();
  const input = file.createReadStream({ highWaterMark: 256 * 1024 });
  return { input, size: stats.isFile() ? { size: stats.size } : {} };
}

/** In Docker's words where there is none. */
async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw ioError(error, `open ${path}`);
  }
}

/** What happens, in Docker's lines. */
class LoadReport {
  readonly #session: Session;
  readonly #view: TransferView;
  /** IDs, which Docker names only where the archive names none of its images. */
  readonly #ids: string[] = [];
  #named = false;

  constructor(session: Session, quiet: boolean) {
    this.#session = session;
    const { terminal } = session.host;
    this.#view =
      terminal && !quiet && !session.json
        ? new TerminalView(session.output, terminal)
        : plainView(() => undefined);
  }

  async event(event: LoadEvent): Promise<void> {
    switch (event.kind) {
      case 'reading':
        return this.#view.status('archive', `Reading ${humanSize(event.received)}`);
      case 'layer':
        return this.#layer(event);
      case 'loaded':
        return this.#loaded(event);
    }
  }

  async end(): Promise<void> {
    if (this.#session.json || this.#named) return;
    for (const id of this.#ids) await this.#session.output.line(`Loaded image ID: ${id}`);
  }

  #layer({ diffId, state, received, size }: Extract<LoadEvent, { kind: 'layer' }>): void {
    if (state === 'exists') return;
    const status =
      state === 'complete' ? 'Loaded layer' : `Loading layer ${humanSize(received)}/${humanSize(size)}`;
    this.#view.status(shortDigest(diffId), status);
  }

  async #loaded({ id, tags, moved }: Extract<LoadEvent, { kind: 'loaded' }>): Promise<void> {
    const { json, output } = this.#session;
    if (json) return output.json({ id, tags: tags.map(canonicalReference) });
    this.#ids.push(id);
    for (const tag of tags) {
      this.#named = true;
      const from = moved.find((move) => canonicalReference(move.tag) === canonicalReference(tag))?.from;
      const name = familiarReference(tag);
      if (from !== undefined) {
        await output.line(
          `The image ${name} already exists, renaming the old one with ID ${from} to empty string`,
        );
      }
      await output.line(`Loaded image: ${name}`);
    }
  }
}
