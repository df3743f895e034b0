import { l10n, type QuickPickItem } from 'vscode';
import { newestTagsFirst } from '../../engine/listing/tagOrder.ts';
import type { Platform } from '../../engine/oci/platform.ts';
import { type Reference, withTag } from '../../engine/oci/reference.ts';
import { referrerTagKind } from '../../engine/oci/referrerKind.ts';
import type { EngineHost } from '../engineHost.ts';
import { foreignText } from '../foreignText.ts';
import type { ImageLocation } from '../imageFileSystem/imageLocation.ts';
import { pickLoaded } from './loadedPicker.ts';
import { remoteLocation } from './remoteLocation.ts';

interface TagItem extends QuickPickItem {
  readonly tag: string;
}

/** Tags that are asked for: a registry may have any number. */
const maxTags = 5000;

/**
 * Lets the person pick a tag of a repository in its registry, and reads what it names. `undefined` where they left.
 * @param repository where it has a tag, that one is left out
 * @param platform for which, if not this machine's
 */
export async function pickTagLocation(
  host: EngineHost,
  repository: Reference,
  title: string,
  platform?: Platform,
): Promise<ImageLocation | undefined> {
  const load = async (signal: AbortSignal): Promise<readonly TagItem[]> => {
    const tags: string[] = [];
    for await (const tag of host.engine.tags(repository, signal)) {
      if (tag === repository.tag || referrerTagKind(tag)) continue;
      if (tags.push(tag) === maxTags) break;
    }
    return newestTagsFirst(tags).map((tag) => ({ label: foreignText(tag, 128), tag }));
  };
  const item = await pickLoaded(title, l10n.t('A tag in the registry, the newest first'), load);
  if (!item) return undefined;
  return remoteLocation(host, { reference: withTag(repository, item.tag), ...(platform && { platform }) });
}
