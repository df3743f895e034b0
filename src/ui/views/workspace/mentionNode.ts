import { l10n, type MarkdownString, ThemeColor, ThemeIcon, TreeItem, type Uri } from 'vscode';
import { viewItems } from '../../../contributions.ts';
import type { Mention, MentionReason } from '../../../documents/mention.ts';
import { canonicalReference, isOfficial } from '../../../engine/oci/reference.ts';
import type { Place } from '../../commands/arguments.ts';
import { foreignText } from '../../foreignText.ts';
import { appendForeign, lineBreak, markdown } from '../../markdown.ts';
import { toRange } from '../../mentions.ts';
import { originText } from '../../originText.ts';
import { reasonLabel, reasonText } from '../../reasonText.ts';
import { shortReference } from '../../referenceText.ts';
import type { TreeNode } from '../treeNode.ts';

/** An image reference in a file of the workspace; a click goes to it. */
export class MentionNode implements TreeNode {
  readonly id: string;
  readonly parent: TreeNode;
  readonly mention: Mention;
  readonly #uri: Uri;

  constructor(parent: TreeNode, uri: Uri, mention: Mention, index: number) {
    this.id = `${parent.id}#${index}`;
    this.parent = parent;
    this.mention = mention;
    this.#uri = uri;
  }

  get place(): Place {
    return { uri: this.#uri, position: toRange(this.mention.range).start };
  }

  item(): TreeItem {
    const { mention } = this;
    const label = labelOf(mention);
    const item = new TreeItem(label);
    const line = l10n.t('line {0}', mention.range.start.line + 1);
    const state = stateLabel(mention);
    item.id = this.id;
    item.contextValue = contextValue(mention);
    item.iconPath = icon(mention);
    // Whose image it is comes first: it must be seen also where the view is narrow.
    const facts = [mention.reference && originText(mention.reference), state, line].filter(Boolean);
    item.description = facts.join(' · ');
    item.accessibilityInformation = { label: [label, ...facts].join(', ') };
    item.command = {
      command: 'vscode.open',
      title: l10n.t('Go to Reference'),
      arguments: [this.#uri, { selection: toRange(mention.range) }],
    };
    return item;
  }

  tooltip(): MarkdownString {
    const { mention } = this;
    const content = markdown();
    if (!mention.reference) {
      appendForeign(content, mention.text, 200);
      return content.appendMarkdown(lineBreak).appendText(reasonText(mention));
    }
    appendForeign(content, canonicalReference(mention.reference), 400);
    if (isOfficial(mention.reference)) {
      content.appendMarkdown(`${lineBreak}$(verified) ${l10n.t('Docker Official Image')}`);
    }
    if (mention.text.includes('$')) {
      content.appendMarkdown(`${lineBreak}${l10n.t('Written as')} `);
      appendForeign(content, mention.text, 200);
    }
    return content;
  }
}

/** Without the host, which stands behind it: a long one would leave no room for the rest. */
function labelOf({ reference, text }: Mention): string {
  return reference ? shortReference({ ...reference, registry: 'docker.io' }) : foreignText(text, 120);
}

function stateLabel(mention: Mention): string {
  if (!mention.reference) return reasonLabel(mention);
  return mention.reference.digest === undefined ? l10n.t('not pinned') : l10n.t('pinned');
}

function contextValue({ reference }: Mention): string {
  if (!reference) return viewItems.otherMention;
  return reference.digest === undefined ? viewItems.floatingMention : viewItems.pinnedMention;
}

const reasonIcons: Record<MentionReason, ThemeIcon> = {
  scratch: new ThemeIcon('circle-slash'),
  stage: new ThemeIcon('references'),
  built: new ThemeIcon('tools'),
  'unresolved-argument': new ThemeIcon('question'),
  invalid: new ThemeIcon('error', new ThemeColor('list.errorForeground')),
};

function icon({ reference, reason = 'invalid' }: Mention): ThemeIcon {
  if (!reference) return reasonIcons[reason];
  return new ThemeIcon(reference.digest === undefined ? 'tag' : 'pinned');
}
