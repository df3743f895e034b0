import { element } from '../common/dom.ts';
import { fill, formatCount, formatSize } from '../common/format.ts';
import { visibleText } from '../common/visibleText.ts';
import type { Words } from './comparePage.ts';
import { type ListListening, ListTab } from './listTab.ts';
import type { LayerRow, PlacedLayer } from './pairLayers.ts';
import { sizesText } from './sizesText.ts';

const longestInstruction = 2000;

/** The layers of both images, the lowest on top: common ones joined, the others side by side. */
export function layersTab(words: Words, listening: ListListening): ListTab<LayerRow> {
  return new ListTab<LayerRow>({
    name: words.layers,
    copyLabel: words.copy,
    detailsLabel: words.details,
    rowHeight: 46,
    label: ({ before, after }) => (after ?? before)?.layer.instruction ?? '',
    draw: (row, content) => drawPair(row, content, words),
    details: ({ before, after, isCommon }) =>
      isCommon && before
        ? layerDetails(`${layerTitle(before, words)} · ${words.commonLayer}`, before, words)
        : [before, after].flatMap((side, at) => {
            if (!side) return [];
            const which = at === 0 ? words.before : words.after;
            return layerDetails(`${which} · ${layerTitle(side, words)}`, side, words);
          }),
    text: ({ before, after }) => [before, after].map((side) => side?.layer.digest ?? '-').join('\t'),
    ...listening,
  });
}

function drawPair({ before, after, isCommon }: LayerRow, content: HTMLElement, words: Words): void {
  content.classList.add('layer-pair');
  if (isCommon && before) {
    content.append(layerCard(before, words, 'common', after));
    return;
  }
  for (const [side, which] of [
    [before, words.before],
    [after, words.after],
  ] as const) {
    if (side) content.append(layerCard(side, words, 'own', undefined, which));
    else content.append(element('div', { class: 'layer-card none' }));
  }
}

function layerCard(
  { layer, position }: PlacedLayer,
  words: Words,
  kind: 'common' | 'own',
  other?: PlacedLayer,
  which?: string,
): HTMLElement {
  const places = other && other.position !== position ? [position, other.position] : [position];
  const sizes = [formatSize(layer.size), ...(kind === 'common' ? [words.commonLayer] : [])].join(' · ');
  return element(
    'div',
    { class: `layer-card ${kind}` },
    ...(which === undefined ? [] : [element('span', { class: 'hidden-text', text: `${which}: ` })]),
    element('span', { class: 'layer-number', text: places.map((at) => formatCount(at + 1)).join(' / ') }),
    element(
      'div',
      { class: 'layer-text' },
      element('div', { class: 'foreign mono', text: instructionOf(layer.instruction, words, 300) }),
      element('div', { class: 'quiet', text: sizes }),
    ),
  );
}

function instructionOf(instruction: string, words: Words, most: number): string {
  return visibleText(instruction, most) || words.noInstruction;
}

function layerTitle({ position }: PlacedLayer, words: Words): string {
  return fill(words.layerNumber, formatCount(position + 1));
}

function layerDetails(title: string, { layer }: PlacedLayer, words: Words): readonly Node[] {
  const { instruction, digest, diffId, filesVerified } = layer;
  return [
    element('h2', { text: title }),
    element('p', { class: 'mono whole', text: instructionOf(instruction, words, longestInstruction) }),
    element('p', { class: 'quiet', text: sizesText(layer, words) }),
    ...(filesVerified ? [] : [element('p', { class: 'unverified-text', text: words.unverified })]),
    element('p', { class: 'quiet mono foreign', text: digest, attributes: { title: diffId } }),
  ];
}
