import type { ImageEngine } from '../../../engine/imageEngine.ts';
import type { ImageSizes } from '../../../engine/images/imageSizes.ts';
import type { Pages } from '../pages.ts';
import type { ImageList } from './imageList.ts';
import type { ImagesLook } from './imagesLook.ts';

/** What all rows of one drawing of the view have in common. */
export interface Shelf {
  readonly engine: ImageEngine;
  readonly look: ImagesLook;
  readonly list: ImageList;
  readonly pages: Pages;
  /** Added up once somebody asks; `undefined` where that cannot be done. */
  readonly sizes: () => Promise<ImageSizes | undefined>;
}
