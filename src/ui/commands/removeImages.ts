import { l10n, window } from 'vscode';
import type { EngineHost } from '../engineHost.ts';
import { formatSize } from '../format.ts';
import type { ImageNode } from '../views/images/imageNode.ts';

const maxNamed = 10;

/** Removes tags, and with its last tag the image, once the person has confirmed what will go. */
export async function removeImages(host: EngineHost, nodes: readonly ImageNode[]): Promise<void> {
  if (nodes.length === 0) return;
  const remove = l10n.t('Remove');
  const options = { modal: true, detail: consequences(nodes) };
  if ((await window.showWarningMessage(question(nodes), options, remove)) !== remove) return;
  const { engine } = host;
  for (const node of nodes) await engine.remove(node.removalName);
}

function question(nodes: readonly ImageNode[]): string {
  const [only] = nodes;
  return nodes.length === 1 && only
    ? l10n.t('Remove {0}?', only.displayName)
    : l10n.t('Remove {0} images?', nodes.length);
}

function consequences(nodes: readonly ImageNode[]): string {
  const lines = nodes.slice(0, maxNamed).map((node) => consequence(node, nodes));
  const rest = nodes.length - lines.length;
  return [...lines, ...(rest > 0 ? [l10n.t('… and {0} more.', rest)] : [])].join('\n');
}

/** The image itself goes with the last of its tags. */
function consequence(node: ImageNode, removed: readonly ImageNode[]): string {
  const { image } = node;
  const goingTags = removed.filter((other) => other.image.id === image.id && other.tag).length;
  if (node.tag && goingTags < image.tags.length) {
    return l10n.t('{0} is untagged; the image stays as {1}.', node.displayName, node.otherTags.join(', '));
  }
  return l10n.t(
    '{0} is deleted ({1} unpacked); layers that other images use stay.',
    node.displayName,
    formatSize(image.size),
  );
}
