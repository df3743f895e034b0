import { type Command, Option } from 'commander';
import { EngineError, isEngineError } from '../engine/errors.ts';
import type { ImageEngine } from '../engine/imageEngine.ts';
import { formatPlatform, type Platform, parsePlatform } from '../engine/oci/platform.ts';
import {
  canonicalName,
  canonicalReference,
  familiarName,
  familiarReference,
  parseName,
  parseReference,
  type Reference,
  withDigest,
  withTag,
} from '../engine/oci/reference.ts';
import type { PullEvent } from '../engine/transfer/pullEvent.ts';
import { type ContentTrustOptions, contentTrustOptions, requireNoContentTrust } from './contentTrust.ts';
import { errorText } from './errorText.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import { PullReport } from './pullReport.ts';
import type { Session } from './session.ts';
import { chooseTransferView, type TransferView } from './transferView.ts';
import { addVerb, type Start } from './verb.ts';

interface PullOptions extends ContentTrustOptions {
  readonly allTags?: boolean;
  readonly quiet?: boolean;
  readonly platform?: string;
}

/** `image pull`, and `pull` at the top. */
export function addImagePullVerb(parent: Command, start: Start): void {
  addVerb<PullOptions>(
    parent,
    {
      syntax: 'pull <reference...>',
      summary: 'Pull images from their registries into the store',
      details: 'What is there already is not fetched again, and what was broken off is continued.',
      json:
        '{"reference","digest","id","platform","status","manifest","platforms","movedFrom","verified"}:\n' +
        '   status "downloaded" or "upToDate", platforms those of the index, movedFrom the ID of the image that had the\n' +
        '   tag before or null, verified {"digests","diffIds"}',
      options: () => [
        new Option('-a, --all-tags', 'Pull all tags of the repository'),
        new Option('-q, --quiet', 'Print only the reference that was pulled'),
        ...contentTrustOptions(),
        new Option(
          '--platform <platform>',
          'os/arch[/variant] of the image (default: $DOCKER_DEFAULT_PLATFORM, else this machine, on Linux)',
        ),
      ],
      examples: [
        'strata pull alpine',
        'strata pull --platform linux/arm64 ghcr.io/acme/app:1.4',
        'strata pull -a registry.example.com/acme/app',
      ],
      run: pullImages,
    },
    start,
  );
}

async function pullImages(
  session: Session,
  operands: readonly string[],
  options: PullOptions,
): Promise<ExitCode> {
  requireNoContentTrust(options);
  const platform = wantedPlatform(session, options);
  const pulling = new Pulling(session, platform, options.quiet ?? false);
  let code: ExitCode = exitCode.done;
  for (const text of operands) {
    try {
      await (options.allTags ? pulling.allTags(text) : pulling.one(text));
    } catch (error) {
      if (isEngineError(error, 'Cancelled')) throw error;
      await session.output.flush();
      session.output.error(errorText(error));
      code = exitCode.failed;
    }
  }
  return code;
}

/** As with Docker, an empty one is none. */
function wantedPlatform({ host }: Session, { platform }: PullOptions): Platform | undefined {
  const wanted = platform ?? host.environment.DOCKER_DEFAULT_PLATFORM;
  return wanted ? parsePlatform(wanted) : undefined;
}

type ResolvedEvent = Extract<PullEvent, { kind: 'resolved' }>;
type DoneEvent = Extract<PullEvent, { kind: 'done' }>;

/** The pulls of one command line, told as Docker tells them. */
class Pulling {
  readonly #session: Session;
  readonly #platform: Platform | undefined;
  readonly #isQuiet: boolean;
  readonly #view: TransferView;

  constructor(session: Session, platform: Platform | undefined, quiet: boolean) {
    this.#session = session;
    this.#platform = platform;
    this.#isQuiet = quiet;
    this.#view = chooseTransferView(session, quiet);
  }

