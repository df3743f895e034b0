import { readDockerfile } from './dockerfile.ts';
import type { DocumentKind, Mention } from './mention.ts';
import type { ReadDocument } from './site.ts';

/**
 * Every image that a file mentions, in the order they stand in it. Takes any text, throws never; linear in its length.
 * Positions count every character of `text`, a byte order mark too if it is there.
 */
export function findMentions(kind: DocumentKind, text: string): readonly Mention[] {
  return readDocument(kind, text).sites.map(({ mention }) => mention);
}

/** As {@link findMentions}, with what edits need. */
export function readDocument(kind: DocumentKind, text: string): ReadDocument {
  switch (kind) {
    case 'dockerfile':
      return readDockerfile(text);
    default:
      return { sites: [], dependents: [] };
  }
}
