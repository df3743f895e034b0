import { imagePackages } from '../../../src/engine/packages/imagePackages.ts';
import type { InstalledPackage, PackageFiles } from '../../../src/engine/packages/installedPackage.ts';

/** Contents by absolute path. */
export type WorldFiles = Readonly<Record<string, string | Uint8Array>>;

/** An image's files, given in pieces so that what is split over two of them is met. */
export function worldOf(contents: WorldFiles, pieceSize = 97): PackageFiles {
  return {
    open: async (path) => {
      const content = contents[path];
      if (content === undefined) return undefined;
      const bytes = Buffer.from(content);
      return { path, size: bytes.length, bytes: () => piecesOf(bytes, pieceSize) };
    },
    list: async (folder) => Object.keys(contents).filter((path) => path.startsWith(`${folder}/`)),
  };
}

async function* piecesOf(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Large files in pieces as layers give them. */
export function packagesOf(contents: WorldFiles, pieceSize?: number): Promise<readonly InstalledPackage[]> {
  return imagePackages(worldOf(contents, pieceSize));
}

/** `NAME VERSION ARCHITECTURE SOURCE`, a dash for what is not known. */
export function packageLine({ name, version, architecture, source }: InstalledPackage): string {
  return [name, version, architecture ?? '-', source ?? '-'].join(' ');
}
