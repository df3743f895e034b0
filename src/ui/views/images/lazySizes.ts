import { l10n } from 'vscode';
import type { ImageEngine } from '../../../engine/imageEngine.ts';
import type { ImageSizes } from '../../../engine/images/imageSizes.ts';
import { formatSize } from '../../format.ts';
import type { Shelf } from './shelf.ts';

/** Above this, adding up waits until somebody points at a row. */
const maxUnasked = 1000;

/** Sizes are added up when first asked for, once for each drawing of the view. */
export function lazySizes(engine: ImageEngine, report: (error: unknown) => void): Shelf['sizes'] {
  let sizes: Promise<ImageSizes | undefined> | undefined;
  return () => {
    sizes ??= engine.sizes().catch((error: unknown) => {
      report(error);
      return undefined;
    });
    return sizes;
  };
}

/** What shared layers save; `undefined` where that is nothing or not known. */
export async function savedText({ list, sizes }: Shelf): Promise<string | undefined> {
  if (list.total < 2 || list.total > maxUnasked) return undefined;
  const saved = (await sizes())?.savedBytes ?? 0;
  return saved > 0 ? l10n.t('{0} saved by sharing', formatSize(saved)) : undefined;
}
