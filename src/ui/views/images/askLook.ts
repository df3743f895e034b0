import { commands, l10n, type QuickPickItem, window } from 'vscode';
import type { SettingName, SettingValue } from '../../../contributions.ts';
import { type ImageGrouping, imageGroupings } from '../../../engine/listing/groupImages.ts';
import { type ImageOrder, imageOrders } from '../../../engine/listing/sortImages.ts';
import { changeSetting, imagesLook } from '../../settings.ts';

interface Choice<V> extends QuickPickItem {
  readonly value: V;
}

/** @param given a key binding's argument: the grouping itself, about which nobody is asked */
export async function askGrouping(given?: unknown): Promise<void> {
  const grouping = imageGroupings.find((one) => one === given);
  if (grouping) return changeSetting('imagesGroupBy', grouping);
  const { groupBy } = imagesLook();
  return ask('imagesGroupBy', l10n.t('Group Images By'), imageGroupings.map(groupingChoice), groupBy);
}

/** @param given a key binding's argument: the order itself, about which nobody is asked */
export async function askOrder(given?: unknown): Promise<void> {
  const order = imageOrders.find((one) => one === given);
  if (order) return changeSetting('imagesSortBy', order);
  const { sortBy } = imagesLook();
  return ask('imagesSortBy', l10n.t('Sort Images By'), imageOrders.map(orderChoice), sortBy);
}

/** All that can be set for the view, labels and descriptions among it. */
export async function openImagesSettings(): Promise<void> {
  await commands.executeCommand('workbench.action.openSettings', 'strata.images');
}

/** What holds now is marked, and where the list opens. */
async function ask<N extends SettingName>(
  setting: N,
  title: string,
  choices: readonly Choice<SettingValue<N>>[],
  now: SettingValue<N>,
): Promise<void> {
  const items = choices.map((choice) =>
    choice.value === now ? { ...choice, description: l10n.t('(now)'), picked: true } : choice,
  );
  const sorted = [
    ...items.filter(({ value }) => value === now),
    ...items.filter(({ value }) => value !== now),
  ];
  const chosen = await window.showQuickPick(sorted, { title, placeHolder: title, matchOnDetail: true });
  if (chosen && chosen.value !== now) await changeSetting(setting, chosen.value);
}

function groupingChoice(value: ImageGrouping): Choice<ImageGrouping> {
  switch (value) {
    case 'None':
      return { value, label: l10n.t('Nothing'), detail: l10n.t('Every tag for itself') };
    case 'Registry':
      return { value, label: l10n.t('Registry'), detail: 'registry.example.com' };
    case 'Repository':
      return { value, label: l10n.t('Repository'), detail: 'registry.example.com/acme/web' };
    case 'RepositoryName':
      return {
        value,
        label: l10n.t('Repository Name'),
        detail: l10n.t('{0}, whatever the registry', 'acme/web'),
      };
    case 'Tag':
      return { value, label: l10n.t('Tag'), detail: 'latest, 1.0, …' };
    case 'ImageId':
      return { value, label: l10n.t('Image ID'), detail: l10n.t('All tags of one image together') };
    case 'CreatedTime':
      return { value, label: l10n.t('Created'), detail: l10n.t('By age') };
  }
}

function orderChoice(value: ImageOrder): Choice<ImageOrder> {
  switch (value) {
    case 'Label':
      return {
        value,
        label: l10n.t('Name'),
        detail: l10n.t('By the alphabet; tags by version, the newest first'),
      };
    case 'CreatedTime':
      return { value, label: l10n.t('Created'), detail: l10n.t('The newest first') };
    case 'Size':
      return { value, label: l10n.t('Size'), detail: l10n.t('The largest first') };
  }
}
