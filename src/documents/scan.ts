import { canonicalReference } from '../engine/oci/reference.ts';
import type { DocumentKind, Mention, MentionReason, Range } from './mention.ts';

/** A row of `strata scan --json`: every field is there, and `null` where it has no value. */
export interface ScanRow {
  readonly file: string;
  readonly kind: DocumentKind;
  readonly text: string;
  readonly range: Range;
  /** Canonical: `docker.io/library/alpine:latest`. */
  readonly reference: string | null;
  readonly stage: string | null;
  readonly platform: string | null;
  readonly reason: MentionReason | null;
}

export function scanRow(file: string, mention: Mention): ScanRow {
  const { kind, text, range, reference, stage, platform, reason } = mention;
  return {
    file,
    kind,
    text,
    range,
    reference: reference ? canonicalReference(reference) : null,
    stage: stage ?? null,
    platform: platform ?? null,
    reason: reason ?? null,
  };
}
