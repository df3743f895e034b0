import { l10n, type QuickPickItem, window } from 'vscode';
import type { StoredImage } from '../../engine/image.ts';
import type { ImageEngine } from '../../engine/imageEngine.ts';
import type { Pruned } from '../../engine/images/pruneImages.ts';
import { shortDigest } from '../../engine/oci/digest.ts';
import { familiarReference } from '../../engine/oci/reference.ts';
import type { EngineHost } from '../engineHost.ts';
import { formatSize } from '../format.ts';
import { askFirst, sayBriefly } from '../notices.ts';
import { DanglingGroupNode } from '../views/images/groupNodes.ts';
import type { ImagesView } from '../views/images/imagesView.ts';
import { untaggedName } from './chosenImage.ts';

const maxNamed = 12;

/** Which images go: Docker's `image prune`, and its `-a`. */
interface Scope extends QuickPickItem {
  readonly all: boolean;
}

/** Shows what would go and, once the person has confirmed exactly that, removes it. */
export async function pruneImages(host: EngineHost, images: ImagesView, argument: unknown): Promise<void> {
  const all = argument instanceof DanglingGroupNode ? false : (await askScope(host))?.all;
  if (all === undefined) return;
  let plan = await host.engine.planPrune({ all });
  if (plan.images.length === 0) {
    say(l10n.t('Nothing to prune: no image is dangling'));
    return;
  }
  // The store may have changed while the preview stood there: what is confirmed is what goes.
  for (;;) {
    if (!(await confirm(plan, all))) return;
    const now = await host.engine.planPrune({ all });
    if (isSame(plan, now)) break;
    plan = now;
  }
  const pruned = await images.whileBusy(l10n.t('Pruning images'), () => host.engine.prune({ all }));
  say(prunedText(pruned));
}

async function askScope({ engine }: EngineHost): Promise<Scope | undefined> {
  return window.showQuickPick<Scope>(scopes(engine), {
    title: l10n.t('Prune Images'),
    placeHolder: l10n.t('Which images to remove; a preview follows'),
  });
}

async function scopes(engine: ImageEngine): Promise<readonly Scope[]> {
  const dangling = await engine.planPrune({ all: false });
  const all = await engine.planPrune({ all: true });
  return [
    scope(l10n.t('Dangling Images'), l10n.t('No tag leads to them.'), false, dangling),
    scope(l10n.t('All Images'), l10n.t('Everything in the store, tagged or not.'), true, all),
  ];
}

function scope(label: string, detail: string, all: boolean, plan: Pruned): Scope {
  return { label, detail, description: `${countText(plan)} · ${formatSize(plan.reclaimedBytes)}`, all };
}

async function confirm(plan: Pruned, all: boolean): Promise<boolean> {
  const prune = l10n.t('Prune');
  const question = all
    ? l10n.t('This will remove all images. Are you sure you want to continue?')
    : l10n.t('This will remove all dangling images. Are you sure you want to continue?');
  return (await askFirst(question, pruneDetail(plan), prune)) === prune;
}

/** An image a line, and what all of it gives back. */
export function pruneDetail({ images, reclaimedBytes, freedBytes }: Pruned): string {
  const lines = images.slice(0, maxNamed).map(imageLine);
  const rest = images.length - lines.length;
  return [
    `${countText({ images })}:`,
    ...lines,
    ...(rest > 0 ? [l10n.t('… and {0} more', rest)] : []),
    '',
    l10n.t('Total reclaimed space: {0}', formatSize(reclaimedBytes)),
    l10n.t('Freed on this disk: {0} (stored compressed)', formatSize(freedBytes)),
  ].join('\n');
}

function imageLine(image: StoredImage): string {
  const names = image.tags.map(familiarReference).join(', ');
  const facts = names ? [names] : [untaggedName(image), shortDigest(image.id)];
  return `• ${[...facts, formatSize(image.size)].join(' · ')}`;
}

function isSame(left: Pruned, right: Pruned): boolean {
  const key = ({ images, freedBytes }: Pruned) =>
    JSON.stringify([images.map(({ manifest, tags }) => [manifest.digest, tags]), freedBytes]);
  return key(left) === key(right);
}

export function prunedText(pruned: Pruned): string {
  const { reclaimedBytes, freedBytes } = pruned;
  return l10n.t(
    'Pruned {0}: {1} reclaimed, {2} on disk',
    countText(pruned),
    formatSize(reclaimedBytes),
    formatSize(freedBytes),
  );
}

function countText({ images }: Pick<Pruned, 'images'>): string {
  return images.length === 1 ? l10n.t('1 image') : l10n.t('{0} images', images.length);
}

function say(text: string): void {
  sayBriefly(text, 10_000);
}
