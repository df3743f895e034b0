import type { InstalledPackage } from './installedPackage.ts';
import { brokenDatabase, requiredField, shortField } from './packageError.ts';

/** https://rpm-software-management.github.io/rpm/manual/tags.html */
const tags = { name: 1000, version: 1001, release: 1002, epoch: 1003, architecture: 1022, sourceRpm: 1044 };

/** https://rpm-software-management.github.io/rpm/manual/format_header.html */
const types = { int32: 4, string: 6, i18nString: 9 };

const introBytes = 8;
const entryBytes = 16;

/**
 * A package by the header that the database has of it: the counts of entries and of bytes of data, the entries, the data,
 * all numbers big-endian.
 * @param path of the database, for errors
 * @throws `Corrupt`
 */
export function rpmPackage(header: Buffer, path: string): InstalledPackage {
  const fields = new HeaderFields(header, path);
  const architecture = fields.text(tags.architecture);
  const source = sourceName(fields.text(tags.sourceRpm));
  return {
    manager: 'rpm',
    name: requiredField(fields.text(tags.name), 'name', path),
    version: versionOf(fields, path),
    ...(architecture && { architecture: shortField(architecture, 'architecture', path) }),
    ...(source && { source: shortField(source, 'source', path) }),
  };
}

/** As `rpm -q --queryformat '%{EVR}'` writes it. */
function versionOf(fields: HeaderFields, path: string): string {
  const epoch = fields.number(tags.epoch);
  const version = requiredField(fields.text(tags.version), 'version', path);
  const release = requiredField(fields.text(tags.release), 'release', path);
  return `${epoch === undefined ? '' : `${epoch}:`}${version}-${release}`;
}

/** `NAME-VERSION-RELEASE.src.rpm` */
function sourceName(file: string | undefined): string | undefined {
  return /^(.+)-[^-]+-[^-]+\.rpm$/.exec(file ?? '')?.[1];
}

class HeaderFields {
  readonly #header: Buffer;
  readonly #path: string;
  /** Where the entry of each wanted tag is. */
  readonly #entries = new Map<number, number>();
  readonly #data: number;

  constructor(header: Buffer, path: string) {
    this.#header = header;
    this.#path = path;
    if (header.length < introBytes) throw brokenDatabase(path, "a package's header is cut off");
    const count = header.readUInt32BE(0);
    this.#data = introBytes + count * entryBytes;
    if (this.#data + header.readUInt32BE(4) > header.length) {
      throw brokenDatabase(path, "a package's header is shorter than it says");
    }
    for (let at = introBytes; at < this.#data; at += entryBytes) {
      const tag = header.readUInt32BE(at);
      if (wanted.has(tag) && !this.#entries.has(tag)) this.#entries.set(tag, at);
    }
  }

  text(tag: number): string | undefined {
    const entry = this.#entry(tag, types.string, types.i18nString);
    if (entry === undefined) return undefined;
    const start = this.#place(entry, 0);
    const end = this.#header.indexOf(0, start);
    if (end < 0) throw brokenDatabase(this.#path, 'a text has no end');
    return this.#header.toString('utf8', start, end);
  }

  number(tag: number): number | undefined {
    const entry = this.#entry(tag, types.int32);
    return entry === undefined ? undefined : this.#header.readUInt32BE(this.#place(entry, 4));
  }

  #entry(tag: number, ...allowed: readonly number[]): number | undefined {
    const entry = this.#entries.get(tag);
    if (entry === undefined) return undefined;
    if (allowed.includes(this.#header.readUInt32BE(entry + 4))) return entry;
    throw brokenDatabase(this.#path, `the tag ${tag} has another type`);
  }

  #place(entry: number, length: number): number {
    const place = this.#data + this.#header.readUInt32BE(entry + 8);
    if (place + length > this.#header.length) throw brokenDatabase(this.#path, 'a value lies outside');
    return place;
  }
}

const wanted: ReadonlySet<number> = new Set(Object.values(tags));
