import type { CommonStrings } from '../../src/protocol/commonStrings.ts';
import type {
  LayersContract,
  LayersStrings,
  LayersSubject,
  LayersView,
} from '../../src/protocol/layersPage.ts';
import type { Page } from '../common/page.ts';

export type Words = LayersStrings & CommonStrings;
export type OwnPage = Page<LayersContract, LayersSubject, Words, LayersView>;
