import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Buildah, openBuildah } from './buildah.ts';
import { run } from './command.ts';
import { DebianPackages, packRoot } from './debianPackages.ts';

const dockerfile = fileURLToPath(new URL('debianImage/Dockerfile', import.meta.url));
const cacheDirectory = fileURLToPath(new URL('../../../.vscode-test/images/', import.meta.url));

/** What each folder of the build's context holds. */
const largePackages = {
  compiler: ['gcc-12', 'cpp-12', 'git'],
  java: ['openjdk-17-jdk-headless', 'openjdk-17-jre-headless'],
  fonts: ['fonts-noto-cjk'],
};
const benchPackages = {
  ...largePackages,
  browser: ['chromium', 'chromium-common'],
  go: ['golang-1.19-go', 'golang-1.19-src'],
  morefonts: ['fonts-noto-cjk-extra'],
};

type Packages = Readonly<Record<string, readonly string[]>>;

/** An image in an OCI image layout, to be copied from with skopeo (`oci:DIRECTORY:NAME`) and never changed. */
export interface BuiltLayout {
  readonly directory: string;
  readonly name: string;
}

/**
 * A real image of more than 300 MB compressed: 7 layers with whiteouts, an opaque folder, hard links, symlinks, and
 * files that change from layer to layer. Built by buildah from Debian's packages once per machine (1 to 2 minutes).
 * Needs root, APT, buildah and umoci.
 */
export function buildLargeImage(): Promise<BuiltLayout> {
  return builtOnce('large', largePackages);
}

/** As {@link buildLargeImage}, with three more layers: more than 700 MB compressed. */
export function buildBenchImage(): Promise<BuiltLayout> {
  return builtOnce('bench', benchPackages);
}

async function builtOnce(name: string, packages: Packages): Promise<BuiltLayout> {
  const recipe = `${await readFile(dockerfile, 'utf8')}${JSON.stringify(packages)}`;
  const key = createHash('sha256').update(recipe).digest('hex').slice(0, 16);
  const directory = path.join(cacheDirectory, `${name}-${key}`);
  if (!existsSync(directory)) await build(name, packages, directory);
  return { directory, name };
}

async function build(name: string, packages: Packages, directory: string): Promise<void> {
  await mkdir(cacheDirectory, { recursive: true });
  const work = await mkdtemp(path.join(tmpdir(), 'strata-image-'));
  const draft = await mkdtemp(path.join(cacheDirectory, 'draft-'));
  try {
    await prepareContext(path.join(work, 'context'), work, packages);
    await using buildah = await openBuildah();
    await buildah.build(path.join(work, 'context'), name, ['--target', name]);
    await exportLayout(buildah, name, draft, work);
    await moveIntoPlace(draft, directory);
  } finally {
    await rm(work, { recursive: true, force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

/** Where another process was quicker, its image stays. */
async function moveIntoPlace(draft: string, directory: string): Promise<void> {
  try {
    await rename(draft, directory);
  } catch (error) {
    if (!existsSync(directory)) throw error;
  }
}

async function prepareContext(context: string, work: string, packages: Packages): Promise<void> {
  const apt = path.join(work, 'apt');
  const debian = new DebianPackages(apt);
  await debian.update();
  for (const [folder, names] of Object.entries(packages)) {
    await debian.download(names, path.join(context, folder));
  }
  await packRoot(await debian.downloadEssential(), work, path.join(context, 'base.tar'));
  await copyFile(dockerfile, path.join(context, 'Dockerfile'));
}

/**
 * umoci adds the layer that only overlay storage would make: one whose folder hides all below it. It ends its tar
 * without padding or end blocks, hence a file of whole blocks: the layer is odd, but no reader finds it cut off.
 */
async function exportLayout(buildah: Buildah, name: string, directory: string, work: string): Promise<void> {
  await buildah.run(['push', name, `oci:${directory}:${name}`]);
  const replacement = path.join(work, 'alternatives');
  await mkdir(replacement);
  await writeFile(path.join(replacement, 'README'), 'kept none\n'.padEnd(1024, '\n'));
  await run('umoci', [
    'insert',
    '--image',
    `${directory}:${name}`,
    '--opaque',
    replacement,
    '/etc/alternatives',
  ]);
  await run('umoci', ['gc', '--layout', directory]);
}
