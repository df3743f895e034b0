import { readBake } from './bake.ts';
import { readCompose } from './compose.ts';
import { readDevcontainer } from './devcontainer.ts';
import { readDockerfile } from './dockerfile.ts';
import { readGitlab } from './gitlab.ts';
import { readKubernetes } from './kubernetes.ts';
import type { DocumentKind, Mention } from './mention.ts';
import type { ReadDocument } from './site.ts';
import { readWorkflow } from './workflow.ts';

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
    case 'compose':
      return readCompose(text);
    case 'kubernetes':
      return readKubernetes(text);
    case 'workflow':
      return readWorkflow(text);
    case 'gitlab':
      return readGitlab(text);
    case 'devcontainer':
      return readDevcontainer(text);
    case 'bake':
      return readBake(text);
  }
}
