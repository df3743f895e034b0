import { type Command, Option } from 'commander';
import { EngineError } from '../engine/errors.ts';
import { repositoryTags } from '../engine/images/repositoryTags.ts';
import type { Digest } from '../engine/oci/digest.ts';
import {
  canonicalName,
  canonicalReference,
  parseName,
  type Reference,
  type TaggedReference,
  withTag,
} from '../engine/oci/reference.ts';
import type { PushEvent } from '../engine/transfer/pushEvent.ts';
import { type ContentTrustOptions, contentTrustOptions, requireNoContentTrust } from './contentTrust.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import { PushReport } from './pushReport.ts';
import type { Session } from './session.ts';
import { chooseTransferView, type TransferView } from './transferView.ts';
import { addVerb, type Start } from './verb.ts';

interface PushOptions extends ContentTrustOptions {
  readonly allTags?: boolean;
  readonly quiet?: boolean;
}

/** `image push`, and `push` at the top. */
export function addImagePushVerb(parent: Command, start: Start): void {
  addVerb<PushOptions>(
    parent,
    {
      syntax: 'push <reference>',
      summary: 'Push an image of the store to its registry',
      details:
        'Layers that the registry has are not sent, and those that another of its repositories has are taken over. ' +
        'The image keeps its digest. The tag appears once everything is there.',
      json: '{"reference","digest","size"}, size of the manifest in bytes; a row for each tag',
      options: () => [
        new Option('-a, --all-tags', 'Push all tags of the repository'),
        new Option('-q, --quiet', 'Print only the reference that was pushed'),
        ...contentTrustOptions(),
      ],
      examples: [
        'strata push ghcr.io/acme/app:1.4',
        'strata tag alpine 127.0.0.1:5000/base && strata push 127.0.0.1:5000/base',
        'strata push -a registry.example.com/acme/app',
      ],
      run: pushImage,
    },
    start,
  );
}

async function pushImage(
  session: Session,
  [text = '']: readonly string[],
  options: PushOptions,
): Promise<ExitCode> {
  requireNoContentTrust(options);
  const { allTags = false, quiet = false } = options;
  const view = chooseTransferView(session, quiet);
  const written = parseName(text);
  if (allTags) await pushAll(session, view, written);
  else await pushOne(session, view, written);
  if (quiet && !session.json) {
    await session.output.line(allTags ? canonicalName(written) : canonicalReference(pushed(written)));
  }
  return exitCode.done;
}

async function pushOne(session: Session, view: TransferView, written: Reference): Promise<void> {
  if (written.digest !== undefined) throw new EngineError('Invalid', 'cannot push a digest reference');
  const reference = pushed(written);
  if (written.tag === undefined) view.message(`Using default tag: ${reference.tag}`);
  view.message(`The push refers to repository [${canonicalName(reference)}]`);
  await pushTag(session, view, reference);
}

function pushed(written: Reference): TaggedReference {
  return withTag(written, written.tag ?? 'latest');
}

async function pushAll(session: Session, view: TransferView, repository: Reference): Promise<void> {
  if (repository.tag !== undefined || repository.digest !== undefined) {
    throw new EngineError('Invalid', "tag can't be used with --all-tags/-a");
  }
  view.message(`The push refers to repository [${canonicalName(repository)}]`);
  const engine = await session.engine();
  const tags = repositoryTags(await engine.images(session.signal), repository);
  for (const tag of tags) await pushTag(session, view, tag);
}

async function pushTag(session: Session, view: TransferView, reference: TaggedReference): Promise<void> {
  const engine = await session.engine();
  await tellTransfer(session, view, reference, engine.push(reference, session.signal));
}

/** Tells of a push or copy as it goes, to the line (or row) of what was written; gives its digest. */
export async function tellTransfer(
  session: Session,
  view: TransferView,
  reference: Reference,
  events: AsyncIterable<PushEvent>,
): Promise<Digest> {
  const report = new PushReport(view);
  let done: Extract<PushEvent, { kind: 'done' }> | undefined;
  for await (const event of events) {
    if (event.kind === 'resolved') report.resolved(event);
    else if (event.kind === 'layer') report.layer(event);
    else done = event;
  }
  if (!done) throw new Error('the push ended without a result');
  const { digest, size } = done;
  view.message(`${reference.tag === undefined ? '' : `${reference.tag}: `}digest: ${digest} size: ${size}`);
  if (session.json) await session.output.json({ reference: canonicalReference(reference), digest, size });
  await session.output.flush();
  return digest;
}
