import type { ArchiveImage, ArchiveLayer } from '../archive/archiveImage.ts';

/** A layer on its way into the store; without a file where the store has it. */
export type LoadableLayer = Omit<ArchiveLayer, 'file'> & Partial<Pick<ArchiveLayer, 'file'>>;

/** An image of an archive as the store will have it. */
export type LoadableImage = Omit<ArchiveImage, 'layers'> & { readonly layers: readonly LoadableLayer[] };
