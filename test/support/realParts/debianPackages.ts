import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from './command.ts';

/** Packages as the machine's own APT sources give them, downloaded without installing anything. */
export class DebianPackages {
  readonly #directory: string;

  /** @param directory an empty folder for APT's lists, which leaves the machine's own alone */
  constructor(directory: string) {
    this.#directory = directory;
  }

  async update(): Promise<void> {
    await mkdir(path.join(this.#directory, 'lists/partial'), { recursive: true });
    await mkdir(path.join(this.#directory, 'archives/partial'), { recursive: true });
    await writeFile(path.join(this.#directory, 'status'), '');
    await this.#apt(['update']);
  }

  /** What every Debian system has, with all that it depends on; gives the folder of `.deb` files. */
  async downloadEssential(): Promise<string> {
    await this.#apt(['install', '--yes', '--download-only', '?essential']);
    return path.join(this.#directory, 'archives');
  }

  /** The packages alone, without what they depend on, into a new folder. */
  async download(names: readonly string[], into: string): Promise<void> {
    await mkdir(into, { recursive: true });
    await this.#apt(['download', ...names], into);
  }

  #apt(args: readonly string[], cwd = this.#directory): Promise<string> {
    const options = {
      'Dir::State::status': path.join(this.#directory, 'status'),
      'Dir::State::lists': path.join(this.#directory, 'lists'),
      'Dir::Cache': this.#directory,
      'APT::Install-Recommends': 'false',
      'APT::Sandbox::User': 'root',
    };
    const settings = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
    return run('apt-get', [...settings, '--quiet', ...args], { cwd, timeout: 600_000 });
  }
}

/** A root file system of the packages, as a tar: unpacked with the links of a merged /usr, no script of theirs run. */
export async function packRoot(packages: string, workDirectory: string, tar: string): Promise<void> {
  const root = path.join(workDirectory, 'root');
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(path.join(root, 'usr', name), { recursive: true });
    await symlink(`usr/${name}`, path.join(root, name));
  }
  for (const name of (await readdir(packages)).filter((file) => file.endsWith('.deb')).sort()) {
    await unpack(path.join(packages, name), root);
  }
  await mkdir(path.join(root, 'var/lib/dpkg/updates'), { recursive: true });
  await writeFile(path.join(root, 'var/lib/dpkg/status'), '');
  const accounts = path.join(root, 'usr/share/base-passwd');
  await run('cp', [path.join(accounts, 'passwd.master'), path.join(root, 'etc/passwd')]);
  await run('cp', [path.join(accounts, 'group.master'), path.join(root, 'etc/group')]);
  await run('tar', ['--create', '--numeric-owner', '--file', tar, '--directory', root, '.']);
}

function unpack(packageFile: string, root: string): Promise<string> {
  const script =
    'dpkg-deb --fsys-tarfile "$1" | tar --extract --keep-directory-symlink --numeric-owner -C "$2"';
  return run('bash', ['-o', 'pipefail', '-c', script, 'unpack', packageFile, root]);
}
