import type { CommonStrings } from '../../src/protocol/commonStrings.ts';
import {
  parseSearchView,
  type SearchContract,
  type SearchStrings,
  type SearchSubject,
  type SearchView,
} from '../../src/protocol/searchPage.ts';
import { Page } from '../common/page.ts';
import { SearchPage } from './searchPage.ts';

const main = document.getElementById('page');
if (main) {
  let shown: SearchPage | undefined;
  const page = new Page<SearchContract, SearchSubject, SearchStrings & CommonStrings, SearchView>({
    parseView: parseSearchView,
    onEvent: ({ value }) => shown?.setTarget(value),
  });
  shown = new SearchPage(main, page);
  void shown.start();
}
