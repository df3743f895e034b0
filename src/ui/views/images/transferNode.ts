import { l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem } from 'vscode';
import { type ViewItem, viewItems } from '../../../contributions.ts';
import type { Digest } from '../../../engine/oci/digest.ts';
import { errorText } from '../../errorText.ts';
import { formatSize } from '../../format.ts';
import { appendForeign } from '../../markdown.ts';
import type { TransferProgress } from '../../transferProgress.ts';
import type { Transfer, TransferKind } from '../../transfers.ts';
import type { TreeNode } from '../treeNode.ts';

/** A transfer under way, one that failed and waits to be retried or dismissed, or one whose result is to be read. */
export class TransferNode implements TreeNode {
  readonly id: string;
  readonly parent = undefined;
  readonly #transfer: () => Transfer;

  /** @param transfer gives how far it is now: the row is drawn again while it stands. */
  constructor(id: string, transfer: () => Transfer) {
    this.id = `transfer:${id}`;
    this.#transfer = transfer;
  }

  get transfer(): Transfer {
    return this.#transfer();
  }

  /** Of what came of it. */
  get digest(): Digest | undefined {
    return this.transfer.result?.digest;
  }

  item(): TreeItem {
    const { label, detail, name, kind } = this.transfer;
    const [contextValue, icon] = this.#look();
    const item = new TreeItem(label);
    item.id = this.id;
    item.contextValue = contextValue;
    item.iconPath = icon;
    const text = this.#text();
    item.description = detail ? `${detail} · ${text}` : text;
    item.accessibilityInformation = { label: `${kindText(kind)} ${name}, ${item.description}` };
    return item;
  }

  tooltip(): MarkdownString {
    const { name, result } = this.transfer;
    const content = new MarkdownString('**');
    appendForeign(content, name, 300);
    content.appendMarkdown('**\n\n').appendText(this.#text());
    return result ? content.appendMarkdown(`\n\n\`${result.digest}\``) : content;
  }

  #look(): readonly [ViewItem, ThemeIcon] {
    const { error, result } = this.transfer;
    if (error !== undefined) {
      const red = new ThemeColor('list.errorForeground');
      return [viewItems.failedTransfer, new ThemeIcon('error', red)];
    }
    return result
      ? [viewItems.doneTransfer, new ThemeIcon('check')]
      : [viewItems.runningTransfer, new ThemeIcon('loading~spin')];
  }

  #text(): string {
    const { kind, progress, error, result } = this.transfer;
    if (error !== undefined) return errorText(error);
    return result?.text ?? `${kindText(kind)} ${progressText(progress)}`;
  }
}

function kindText(kind: TransferKind): string {
  switch (kind) {
    case 'pull':
      return l10n.t('pulling');
    case 'push':
      return l10n.t('pushing');
    case 'copy':
      return l10n.t('copying');
    case 'save':
      return l10n.t('saving');
    case 'load':
      return l10n.t('loading');
    case 'export':
      return l10n.t('exporting');
  }
}

/** Continues `pulling`. */
export function progressText({ phase, moved, total, layersDone, layers }: TransferProgress): string {
  switch (phase) {
    case 'starting':
      return '…';
    case 'moving': {
      const bytes =
        total === undefined ? formatSize(moved) : l10n.t('{0} of {1}', formatSize(moved), formatSize(total));
      if (layers === undefined) return bytes;
      return l10n.t('{0}, {1} of {2} layers', bytes, layersDone ?? 0, layers);
    }
    case 'finishing':
      return l10n.t('· finishing…');
  }
}
