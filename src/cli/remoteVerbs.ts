import { type Command, Option } from 'commander';
import { EngineError } from '../engine/errors.ts';
import { newestTagsFirst } from '../engine/listing/tagOrder.ts';
import { visibleText } from '../engine/listing/visibleText.ts';
import { parseJson } from '../engine/oci/json.ts';
import { parsePlatform } from '../engine/oci/platform.ts';
import {
  canonicalReference,
  familiarName,
  parseName,
  parseReference,
  type Reference,
  withTag,
} from '../engine/oci/reference.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Session } from './session.ts';
import { type ResolvedTag, resolveTags } from './tagDigests.ts';
import { addVerb, type Start } from './verb.ts';

/** Verbs that ask a registry and keep nothing. */
export function addRemoteVerbs(parent: Command, start: Start): void {
  addVerb(
    parent,
    {
      syntax: 'digest <reference>',
      summary: 'Show the digest that the registry gives for a tag now',
      json: '{"reference","digest","mediaType","size"}, of the index or manifest, size in bytes',
      examples: ['strata digest alpine', 'strata digest ghcr.io/acme/app:1.4'],
      run: showDigest,
    },
    start,
  );
  addVerb<TagsOptions>(
    parent,
    {
      syntax: 'tags <repository>',
      summary: "List a repository's tags, newest version first",
      details:
        '"latest" leads, then versions by their numbers (variants such as -alpine below the plain tag, pre-releases ' +
        'below both), then other names by the alphabet.',
      json: '{"tag","reference"}, with --digests "digest" and "aliases", the other tags shown that lead to the same',
      options: () => [
        new Option('--limit <number>', 'Show the first so many only'),
        new Option('--digests', 'Show which tags lead to the same image, and so what "latest" is'),
      ],
      examples: ['strata tags alpine --limit 10', 'strata tags alpine --digests --limit 20'],
      run: listTags,
    },
    start,
  );
  addVerb<ManifestOptions>(
    parent,
    {
      syntax: 'manifest <reference>',
      summary: 'Show the index or manifest of a reference',
      options: () => [
        new Option(
          '--platform <platform>',
          "Show this platform's manifest (os/arch[/variant]), not the index",
        ),
        new Option('--raw', "Print the registry's own bytes, even with --json"),
      ],
      examples: ['strata manifest alpine', 'strata manifest alpine --platform linux/arm64 --raw | sha256sum'],
      run: showManifest,
    },
    start,
  );
}

async function showDigest(session: Session, [text = '']: readonly string[]): Promise<ExitCode> {
  const reference = parseReference(text);
  const engine = await session.engine();
  const { digest, mediaType, size } = await engine.resolve(reference, session.signal);
  if (session.json) {
    await session.output.json({ reference: canonicalReference(reference), digest, mediaType, size });
  } else {
    await session.output.line(digest);
  }
  return exitCode.done;
}

interface TagsOptions {
  readonly limit?: string;
  readonly digests?: boolean;
}

async function listTags(
  session: Session,
  [text = '']: readonly string[],
  options: TagsOptions,
): Promise<ExitCode> {
  const limit = parseLimit(options.limit);
  const repository = parseRepository(text);
  const engine = await session.engine();
  const tags: string[] = [];
  for await (const tag of engine.tags(repository, session.signal)) tags.push(tag);
  const shown = newestTagsFirst(tags).slice(0, limit);
  if (options.digests)
    await printResolved(session, repository, await resolveTags(engine, repository, shown, session.signal));
  else await printTags(session, repository, shown);
  return exitCode.done;
}

async function printTags(session: Session, repository: Reference, tags: readonly string[]): Promise<void> {
  for (const tag of tags) {
    if (session.json) {
      await session.output.json({ tag, reference: canonicalReference(withTag(repository, tag)) });
    } else {
      await session.output.line(tag);
    }
  }
}

async function printResolved(
  { json, output }: Session,
  repository: Reference,
  tags: readonly ResolvedTag[],
): Promise<void> {
  if (!json) {
    const rows = tags.map(({ tag, digest, aliases }) => [tag, digest ?? '<none>', aliases.join(', ')]);
    return await output.table(['TAG', 'DIGEST', 'SAME AS'], rows);
  }
  for (const { tag, digest, aliases } of tags) {
    const reference = canonicalReference(withTag(repository, tag));
    await output.json({ tag, reference, digest: digest ?? null, aliases });
  }
}

function parseLimit(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const limit = /^\d+$/.test(text) ? Number(text) : 0;
  if (limit > 0) return limit;
  throw new EngineError('Invalid', `invalid limit ${JSON.stringify(text)}: write a whole number above 0`);
}

function parseRepository(text: string) {
  const name = parseName(text);
  if (name.tag === undefined && name.digest === undefined) return name;
  throw new EngineError(
    'Invalid',
    `${JSON.stringify(text)} names an image; write the repository, ${familiarName(name)}`,
  );
}

interface ManifestOptions {
  readonly platform?: string;
  readonly raw?: boolean;
}

async function showManifest(
  session: Session,
  [text = '']: readonly string[],
  options: ManifestOptions,
): Promise<ExitCode> {
  const reference = parseReference(text);
  const platform = options.platform === undefined ? undefined : parsePlatform(options.platform);
  const engine = await session.engine();
  const { bytes } = await engine.manifest(reference, platform ? { platform } : {}, session.signal);
  if (options.raw) await printRaw(session, bytes);
  else await printManifest(session, bytes);
  return exitCode.done;
}

/** Exactly the bytes, except on a terminal, which control characters in them could drive. */
async function printRaw({ host, output }: Session, bytes: Uint8Array): Promise<void> {
  if (!host.terminal) return await output.bytes(bytes);
  const lines = Buffer.from(bytes).toString().split('\n');
  output.text(lines.map(visibleText).join('\n'));
}

async function printManifest({ json, output }: Session, bytes: Uint8Array): Promise<void> {
  const document = parseJson(bytes, 'the manifest');
  if (json) return await output.json(document);
  for (const line of JSON.stringify(document, undefined, 2).split('\n')) await output.line(line);
}
