import { isEngineError } from '../errors.ts';
import type { FileRow } from '../image.ts';
import { encodePath } from '../layers/entryText.ts';
import { entriesIn, entryAt } from '../layers/imageEntries.ts';
import type { UnionTree } from '../layers/unionTree.ts';
import type { PackageFile, PackageFiles } from '../packages/installedPackage.ts';
import type { ImageContent } from './imageContent.ts';

/** An image's files as those who look for package databases want them. */
export function packageFiles(content: ImageContent): PackageFiles {
  return {
    open: async (path, signal) => {
      const target = fileAt(await content.union(signal), path);
      return target && openFile(content, path, target.size);
    },
    list: async (folder, signal) => pathsIn(await content.union(signal), folder),
  };
}

function openFile(content: ImageContent, path: string, size: number): PackageFile {
  return {
    path,
    size,
    async *bytes(signal) {
      yield* await content.readFile(path, { follow: true }, signal);
    },
  };
}

function fileAt(tree: UnionTree, path: string): FileRow | undefined {
  const target = orNothing(() => entryAt(tree, encodePath(path)))?.target;
  return target?.type === 'file' || target?.type === 'hardlink' ? target : undefined;
}

function pathsIn(tree: UnionTree, folder: string): readonly string[] {
  return (orNothing(() => entriesIn(tree, encodePath(folder))) ?? []).map(({ row }) => row.path);
}

/** What is not there, and what links lead nowhere, is no database. */
function orNothing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isEngineError(error, 'NotFound', 'Invalid')) return undefined;
    throw error;
  }
}
