import type { Command } from 'commander';
import { packageCells, packageHeader } from '../engine/listing/packageTable.ts';
import type { InstalledPackage } from '../engine/packages/installedPackage.ts';
import { type ExitCode, exitCode } from './exitCode.ts';
import { readableImage, readableOperand } from './readableImage.ts';
import type { Session } from './session.ts';
import { addVerb, type Start } from './verb.ts';

/** `packages`: what package managers have installed in an image. */
export function addPackagesVerb(parent: Command, start: Start): void {
  addVerb(
    parent,
    {
      syntax: 'packages <image>',
      summary: 'List the packages that are installed in an image',
      details:
        "As the image's own databases have them, by name: dpkg (distroless images too), apk and rpm. " +
        `An image without one has no packages. ${readableOperand}`,
      json: '{"manager","name","version","architecture","source"}',
      examples: ['strata packages debian:12', 'strata packages --json oci:./build:app'],
      run: listPackages,
    },
    start,
  );
}

async function listPackages(session: Session, [name = '']: readonly string[]): Promise<ExitCode> {
  const { output, signal, json } = session;
  const engine = await session.engine();
  const packages = await engine.packages(await readableImage(session, name), signal);
  if (json) for (const one of packages) await output.json(packageJson(one));
  else await output.table(packageHeader, packages.map(packageCells));
  return exitCode.done;
}

function packageJson({ manager, name, version, architecture, source }: InstalledPackage): object {
  return { manager, name, version, architecture: architecture ?? null, source: source ?? null };
}
