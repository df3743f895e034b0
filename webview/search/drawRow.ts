import type { CommonStrings } from '../../src/protocol/commonStrings.ts';
import type { FoundRepository, FoundTag, SearchStrings } from '../../src/protocol/searchPage.ts';
import { element } from '../common/dom.ts';
import { fill, formatCount, formatSize } from '../common/format.ts';
import { failureTitle } from '../common/states.ts';
import { visibleText } from '../common/visibleText.ts';
import { formatAge } from './age.ts';
import type { Message, ResultRow } from './resultRows.ts';

export type Words = SearchStrings & CommonStrings;

/** What typing in the tree looks for. */
export function rowLabel(row: ResultRow, words: Words): string {
  switch (row.kind) {
    case 'repository':
      return row.repository.name;
    case 'tag':
      return row.tag.tag;
    case 'platform':
      return row.platform.name;
    case 'message':
      return messageText(row.message, words);
  }
}

/** Two lines: what it is, and what there is to know of it. */
export function drawRow(row: ResultRow, words: Words, content: HTMLElement): void {
  content.classList.toggle('message', row.kind === 'message');
  content.append(...rowParts(row, words));
}

function rowParts(row: ResultRow, words: Words): readonly HTMLElement[] {
  switch (row.kind) {
    case 'repository':
      return [repositoryLines(row.repository, words)];
    case 'tag':
      return [lines(row.tag.tag, tagLine(row, words))];
    case 'platform': {
      const { name, size } = row.platform;
      return [lines(name, size === undefined ? '' : formatSize(size))];
    }
    case 'message':
      return [foreign('message-text', messageText(row.message, words))];
  }
}

function repositoryLines(repository: FoundRepository, words: Words): HTMLElement {
  const { name, description } = repository;
  const first = element(
    'div',
    { class: 'row-first' },
    foreign('row-name', name),
    ...badges(repository, words),
    element('span', { class: 'spread' }),
    ...figures(repository, words),
  );
  const text = oneLine(description) || words.noDescription;
  const second = element('div', { class: 'foreign quiet', text: visibleText(text) });
  return element('div', { class: 'row-lines' }, first, second);
}

function badges({ official, verified, automated }: FoundRepository, words: Words): readonly HTMLElement[] {
  const badge = (kind: string, text: string) => element('span', { class: `badge badge-${kind}`, text });
  return [
    ...(official ? [badge('official', words.official)] : []),
    ...(verified ? [badge('verified', words.verified)] : []),
    ...(automated ? [badge('automated', words.automated)] : []),
  ];
}

/** Short to who sees the row, in words to who hears it. */
function figures({ stars, pulls, updated }: FoundRepository, words: Words): readonly HTMLElement[] {
  const age = updated === undefined ? undefined : formatAge(updated);
  return [
    ...(stars === undefined
      ? []
      : [figure('stars', `★ ${short(stars)}`, fill(words.starCount, formatCount(stars)))]),
    ...(pulls === undefined
      ? []
      : [figure('pulls', `↓ ${short(pulls)}`, fill(words.pullCount, formatCount(pulls)))]),
    ...(age === undefined ? [] : [figure('updated', age, fill(words.updated, age))]),
  ];
}

function figure(kind: string, text: string, spoken: string): HTMLElement {
  return element(
    'span',
    { class: `figure figure-${kind} quiet`, attributes: { title: spoken } },
    element('span', { text, attributes: { 'aria-hidden': 'true' } }),
    element('span', { class: 'hidden-text', text: spoken }),
  );
}

const compact = new Map<string, Intl.NumberFormat>();

function short(count: number): string {
  const { lang } = document.documentElement;
  const format = compact.get(lang) ?? new Intl.NumberFormat(lang, { notation: 'compact' });
  compact.set(lang, format);
  return format.format(count);
}

/** All that is known of a row, but for what it is called: rows have no room for it where the panel is narrow. */
export function aboutText(row: ResultRow | undefined, words: Words): string {
  switch (row?.kind) {
    case 'repository': {
      const { description, stars, pulls, updated } = row.repository;
      return joined(
        oneLine(description) || undefined,
        stars === undefined ? undefined : fill(words.starCount, formatCount(stars)),
        pulls === undefined ? undefined : fill(words.pullCount, formatCount(pulls)),
        updated === undefined ? undefined : fill(words.updated, formatAge(updated)),
      );
    }
    case 'tag':
      return joined(platformsText(row.tag.platforms, Number.POSITIVE_INFINITY), ...weight(row.tag));
    case 'platform':
      return row.platform.size === undefined ? '' : formatSize(row.platform.size);
    default:
      return '';
  }
}

/** Digest, platforms, size and age, as far as they are known. */
function tagLine({ tag, asked }: Extract<ResultRow, { kind: 'tag' }>, words: Words): string {
  const known = joined(shortDigest(tag.digest), platformsText(tag.platforms, mostPlatforms), ...weight(tag));
  if (known !== '') return known;
  if (asked?.kind === 'failed') return failureTitle(asked.failure.kind, words);
  return asked?.kind === 'loading' ? words.loading : words.notAsked;
}

/** Size and age. */
function weight({ platforms, updated }: FoundTag): readonly (string | undefined)[] {
  return [sizeText(platforms), updated === undefined ? undefined : formatAge(updated)];
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' · ');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** As Docker's lists shorten one. */
function shortDigest(digest: string | undefined): string | undefined {
  return digest?.replace(/^(sha256:[0-9a-f]{12}).*$/, '$1');
}

const mostPlatforms = 3;

function platformsText(platforms: FoundTag['platforms'], most: number): string | undefined {
  if (!platforms || platforms.length === 0) return undefined;
  const names = platforms.slice(0, most).map(({ name }) => name);
  const rest = platforms.length - names.length;
  return names.join(', ') + (rest > 0 ? ` +${rest}` : '');
}

/** From the smallest to the largest of its platforms. */
function sizeText(platforms: FoundTag['platforms']): string | undefined {
  const sizes = (platforms ?? []).flatMap(({ size }) => size ?? []);
  if (sizes.length === 0) return undefined;
  const [least, most] = [formatSize(Math.min(...sizes)), formatSize(Math.max(...sizes))];
  return least === most ? least : `${least}–${most}`;
}

export function messageText(message: Message, words: Words): string {
  switch (message.kind) {
    case 'loading':
      return words.loading;
    case 'empty':
      return words.noTags;
    case 'more':
      return fill(words.moreTags, formatCount(message.count));
    case 'failed':
      return message.failure.text;
  }
}

function lines(first: string, second: string): HTMLElement {
  const below = element('div', { class: 'foreign quiet', text: visibleText(second) });
  return element('div', { class: 'row-lines' }, foreign('row-name', first), below);
}

function foreign(name: string, text: string): HTMLElement {
  return element('span', { class: `foreign ${name}`, text: visibleText(text) });
}