  async one(text: string): Promise<void> {
    const reference = parseReference(text);
    const written = parseName(text);
    if (written.tag === undefined && written.digest === undefined) {
      this.#view.message(`Using default tag: ${reference.tag}`);
    }
    const { status, mismatch } = await this.#pull(reference);
    this.#view.message(statusText(status, familiarReference(pulledReference(reference))));
    this.#warn(familiarReference(written), mismatch);
    await this.#printName(canonicalReference(reference));
  }

  async allTags(text: string): Promise<void> {
    const repository = parseName(text);
    if (repository.tag !== undefined || repository.digest !== undefined) {
      throw new EngineError('Invalid', "tag can't be used with --all-tags/-a");
    }
    const engine = await this.#session.engine();
    let status: DoneEvent['status'] = 'upToDate';
    const pulled: DoneEvent[] = [];
    for await (const tag of engine.tags(repository, this.#session.signal)) {
      const done = await this.#pull(withTag(repository, tag));
      if (done.status === 'downloaded') status = 'downloaded';
      pulled.push(done);
    }
    this.#view.message(statusText(status, familiarName(repository)));
    for (const done of pulled) this.#warn(familiarReference(done.reference), done.mismatch);
    await this.#printName(canonicalName(repository));
  }

  async #pull(reference: Reference): Promise<DoneEvent> {
    const engine = await this.#session.engine();
    const report = new PullReport(this.#view);
    let resolved: ResolvedEvent | undefined;
    let done: DoneEvent | undefined;
    for await (const event of this.#events(engine, reference, report)) {
      if (event.kind === 'resolved') {
        resolved = event;
        report.resolved(event);
      } else if (event.kind === 'layer') report.layer(event);
      else done = event;
    }
    if (!resolved || !done) throw new Error('the pull ended without a result');
    await this.#finish(resolved, done);
    return done;
  }

  async *#events(
    engine: ImageEngine,
    reference: Reference,
    report: PullReport,
  ): AsyncGenerator<PullEvent, void, undefined> {
    const options = this.#platform ? { platform: this.#platform } : {};
    try {
      yield* engine.pull(reference, options, this.#session.signal);
    } catch (error) {
      // As Docker says: the image was found, only not for this platform.
      if (isEngineError(error, 'NoSuchPlatform')) report.found(reference);
      throw error;
    }
  }

  async #finish(resolved: ResolvedEvent, done: DoneEvent): Promise<void> {
    const { digest, id, status, reference, movedFrom } = done;
    this.#view.message(`Digest: ${digest}`);
    if (!this.#session.json) return;
    await this.#session.output.json({
      reference: canonicalReference(reference),
      digest,
      id,
      platform: formatPlatform(resolved.platform),
      status,
      manifest: resolved.manifest.digest,
      platforms: resolved.platforms.map(formatPlatform),
      movedFrom: movedFrom ?? null,
      verified: verifiedHashes(resolved),
    });
  }

  /** To where Docker says it; where that is not read, to stderr: another platform than asked for must not go unsaid. */
  #warn(name: string, mismatch: DoneEvent['mismatch']): void {
    if (!mismatch) return;
    const warning =
      `image with reference ${name} was found but does not match the specified platform: ` +
      `wanted ${formatPlatform(mismatch.wanted)}, actual: ${formatPlatform(mismatch.actual)}`;
    if (this.#isQuiet) this.#session.output.warn(warning);
    else this.#view.message(`WARNING: ${warning}`);
  }

  async #printName(name: string): Promise<void> {
    if (!this.#session.json) await this.#session.output.line(name);
    await this.#session.output.flush();
  }
}

/** Index, manifest, config and layers by their digests, and each layer once more by that of its unpacked tar. */
function verifiedHashes({ digest, manifest, layers }: ResolvedEvent): object {
  const documents = digest === manifest.digest ? 2 : 3;
  return { digests: documents + layers.length, diffIds: layers.length };
}

function statusText(status: DoneEvent['status'], name: string): string {
  return status === 'downloaded'
    ? `Status: Downloaded newer image for ${name}`
    : `Status: Image is up to date for ${name}`;
}

/** A tag beside a digest says nothing more: the digest was pulled. */
function pulledReference(reference: Reference): Reference {
  return reference.digest === undefined ? reference : withDigest(reference, reference.digest);
}
