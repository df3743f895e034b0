import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface HostCertificate {
  readonly key: Buffer;
  readonly cert: Buffer;
  /** PEM of the authority that vouches for it: what clients have to trust. */
  readonly authorityFile: string;
}

/** A certificate for some hosts by an authority of our own, both good for a day, kept in the folder. */
export async function certificateFor(hosts: readonly string[], folder: string): Promise<HostCertificate> {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => promisify(execFile)('openssl', args, { cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl(
    ...['req', '-x509', ...newKey, '-days', '1', '-subj', '/CN=Strata test authority'],
    ...['-keyout', 'authority.key', '-out', 'authority.pem'],
  );
  await openssl('req', ...newKey, '-subj', '/CN=docker.io', '-keyout', 'host.key', '-out', 'host.csr');
  await writeFile(at('names.ext'), `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}\n`);
  await openssl(
    ...['x509', '-req', '-in', 'host.csr', '-CA', 'authority.pem', '-CAkey', 'authority.key'],
    ...['-CAcreateserial', '-days', '1', '-extfile', 'names.ext', '-out', 'host.pem'],
  );
  return {
    key: await readFile(at('host.key')),
    cert: await readFile(at('host.pem')),
    authorityFile: at('authority.pem'),
  };
}
