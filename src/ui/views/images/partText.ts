import { l10n } from 'vscode';
import type { StoredImage } from '../../../engine/image.ts';
import { shortDigest } from '../../../engine/oci/digest.ts';
import { formatPlatform } from '../../../engine/oci/platform.ts';
import {
  canonicalName,
  canonicalReference,
  familiarName,
  familiarReference,
  type Reference,
  type TaggedReference,
} from '../../../engine/oci/reference.ts';
import { foreignText } from '../../foreignText.ts';
import { formatCreated, formatSize } from '../../format.ts';
import { nameWithoutHost } from '../../referenceText.ts';
import type { ImagePart } from './imagesLook.ts';

/** An image under the name that a row is for: a tag, a repository that knows it by digest, or none. */
export interface NamedImage {
  readonly image: StoredImage;
  readonly tag: TaggedReference | undefined;
}

const none = '<none>';

/** What a row says of its image; `undefined` where there is nothing to say. */
export function partText(part: ImagePart, row: NamedImage): string | undefined {
  const { image, tag } = row;
  const name: Reference | undefined = tag ?? image.repoDigests[0];
  switch (part) {
    case 'CreatedTime':
      return formatCreated(image.created);
    case 'FullTag':
      return name && `${familiarName(name)}:${tag?.tag ?? none}`;
    case 'ImageId':
      return shortDigest(image.id);
    case 'OtherTags':
      return otherTagsText(row);
    case 'Platform':
      return foreignText(formatPlatform(image.platform), 60);
    case 'Registry':
      return name?.registry;
    case 'Repository':
      return name && familiarName(name);
    case 'RepositoryName':
      return name && nameWithoutHost(name);
    case 'RepositoryNameAndTag':
      return name && `${nameWithoutHost(name)}:${tag?.tag ?? none}`;
    case 'Size':
      return formatSize(image.size);
    case 'Tag':
      return tag?.tag;
  }
}

/** The other tags of the same image: bare in the same repository, else with their name. */
export function otherTags({ image, tag }: NamedImage): readonly string[] {
  if (!tag) return [];
  return image.tags
    .filter((other) => canonicalReference(other) !== canonicalReference(tag))
    .map((other) => (canonicalName(other) === canonicalName(tag) ? other.tag : familiarReference(other)));
}

const maxOtherTags = 5;

function otherTagsText(row: NamedImage): string | undefined {
  const others = otherTags(row);
  if (others.length === 0) return undefined;
  const shown = others.slice(0, maxOtherTags).join(', ');
  const rest = others.length - maxOtherTags;
  return rest > 0 ? l10n.t('also {0} and {1} more', shown, rest) : l10n.t('also {0}', shown);
}
