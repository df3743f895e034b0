import { referrerTagKind } from '../oci/referrerKind.ts';

/** What a tag says about its age, read off its text alone. */
class ParsedTag {
  readonly tag: string;
  readonly group: Group;
  /** `1.20.3` → `['1', '20', '3']`, without leading zeros. */
  readonly numbers: readonly string[];
  /** `rc.1` of `2.0-rc.1-alpine`; empty for a release. */
  readonly preRelease: string;
  /** `alpine` of `2.0-rc.1-alpine`; empty for the plain tag. */
  readonly variant: string;
  #parts: readonly string[] | undefined;

  constructor(tag: string, of: Group, numbers: readonly string[] = [], preRelease = '', variant = '') {
    this.tag = tag;
    this.group = of;
    this.numbers = numbers;
    this.preRelease = preRelease;
    this.variant = variant;
  }

  /** Of `tag`, for comparing what is otherwise equal. */
  get parts(): readonly string[] {
    this.#parts ??= naturalParts(this.tag);
    return this.#parts;
  }
}

const group = { latest: 0, version: 1, name: 2, referrer: 3 } as const;
type Group = (typeof group)[keyof typeof group];

/** Its numbers, and the rest. No names for the groups: an object of them for each of thousands of tags takes its time. */
const versionPattern = /^v?(\d+(?:\.\d+)*)((?:[-_.]?[A-Za-z].*|[-_].*)?)$/;
const preReleasePattern =
  /^[-_.]?(?<label>(?:alpha|beta|rc|cr|pre|preview|milestone|m|a|b|dev|snapshot|nightly|canary|ea)(?:[-.]?\d+)*(?:\.\d+)*)(?=$|[-_.])/i;
/** A commit's abbreviated name; some begin like a version. */
const commitPattern = /^(?=.*[a-f])(?=.*\d)[0-9a-f]{7,40}$/;

/**
 * Newest version first. `latest` leads, since it is what a name without a tag means; then what reads as a version, by
 * its numbers (`1.10` above `1.9`, `1.9.1` above `1.9`), the plain tag above its variants (`-alpine`) and both above
 * pre-releases of the same version; then all other names, by the alphabet; at the end the tags of signatures and the like,
 * one or more for each image, that nobody looks for.
 */
export function newestTagsFirst(tags: Iterable<string>): string[] {
  return [...tags]
    .map(parsedTag)
    .sort(compareTags)
    .map(({ tag }) => tag);
}

/** Whether it reads as a plain version: no pre-release, no variant, no name. */
export function isReleaseTag(tag: string): boolean {
  const { group: of, preRelease, variant } = parsedTag(tag);
  return of === group.version && preRelease === '' && variant === '';
}

/** The same few tags stand in most repositories, and lists are sorted again whenever something changes. */
const parsedTags = new Map<string, ParsedTag>();
const maxParsedTags = 20_000;

function parsedTag(tag: string): ParsedTag {
  const known = parsedTags.get(tag);
  if (known) return known;
  const parsed = parseTag(tag);
  if (parsedTags.size >= maxParsedTags) parsedTags.clear();
  parsedTags.set(tag, parsed);
  return parsed;
}

function parseTag(tag: string): ParsedTag {
  if (tag === 'latest') return new ParsedTag(tag, group.latest);
  if (referrerTagKind(tag)) return new ParsedTag(tag, group.referrer);
  const version = versionPattern.exec(tag);
  if (!version || commitPattern.test(tag)) return new ParsedTag(tag, group.name);
  const [, digits = '', rest = ''] = version;
  const numbers = digits.split('.').map(withoutLeadingZeros);
  if (rest === '') return new ParsedTag(tag, group.version, numbers);
  const preRelease = preReleasePattern.exec(rest);
  const variant = rest.slice(preRelease?.[0].length ?? 0).replace(/^[-_.]/, '');
  return new ParsedTag(tag, group.version, numbers, preRelease?.groups?.label, variant);
}

function withoutLeadingZeros(digits: string): string {
  return digits.startsWith('0') ? digits.replace(/^0+(?=\d)/, '') : digits;
}

function compareTags(a: ParsedTag, b: ParsedTag): number {
  return (
    a.group - b.group ||
    compareNumbers(b.numbers, a.numbers) ||
    comparePreReleases(a.preRelease, b.preRelease) ||
    compareNaturally(a.variant, b.variant) ||
    compareParts(a.parts, b.parts) ||
    compareText(a.tag, b.tag)
  );
}

function compareNumbers(a: readonly string[], b: readonly string[]): number {
  for (const [place, digits] of a.entries()) {
    const other = b[place];
    if (other === undefined) return 1;
    const order = compareDigits(digits, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** As numbers of any length. */
function compareDigits(a: string, b: string): number {
  return a.length - b.length || compareText(a, b);
}

/** The release above all of its pre-releases, the last of those first. */
function comparePreReleases(a: string, b: string): number {
  if (a === '' || b === '') return a.length - b.length;
  return compareNaturally(b.toLowerCase(), a.toLowerCase());
}

/** By the alphabet, with runs of digits as numbers. */
function compareNaturally(a: string, b: string): number {
  return a === b ? 0 : compareParts(naturalParts(a), naturalParts(b)) || compareText(a, b);
}

/** Runs of digits, without leading zeros, and what stands between them. */
function naturalParts(text: string): readonly string[] {
  return (text.match(/\d+|\D+/g) ?? []).map(withoutLeadingZeros);
}

function compareParts(left: readonly string[], right: readonly string[]): number {
  for (let place = 0; place < left.length; place++) {
    const [part, other] = [left[place] ?? '', right[place]];
    if (other === undefined) return 1;
    if (part === other) continue;
    return isDigits(part) && isDigits(other) ? compareDigits(part, other) : compareText(part, other);
  }
  return left.length - right.length;
}

function isDigits(part: string): boolean {
  const first = part.charCodeAt(0);
  return first >= 0x30 && first <= 0x39;
}

/** By code unit: the same on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
