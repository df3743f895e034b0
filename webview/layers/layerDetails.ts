import type { LayerFacts } from '../../src/protocol/layersPage.ts';
import { button } from '../common/controls.ts';
import { element } from '../common/dom.ts';
import { fill, formatCount, formatSize } from '../common/format.ts';
import { visibleText } from '../common/visibleText.ts';
import type { Words } from './words.ts';

const longestInstruction = 5000;

/** All that is known of one layer as a whole. */
export class LayerDetails {
  readonly element: HTMLElement;
  readonly #words: Words;
  readonly #onCopy: (text: string) => void;

  constructor(words: Words, onCopy: (text: string) => void) {
    this.#words = words;
    this.#onCopy = onCopy;
    this.element = element('section', { class: 'details' });
  }

  /** @param position from 0 */
  show(layer: LayerFacts, position: number): void {
    const words = this.#words;
    const title = fill(words.layerNumber, formatCount(position + 1));
    const instruction = visibleText(layer.instruction, longestInstruction) || words.noInstruction;
    const { added, modified, removed } = layer;
    const changes = fill(words.changes, ...[added, modified, removed].map(formatCount));
    this.element.replaceChildren(
      element('h2', { text: title }),
      // It scrolls where it is long.
      element('p', { class: 'instruction mono', text: instruction, attributes: { tabindex: '0' } }),
      element(
        'dl',
        {},
        ...this.#hash(words.digest, layer.digest, words.copyDigest),
        ...this.#hash(words.diffId, layer.diffId, words.copyDiffId),
      ),
      element('p', {
        text: [
          fill(words.asDistributed, formatSize(layer.size)),
          ...(layer.unpackedSize === null ? [] : [fill(words.unpacked, formatSize(layer.unpackedSize))]),
        ].join(' · '),
      }),
      element('p', { text: changes }),
      ...(layer.wastedBytes > 0
        ? [element('p', { class: 'wasted-text', text: fill(words.wasted, formatSize(layer.wastedBytes)) })]
        : []),
      ...(layer.filesVerified ? [] : [element('p', { class: 'unverified-text', text: words.unverified })]),
    );
  }

  #hash(name: string, value: string, copy: string): readonly Node[] {
    const press = { label: copy, look: 'icon' as const, onPress: () => this.#onCopy(value) };
    const icon = element('span', { class: 'copy-icon', attributes: { 'aria-hidden': 'true' } });
    return [
      element('dt', { text: name }),
      element(
        'dd',
        {},
        element('code', { class: 'foreign', text: value, attributes: { title: value } }),
        button({ ...press, content: icon }).element,
      ),
    ];
  }
}
