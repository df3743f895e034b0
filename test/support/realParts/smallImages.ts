import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { directory, file, hardlink, tarOf } from '../tarWriter.ts';
import { type Buildah, openBuildah } from './buildah.ts';
import { run } from './command.ts';
import { DebianPackages, packRoot } from './debianPackages.ts';

const dockerfiles = fileURLToPath(new URL('smallImages', import.meta.url));

/** What every Debian system has, but for what takes long to copy: each image is copied a dozen times on its way. */
const basePackages = [
  ...['base-files', 'base-passwd', 'bash', 'coreutils', 'dash', 'diffutils', 'dpkg', 'findutils', 'grep'],
  ...['gzip', 'hostname', 'login', 'perl-base', 'sed', 'tar', 'libc6', 'libc-bin', 'libtinfo6', 'libgmp10'],
  ...['libselinux1', 'libpcre2-8-0', 'libacl1', 'libattr1', 'libmd0', 'liblzma5', 'libzstd1', 'zlib1g'],
  ...['libbz2-1.0', 'libcrypt1', 'libgcc-s1', 'gcc-12-base'],
];
const packages = {
  python: ['python3.11-minimal', 'libpython3.11-minimal'],
  node: ['nodejs', 'libnode108'],
};

export const smallImageNames = ['debian', 'python', 'node'] as const;
export type SmallImageName = (typeof smallImageNames)[number];

/** Real images in one OCI image layout (`oci:DIRECTORY:NAME`), which goes when it is disposed of. */
export interface SmallImages extends AsyncDisposable {
  readonly directory: string;
}

/**
 * Debian, Python and Node, from Debian's packages: whiteouts, an opaque folder (Python), hard links that go and change,
 * file capabilities, bytes that are no text in a name, and links; no devices. About 25 to 45 MB each compressed, a
 * quarter of a minute. Needs root, APT, buildah and umoci.
 */
export async function buildSmallImages(): Promise<SmallImages> {
  const work = await mkdtemp(path.join(tmpdir(), 'strata-small-images-'));
  const layout = path.join(work, 'layout');
  const dispose = () => rm(work, { recursive: true, force: true });
  try {
    const context = path.join(work, 'context');
    await prepareContext(context, work);
    await using buildah = await openBuildah();
    await build(buildah, context, 'debian');
    await Promise.all([build(buildah, context, 'python'), build(buildah, context, 'node')]);
    for (const name of smallImageNames) await buildah.run(['push', name, `oci:${layout}:${name}`]);
    await hideFolder(`${layout}:python`, work, '/etc/alternatives');
  } catch (error) {
    await dispose();
    throw error;
  }
  return { directory: layout, [Symbol.asyncDispose]: dispose };
}

async function prepareContext(context: string, work: string): Promise<void> {
  const debian = new DebianPackages(path.join(work, 'apt'));
  await debian.update();
  for (const [folder, names] of Object.entries(packages)) {
    await debian.download(names, path.join(context, folder));
  }
  const base = path.join(work, 'base');
  await debian.download(basePackages, base);
  await packRoot(base, work, path.join(context, 'base.tar'));
  await writeFile(path.join(context, 'oddities.tar'), oddities());
  await cp(dockerfiles, context, { recursive: true });
}

/** A capability set as the kernel keeps it: version 2, effective, cap_net_bind_service permitted. */
const capability = Buffer.from('0100000200040000000000000000000000000000', 'hex');

function oddities(): Buffer {
  return tarOf(
    directory('opt/', { mtime: 1_000_000_000 }),
    directory('opt/odd/', { mode: 0o1777, uid: 70_000, gid: 7 }),
    file('opt/odd/bound', 'may bind ports\n', {
      mode: 0o755,
      pax: { 'SCHILY.xattr.security.capability': capability },
    }),
    file(Buffer.from('opt/odd/\xe9', 'latin1'), 'a name in Latin-1\n', { mode: 0o2640 }),
    file('opt/odd/old', 'from before 1970\n', { mtime: 0 }),
    file('opt/odd/gone', 'to be removed\n'),
    file('opt/odd/one', 'one file\n', { mode: 0o600 }),
    hardlink('opt/odd/two', 'opt/odd/one', { mode: 0o600 }),
  );
}

/** One layer an image: a layer an instruction takes three times as long. */
function build(buildah: Buildah, context: string, name: SmallImageName): Promise<void> {
  return buildah.build(context, name, ['--layers=false', '--file', path.join(context, `${name}.Dockerfile`)]);
}

/** umoci makes the layer that only overlay storage would: its folder hides all below it. */
async function hideFolder(image: string, work: string, folder: string): Promise<void> {
  const replacement = path.join(work, 'replacement');
  await mkdir(replacement);
  // Its tar ends without end blocks, and without padding too but for a file of whole blocks.
  await writeFile(path.join(replacement, 'README'), 'kept none\n'.padEnd(1024, '\n'));
  await run('umoci', ['insert', '--image', image, '--opaque', replacement, folder]);
}
