import type { LayerFacts } from '../../src/protocol/layersPage.ts';
import { element } from '../common/dom.ts';
import { fill, formatCount, formatSize } from '../common/format.ts';
import { type Rows, VirtualRows } from '../common/rows/virtualRows.ts';
import { visibleText } from '../common/visibleText.ts';
import { stackShares } from './stackShares.ts';
import type { Words } from './words.ts';

const rowHeight = 44;

/** Bytes that a layer is drawn to scale by: unpacked, or as distributed where no more is known. */
export function shownSize({ unpackedSize, size }: LayerFacts): number {
  return unpackedSize ?? size;
}

/** The layers, the lowest on top as in a Dockerfile: a picture to scale, and beside it the list that can be chosen from. */
export class LayerStack {
  readonly element: HTMLElement;
  readonly #layers: readonly LayerFacts[];
  readonly #list: VirtualRows;
  readonly #segments: readonly HTMLElement[];
  readonly #onChoose: (position: number) => void;

  constructor(words: Words, layers: readonly LayerFacts[], onChoose: (position: number) => void) {
    this.#layers = layers;
    this.#onChoose = onChoose;
    this.#segments = stackShares(layers.map(shownSize)).map((share, position) => {
      const segment = element('div', { class: 'segment' });
      segment.style.flexGrow = String(share);
      segment.addEventListener('click', () => this.choose(position));
      return segment;
    });
    const sizes = layers.map((layer, at) => `${at + 1}: ${formatSize(shownSize(layer))}`).join(', ');
    const attributes = { role: 'img', 'aria-label': fill(words.layersPicture, sizes) };
    this.#list = new VirtualRows({
      role: 'listbox',
      name: words.layers,
      rows: layerRows(words, layers),
      rowHeight,
      onMove: (at) => this.#chosen(at),
    });
    this.element = element(
      'div',
      { class: 'stack-layers' },
      element('div', { class: 'core', attributes }, ...this.#segments),
      this.#list.element,
    );
  }

  choose(position: number): void {
    this.#list.goTo(position);
    this.#list.refresh();
  }

  #chosen(position: number): void {
    for (const [at, segment] of this.#segments.entries()) segment.classList.toggle('chosen', at === position);
    if (this.#layers[position]) this.#onChoose(position);
  }
}

function layerRows(words: Words, layers: readonly LayerFacts[]): Rows {
  const largest = Math.max(1, ...layers.map(shownSize));
  const nameOf = ({ instruction }: LayerFacts) => visibleText(instruction, 200) || words.noInstruction;
  return {
    length: layers.length,
    shape: () => ({ level: 1 }),
    place: (at) => ({ position: at + 1, setSize: layers.length }),
    label: (at) => (layers[at] ? nameOf(layers[at]) : ''),
    draw: (at, content) => {
      const layer = layers[at];
      if (!layer) return;
      const bar = element('div', { class: 'bar', attributes: { 'aria-hidden': 'true' } });
      bar.style.setProperty('--share', String(shownSize(layer) / largest));
      bar.style.setProperty('--wasted-share', String(layer.wastedBytes / largest));
      const wasted = layer.wastedBytes > 0 ? fill(words.wasted, formatSize(layer.wastedBytes)) : '';
      content.append(
        element('span', { class: 'number', text: formatCount(at + 1) }),
        element(
          'div',
          { class: 'layer-text' },
          element('div', { class: 'foreign', text: nameOf(layer) }),
          element(
            'div',
            { class: 'layer-size' },
            bar,
            element('span', { class: 'quiet', text: formatSize(shownSize(layer)) }),
            ...(wasted ? [element('span', { class: 'hidden-text', text: wasted })] : []),
          ),
        ),
      );
    },
  };
}
