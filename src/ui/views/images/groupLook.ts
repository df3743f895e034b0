import { l10n } from 'vscode';
import type { CreatedPeriod, ImageGroup, ImageGrouping } from '../../../engine/listing/groupImages.ts';
import { type Digest, shortDigest } from '../../../engine/oci/digest.ts';
import { isOfficial } from '../../../engine/oci/reference.ts';
import { formatCreated, formatSize } from '../../format.ts';
import { originText } from '../../originText.ts';
import { nameWithoutHost } from '../../referenceText.ts';

export type RealGrouping = Exclude<ImageGrouping, 'None'>;

/** How the row of a group looks. */
export interface GroupLook {
  readonly label: string;
  /** Behind the label. */
  readonly facts: readonly string[];
  /** Of VS Code's icons. */
  readonly icon: string;
}

export function groupLook(by: RealGrouping, group: ImageGroup): GroupLook {
  const [first] = group.members;
  if (!first) throw new RangeError('a group has at least one member');
  switch (by) {
    case 'Registry':
      return { label: group.key, facts: [countText(group)], icon: 'server' };
    case 'Repository':
      return {
        // The host stands behind it: a long one would leave no room for the name.
        label: nameWithoutHost(first.tag),
        facts: [countText(group), originText(first.tag)],
        icon: isOfficial(first.tag) ? 'verified' : 'package',
      };
    case 'RepositoryName':
      return { label: group.key, facts: [countText(group)], icon: 'package' };
    case 'Tag':
      return { label: group.key, facts: [imagesText(group.members.length)], icon: 'tag' };
    case 'ImageId': {
      const { size, created } = first.image;
      const facts = [countText(group), formatSize(size), formatCreated(created)];
      return {
        label: shortDigest(group.key as Digest),
        facts: facts.filter((fact) => fact !== undefined),
        icon: 'symbol-numeric',
      };
    }
    case 'CreatedTime':
      return { label: periodText(group.key as CreatedPeriod), facts: [countText(group)], icon: 'calendar' };
  }
}

function countText({ members }: ImageGroup): string {
  return members.length === 1 ? l10n.t('1 tag') : l10n.t('{0} tags', members.length);
}

/** Of a tag's group each row is an image of another repository. */
function imagesText(count: number): string {
  return count === 1 ? l10n.t('1 repository') : l10n.t('{0} repositories', count);
}

function periodText(period: CreatedPeriod): string {
  switch (period) {
    case 'day':
      return l10n.t('Last 24 hours');
    case 'week':
      return l10n.t('Last 7 days');
    case 'month':
      return l10n.t('Last 30 days');
    case 'year':
      return l10n.t('Last 12 months');
    case 'older':
      return l10n.t('Older');
    case 'unknown':
      return l10n.t('Without a date');
  }
}
