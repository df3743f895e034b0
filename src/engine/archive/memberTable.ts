import { corruptArchive, quoted } from './archiveError.ts';
import type { ArchiveMember } from './archiveMembers.ts';
import { linkTarget } from './memberPath.ts';

/** As many links in a row as Linux follows. */
const maxLinks = 40;

type Place<T> =
  | { readonly kind: 'file'; readonly file: T }
  | { readonly kind: 'link'; readonly target: string };

/** An archive's files by their names, links followed within the archive. */
export class MemberTable<T> {
  readonly #places = new Map<string, Place<T>>();

  /** @throws `Corrupt` where the name is taken: programs differ in which of two they believe */
  addFile(path: string, file: T): void {
    this.#add(path, { kind: 'file', file });
  }

  /** Folders and devices name nothing. @throws `Corrupt` */
  addLink({ path, type, linkName }: ArchiveMember): void {
    if (type !== 'symlink' && type !== 'hardlink') return;
    const target = type === 'symlink' ? linkTarget(path, linkName) : linkTarget('', linkName);
    this.#add(path, { kind: 'link', target });
  }

  /** The file of the name, or that its links lead to. @throws `Corrupt` where they lead in a circle */
  find(path: string): T | undefined {
    let at = path;
    for (let hops = 0; hops <= maxLinks; hops++) {
      const place = this.#places.get(at);
      if (place?.kind !== 'link') return place?.file;
      at = place.target;
    }
    throw corruptArchive(`links of the archive lead in a circle, ${quoted(path)}`);
  }

  #add(path: string, place: Place<T>): void {
    if (this.#places.has(path)) throw corruptArchive(`the archive has ${quoted(path)} twice`);
    this.#places.set(path, place);
  }
}
