import type { PackageRow, PackageSide } from '../../src/protocol/comparePage.ts';
import { element } from '../common/dom.ts';
import { fill } from '../common/format.ts';
import { visibleText } from '../common/visibleText.ts';
import { badge, kindOf, transition } from './badge.ts';
import type { Words } from './comparePage.ts';
import { type ListListening, ListTab } from './listTab.ts';
import { valueBlock, valueCell } from './valueText.ts';

/** Which package went from which version to which. */
export function packagesTab(words: Words, listening: ListListening): ListTab<PackageRow> {
  return new ListTab<PackageRow>({
    name: words.packages,
    copyLabel: words.copy,
    detailsLabel: words.details,
    rowHeight: 24,
    narrowRowHeight: 44,
    label: ({ name }) => name,
    draw: (row, content) => drawPackage(row, content, words),
    details: (row) => packageDetails(row, words),
    text: ({ name, before, after }) => [name, before?.version ?? '-', after?.version ?? '-'].join('\t'),
    ...listening,
  });
}

function drawPackage(row: PackageRow, content: HTMLElement, words: Words): void {
  const { name, before, after } = row;
  content.classList.add('columns');
  content.append(
    badge(kindOf(before, after), words),
    element('span', { class: 'name foreign', text: visibleText(name) }),
    ...transition(valueCell(versionOf(row, before), words), valueCell(versionOf(row, after), words), words),
  );
}

/** With the architecture only where it is what differs. */
function versionOf({ before, after }: PackageRow, side: PackageSide | null): string | null {
  if (!side) return null;
  const isSame = before?.version === after?.version;
  return isSame && side.architecture !== '' ? `${side.version} (${side.architecture})` : side.version;
}

function packageDetails({ name, manager, before, after }: PackageRow, words: Words): readonly Node[] {
  const source = after?.source || before?.source;
  const origin = [manager, source && fill(words.source, visibleText(source, 200))]
    .filter(Boolean)
    .join(' · ');
  return [
    element('h2', { class: 'foreign', text: visibleText(name) }),
    element('p', { class: 'quiet foreign', text: origin }),
    element(
      'dl',
      {},
      ...valueBlock(words.before, sideText(before), words),
      ...valueBlock(words.after, sideText(after), words),
    ),
  ];
}

function sideText(side: PackageSide | null): string | null {
  return side && [side.version, side.architecture].filter(Boolean).join(' · ');
}
