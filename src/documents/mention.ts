import type { Reference } from '../engine/oci/reference.ts';

/** Zero-based, columns in UTF-16 units, as in the Language Server Protocol. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** From `start` up to, not including, `end`. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface TextEdit {
  readonly range: Range;
  readonly newText: string;
}

export type DocumentKind =
  | 'dockerfile'
  | 'compose'
  | 'kubernetes'
  | 'workflow'
  | 'gitlab'
  | 'devcontainer'
  | 'bake';

/** Why a mention names no image that a registry could be asked about. */
export type MentionReason =
  /** The empty image. */
  | 'scratch'
  /** A stage of the same Dockerfile, by name or number. */
  | 'stage'
  /** A variable without a value; it wins even where the rest would parse. */
  | 'unresolved-argument'
  /** A compose `image` beside `build`: the name the result will get. */
  | 'built'
  /** No reference. */
  | 'invalid';

export type MentionRole = 'from' | 'copyFrom' | 'mountFrom' | 'syntax' | 'image';

/** A reference standing in a file. Has either a `reference` or a `reason`. */
export interface Mention {
  readonly kind: DocumentKind;
  readonly role: MentionRole;
  /** The characters of `range`, as they are written: variables, escapes and continued lines included. */
  readonly text: string;
  /** Exactly the reference's characters: no quotes, no `docker://`. */
  readonly range: Range;
  /** What it names once variables are substituted. */
  readonly reference?: Reference;
  readonly reason?: MentionReason;
  /** Dockerfiles: for a FROM the name behind AS, for others the stage they stand in (its name, else its number). */
  readonly stage?: string;
  /** `--platform` or the service's `platform`, as written. */
  readonly platform?: string;
  /** The default value of an ARG that the reference ends in: where its pin has to be written. */
  readonly definition?: Definition;
  /** Where `reason` is `stage`: the stage meant. */
  readonly namedStage?: NamedStage;
}

export interface Definition {
  /** Name of the ARG. */
  readonly name: string;
  /** Its default value, without quotes. */
  readonly range: Range;
}

export interface NamedStage {
  /** The name behind AS, else the number as text. */
  readonly name: string;
  /** Line of its FROM, zero-based. */
  readonly line: number;
}
