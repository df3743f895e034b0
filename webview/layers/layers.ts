import type { CommonStrings } from '../../src/protocol/commonStrings.ts';
import type {
  LayersContract,
  LayersStrings,
  LayersSubject,
  LayersView,
} from '../../src/protocol/layersPage.ts';
import { parseLayersView } from '../../src/protocol/layersPage.ts';
import { Page } from '../common/page.ts';
import { LayersPage } from './layersPage.ts';

const main = document.getElementById('page');
if (main) {
  const page = new Page<LayersContract, LayersSubject, LayersStrings & CommonStrings, LayersView>({
    parseView: parseLayersView,
  });
  new LayersPage(main, page).load();
}
