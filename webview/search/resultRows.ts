import type { Failure } from '../../src/protocol/messages.ts';
import type { FoundPlatform, FoundRepository, FoundTag, FoundTags } from '../../src/protocol/searchPage.ts';
import type { RowShape } from '../common/rows/treeKeys.ts';

/** A row of the tree of results. Its key stays the same however the rows around it change. */
export type ResultRow =
  | { readonly kind: 'repository'; readonly key: string; readonly repository: FoundRepository }
  | {
      readonly kind: 'tag';
      readonly key: string;
      readonly repository: string;
      readonly tag: FoundTag;
      /** What came of it where the registry has been asked about this tag. */
      readonly asked: Content<FoundTag> | undefined;
    }
  | {
      readonly kind: 'platform';
      readonly key: string;
      readonly repository: string;
      readonly tag: FoundTag;
      readonly platform: FoundPlatform;
    }
  | {
      readonly kind: 'message';
      readonly key: string;
      /** Of the row below which it stands. */
      readonly parent: string;
      readonly message: Message;
    };

/** What stands where rows would, below a row that is unfolded. */
export type Message =
  | { readonly kind: 'loading' | 'empty' }
  | { readonly kind: 'more'; readonly count: number }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** A row with its place in the tree. */
export interface PlacedRow {
  readonly row: ResultRow;
  readonly shape: RowShape;
  readonly position: number;
  readonly setSize: number;
}

/** What is known of what an unfolded row holds; of what is loading or has failed, what was known before. */
export type Content<T> =
  | { readonly kind: 'loading'; readonly value?: T | undefined }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly value?: T | undefined }
  | { readonly kind: 'there'; readonly value: T };

export interface ResultTree {
  readonly results: readonly FoundRepository[];
  readonly unfolded: ReadonlySet<string>;
  /** By repository. */
  readonly tags: ReadonlyMap<string, Content<FoundTags>>;
  /** By reference, of tags that the registry has been asked about. */
  readonly facts: ReadonlyMap<string, Content<FoundTag>>;
}

export const repositoryKey = (name: string) => `r ${name}`;
export const tagKey = (reference: string) => `t ${reference}`;

/** The rows that are to be seen, from top to bottom. */
export function placedRows(tree: ResultTree): readonly PlacedRow[] {
  const rows = tree.results.map((repository): ResultRow => {
    return { kind: 'repository', key: repositoryKey(repository.name), repository };
  });
  return placed(tree, rows, 1);
}

function placed(tree: ResultTree, rows: readonly ResultRow[], level: number): readonly PlacedRow[] {
  return rows.flatMap((row, at) => {
    const isUnfolded = tree.unfolded.has(row.key);
    const canUnfold = row.kind === 'repository' || row.kind === 'tag';
    const shape = { level, expanded: canUnfold ? isUnfolded : undefined };
    const own = { row, shape, position: at + 1, setSize: rows.length };
    return canUnfold && isUnfolded ? [own, ...placed(tree, below(tree, row), level + 1)] : [own];
  });
}

function below(tree: ResultTree, row: ResultRow): readonly ResultRow[] {
  if (row.kind === 'repository') return tagRows(tree, row.key, row.repository.name);
  return row.kind === 'tag' ? platformRows(row) : [];
}

function tagRows(tree: ResultTree, parent: string, repository: string): readonly ResultRow[] {
  const content = tree.tags.get(repository) ?? { kind: 'loading' };
  const { tags = [], total = 0 } = content.value ?? {};
  const rows = tags.map((tag): ResultRow => {
    const reference = `${repository}:${tag.tag}`;
    const asked = tree.facts.get(reference);
    return { kind: 'tag', key: tagKey(reference), repository, tag: known(tree, reference) ?? tag, asked };
  });
  if (content.kind === 'failed') return [...rows, messageRow(parent, content)];
  if (content.kind === 'loading') return [...rows, messageRow(parent, { kind: 'loading' })];
  if (rows.length === 0) return [messageRow(parent, { kind: 'empty' })];
  const more = total - rows.length;
  return more > 0 ? [...rows, messageRow(parent, { kind: 'more', count: more })] : rows;
}

/** What the registry has said of a tag when it was asked about that one. */
export function known({ facts }: Pick<ResultTree, 'facts'>, reference: string): FoundTag | undefined {
  const content = facts.get(reference);
  return content && content.kind !== 'failed' ? content.value : undefined;
}

function platformRows({
  key,
  repository,
  tag,
  asked: content,
}: Extract<ResultRow, { kind: 'tag' }>): readonly ResultRow[] {
  if (content?.kind === 'failed') return [messageRow(key, content)];
  const rows = (tag.platforms ?? []).map((platform, at): ResultRow => {
    return { kind: 'platform', key: `p ${at} ${key}`, repository, tag, platform };
  });
  return content?.kind === 'loading' || rows.length === 0
    ? [...rows, messageRow(key, { kind: content?.kind === 'there' ? 'empty' : 'loading' })]
    : rows;
}

/** Why what a row stands for, or what would be in its place, did not come. */
export function failureOf(row: ResultRow | undefined): Failure | undefined {
  if (row?.kind === 'message') return row.message.kind === 'failed' ? row.message.failure : undefined;
  return row?.kind === 'tag' && row.asked?.kind === 'failed' ? row.asked.failure : undefined;
}

function messageRow(parent: string, message: Message): ResultRow {
  return { kind: 'message', key: `m ${parent}`, parent, message };
}
