import type { CommonStrings } from '../../src/protocol/commonStrings.ts';
import type {
  CompareContract,
  CompareStrings,
  CompareSubject,
  CompareView,
} from '../../src/protocol/comparePage.ts';
import { parseCompareView } from '../../src/protocol/comparePage.ts';
import { Page } from '../common/page.ts';
import { ComparePage } from './comparePage.ts';

const main = document.getElementById('page');
if (main) {
  const page = new Page<CompareContract, CompareSubject, CompareStrings & CommonStrings, CompareView>({
    parseView: parseCompareView,
  });
  new ComparePage(main, page).load();
}
