import { findMentions } from '../../../src/documents/findMentions.ts';
import type { DocumentKind, Mention } from '../../../src/documents/mention.ts';
import { canonicalReference } from '../../../src/engine/oci/reference.ts';

/** A file's mentions, one a line: `role text at line:column = reference or (reason), …`. */
export function mentionLines(kind: DocumentKind, text: string): string[] {
  return findMentions(kind, text).map(mentionLine);
}

function mentionLine(mention: Mention): string {
  const { role, text, range, reference, reason, stage, platform, definition, namedStage } = mention;
  const { line, character } = range.start;
  const extras = [
    stage !== undefined && `stage ${stage}`,
    platform !== undefined && `platform ${platform}`,
    definition && `from ARG ${definition.name}`,
    namedStage && `is ${namedStage.name} of line ${namedStage.line}`,
  ];
  const meaning = reference ? canonicalReference(reference) : `(${reason})`;
  return [`${role} ${text} at ${line}:${character} = ${meaning}`, ...extras.filter(Boolean)].join(', ');
}
