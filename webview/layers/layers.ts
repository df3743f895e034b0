import { parseLayersView } from '../../src/protocol/layersPage.ts';
import { Page } from '../common/page.ts';
import { LayersPage } from './layersPage.ts';
import type { OwnPage } from './words.ts';

const main = document.getElementById('page');
if (main) {
  const page: OwnPage = new Page({ parseView: parseLayersView });
  void new LayersPage(main, page).load();
}
