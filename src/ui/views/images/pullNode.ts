import { l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem } from 'vscode';
import { viewItems } from '../../../contributions.ts';
import { formatPlatform } from '../../../engine/oci/platform.ts';
import { familiarReference } from '../../../engine/oci/reference.ts';
import { errorText } from '../../errorText.ts';
import { formatSize } from '../../format.ts';
import type { PullProgress } from '../../pullProgress.ts';
import type { PullTask } from '../../pulls.ts';
import type { TreeNode } from '../treeNode.ts';

/** A pull under way, or one that failed and waits to be retried or dismissed. */
export class PullNode implements TreeNode {
  readonly id: string;
  readonly parent = undefined;
  readonly #task: () => PullTask;

  /** @param task gives how far it is now: the row is drawn again while it stands. */
  constructor(id: string, task: () => PullTask) {
    this.id = `pull:${id}`;
    this.#task = task;
  }

  get task(): PullTask {
    return this.#task();
  }

  item(): TreeItem {
    const { reference, platform, progress, error } = this.task;
    const failed = error !== undefined;
    // Without the host, so that a narrow side bar still has room for how far it is.
    const item = new TreeItem(familiarReference({ ...reference, registry: 'docker.io' }));
    item.id = this.id;
    item.contextValue = failed ? viewItems.failedPull : viewItems.runningPull;
    item.iconPath = failed
      ? new ThemeIcon('error', new ThemeColor('list.errorForeground'))
      : new ThemeIcon('loading~spin');
    const text = failed ? errorText(error) : progressText(progress);
    item.description = platform ? `${formatPlatform(platform)} · ${text}` : text;
    item.accessibilityInformation = { label: l10n.t('Pull of {0}: {1}', familiarReference(reference), text) };
    return item;
  }

  tooltip(): MarkdownString {
    const { reference, progress, error } = this.task;
    const text = error === undefined ? progressText(progress) : errorText(error);
    return new MarkdownString(`**${familiarReference(reference)}**\n\n`).appendText(text);
  }
}

export function progressText({ phase, received, total, layersDone, layers }: PullProgress): string {
  switch (phase) {
    case 'resolving':
      return l10n.t('looking it up…');
    case 'downloading':
      return l10n.t(
        '{0} of {1}, {2} of {3} layers',
        formatSize(received),
        formatSize(total),
        layersDone,
        layers,
      );
    case 'finishing':
      return l10n.t('finishing…');
  }
}
