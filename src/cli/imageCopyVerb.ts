import { type Command, Option } from 'commander';
import { EngineError } from '../engine/errors.ts';
import { parsePlatform } from '../engine/oci/platform.ts';
import {
  canonicalName,
  canonicalReference,
  parseName,
  parseReference,
  type Reference,
  withDigest,
} from '../engine/oci/reference.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import { tellTransfer } from './imagePushVerb.ts';
import type { Session } from './session.ts';
import { chooseTransferView } from './transferView.ts';
import { addVerb, type Start } from './verb.ts';

interface CopyVerbOptions {
  readonly platform?: string;
  readonly quiet?: boolean;
}

/** `image copy`, and `copy` at the top. */
export function addImageCopyVerb(parent: Command, start: Start): void {
  addVerb<CopyVerbOptions>(
    parent,
    {
      syntax: 'copy <source> <destination>',
      summary: 'Copy an image from one registry or repository to another',
      details:
        'Nothing is stored on the way, and nothing is changed: every platform is copied, with the same digests. ' +
        'A destination without a tag gets the tag of the source; if that is a digest, the image has only its digest there.',
      json: '{"reference","digest","size"}, size of the manifest or index in bytes',
      options: () => [
        new Option('--platform <platform>', 'Copy the manifest of this os/arch[/variant] only'),
        new Option('-q, --quiet', 'Print only the reference that was written'),
      ],
      examples: [
        'strata copy alpine:3.20 registry.example.com/mirror/alpine',
        'strata image copy ghcr.io/acme/app:rc ghcr.io/acme/app:1.4',
      ],
      run: copyImage,
    },
    start,
  );
}

async function copyImage(
  session: Session,
  [sourceText = '', targetText = '']: readonly string[],
  { platform, quiet = false }: CopyVerbOptions,
): Promise<ExitCode> {
  const source = parseReference(sourceText);
  const target = copyTarget(source, parseName(targetText));
  const options = platform === undefined ? {} : { platform: parsePlatform(platform) };
  const view = chooseTransferView(session, quiet);
  view.message(`The copy refers to repository [${canonicalName(target)}]`);
  const engine = await session.engine();
  const events = engine.copy(source, target, options, session.signal);
  const digest = await tellTransfer(session, view, target, events);
  const written = target.tag === undefined ? withDigest(target, digest) : target;
  if (quiet && !session.json) await session.output.line(canonicalReference(written));
  return exitCode.done;
}

/** Where it goes: under the tag that is written, else under the source's. What a digest will be is not a person's to say. */
export function copyTarget(source: Reference, written: Reference): Reference {
  if (written.digest !== undefined) throw new EngineError('Invalid', 'cannot copy to a digest reference');
  const tag = written.tag ?? source.tag;
  const { registry, repository } = written;
  return tag === undefined ? { registry, repository } : { registry, repository, tag };
}
