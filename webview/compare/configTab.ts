import type { ConfigChange } from '../../src/protocol/comparePage.ts';
import { element } from '../common/dom.ts';
import { visibleText } from '../common/visibleText.ts';
import { badge, kindOf, transition } from './badge.ts';
import type { Words } from './comparePage.ts';
import { type ListListening, ListTab } from './listTab.ts';
import { valueBlock, valueCell } from './valueText.ts';

/** How the images are run and where they come from: what is otherwise there. */
export function configTab(words: Words, listening: ListListening): ListTab<ConfigChange> {
  return new ListTab<ConfigChange>({
    name: words.config,
    copyLabel: words.copy,
    detailsLabel: words.details,
    rowHeight: 24,
    narrowRowHeight: 44,
    label: ({ field, name }) => name || field,
    draw: ({ field, name, before, after }, content) => {
      content.classList.add('columns');
      content.append(
        badge(kindOf(before, after), words),
        element(
          'span',
          { class: 'name foreign' },
          element('span', { text: field }),
          ...(name === '' ? [] : [' ', element('span', { class: 'mono', text: visibleText(name) })]),
        ),
        ...transition(valueCell(before, words), valueCell(after, words), words),
      );
    },
    details: ({ field, name, before, after }) => [
      element('h2', { class: 'foreign', text: [field, visibleText(name)].filter(Boolean).join(' ') }),
      element('dl', {}, ...valueBlock(words.before, before, words), ...valueBlock(words.after, after, words)),
    ],
    text: ({ field, name, before, after }) =>
      [[field, name].filter(Boolean).join(' '), before ?? '-', after ?? '-'].join('\t'),
    ...listening,
  });
}
