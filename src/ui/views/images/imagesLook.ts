import type { ImageGrouping } from '../../../engine/listing/groupImages.ts';
import type { ImageOrder } from '../../../engine/listing/sortImages.ts';

/** What a row can say of an image, in the words that VS Code's container extensions have for it. */
export const imageParts = [
  'CreatedTime',
  'FullTag',
  'ImageId',
  'OtherTags',
  'Platform',
  'Registry',
  'Repository',
  'RepositoryName',
  'RepositoryNameAndTag',
  'Size',
  'Tag',
] as const;

export type ImagePart = (typeof imageParts)[number];

/** `Automatic`: what the group above does not say already. */
export const imageLabels = ['Automatic', ...imageParts.filter((part) => part !== 'OtherTags')] as const;

export type ImageLabel = (typeof imageLabels)[number];

/** How the user wants the Images view. */
export interface ImagesLook {
  readonly groupBy: ImageGrouping;
  readonly sortBy: ImageOrder;
  readonly label: ImageLabel;
  /** Behind the label, in this order. */
  readonly description: readonly ImagePart[];
  readonly showDangling: boolean;
  /** Also the steps of an image's history that made no layer. */
  readonly showEmptySteps: boolean;
}
