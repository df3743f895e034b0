import { type Command, Option } from 'commander';
import type { Referrer } from '../engine/image.ts';
import { formatPlatform, parsePlatform } from '../engine/oci/platform.ts';
import { parseReference } from '../engine/oci/reference.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

interface ReferrersOptions {
  readonly platform?: string;
}

/** `referrers`: what a registry has to say of an image. */
export function addReferrersVerb(parent: Command, start: Start): void {
  addVerb<ReferrersOptions>(
    parent,
    {
      syntax: 'referrers <reference>',
      summary: "List an image's signatures, SBOMs and attestations",
      details:
        'What names the image, or its manifest for the platform, as its subject (by the registry’s list, else by the ' +
        'referrers tag), what cosign has tagged, and the attestations in its index. Nothing of it is verified here.',
      json: '{"digest","mediaType","size","kind","artifactType","predicateType","subject","platform","created","foundBy"}',
      options: () => [
        new Option(
          '--platform <platform>',
          "Whose manifest is asked about too (os/arch[/variant]); this machine's",
        ),
      ],
      examples: ['strata referrers ghcr.io/acme/app:1.4', 'strata referrers --json alpine'],
      run: listReferrers,
    },
    start,
  );
}

async function listReferrers(
  session: Session,
  [text = '']: readonly string[],
  options: ReferrersOptions,
): Promise<ExitCode> {
  const reference = parseReference(text);
  const platform = options.platform === undefined ? undefined : parsePlatform(options.platform);
  const engine = await session.engine();
  const rows: Referrer[] = [];
  for await (const row of engine.referrers(reference, platform ? { platform } : {}, session.signal)) {
    if (session.json) await session.output.json(referrerJson(row));
    else rows.push(row);
  }
  if (!session.json) await session.output.table(header, rows.map(cells));
  return exitCode.done;
}

const header = ['KIND', 'PLATFORM', 'TYPE', 'DIGEST'];

function cells({ kind, platform, artifactType, predicateType, descriptor }: Referrer): string[] {
  const type = predicateType ?? artifactType ?? descriptor.mediaType;
  return [kind, platform ? formatPlatform(platform) : '', type, descriptor.digest];
}

function referrerJson(referrer: Referrer): object {
  const { descriptor, kind, artifactType, predicateType, subject, platform, created, foundBy } = referrer;
  const { digest, mediaType, size } = descriptor;
  return {
    digest,
    mediaType,
    size,
    kind,
    artifactType: artifactType || null,
    predicateType: predicateType || null,
    subject,
    platform: platform ? formatPlatform(platform) : null,
    created: created?.toISOString() ?? null,
    foundBy,
  };
}
