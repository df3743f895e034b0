import { ImageEngine } from '../../src/engine/imageEngine.ts';
import { imageNodes } from '../../src/ui/views/images/groupNodes.ts';
import { loadImageList } from '../../src/ui/views/images/imageList.ts';
import type { ImagesLook } from '../../src/ui/views/images/imagesLook.ts';
import { Pages } from '../../src/ui/views/pages.ts';

/** Milliseconds for the first page of the Images view, every row drawn: in a fresh process, and then again and again. */
export interface TreeCost {
  readonly groupBy: ImagesLook['groupBy'];
  readonly rows: number;
  readonly first: number;
  readonly again: readonly number[];
}

const turns = 9;

async function main(storeDirectory: string, groupBy: ImagesLook['groupBy']): Promise<TreeCost> {
  const look: ImagesLook = {
    groupBy,
    sortBy: 'Label',
    label: 'Automatic',
    description: ['Size', 'CreatedTime', 'OtherTags', 'ImageId', 'Platform'],
    showDangling: true,
    showEmptySteps: false,
  };
  await using engine = new ImageEngine({
    storeDirectory,
    workerFile: 'none',
    credentials: async () => undefined,
    userAgent: 'strata-bench',
  });
  let rows = 0;
  const page = async () => {
    const start = performance.now();
    const list = await loadImageList(engine, look, '');
    const shelf = { engine, look, list, pages: new Pages(), sizes: async () => undefined };
    rows = imageNodes(shelf).map((node) => node.item()).length;
    return performance.now() - start;
  };
  const first = await page();
  const again: number[] = [];
  for (let turn = 0; turn < turns; turn++) again.push(await page());
  return { groupBy, rows, first, again };
}

const [, , storeDirectory = '', groupBy = 'Repository'] = process.argv;
main(storeDirectory, groupBy as ImagesLook['groupBy']).then((cost) => console.log(JSON.stringify(cost)));
