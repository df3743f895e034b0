import { l10n, type QuickPickItem, window } from 'vscode';
import type { RemoteImage, RemotePlatform } from '../../engine/image.ts';
import { shortDigest } from '../../engine/oci/digest.ts';
import { formatPlatform, hostPlatform, type Platform } from '../../engine/oci/platform.ts';
import { familiarReference, type Reference } from '../../engine/oci/reference.ts';
import type { EngineHost } from '../engineHost.ts';
import { inertText } from '../foreignText.ts';
import { formatSize } from '../format.ts';
import { lookUpImage } from './lookUpImage.ts';

/** Lets a person choose among the platforms that an image is built for. `undefined` where they left. */
export type PlatformPicker = (reference: Reference) => Promise<Platform | undefined>;

export function platformPicker(host: EngineHost): PlatformPicker {
  return async (reference) => {
    const image = await lookUpImage(host, reference);
    return image && pickPlatform(image);
  };
}

/** The same among those of an image that has been looked up. */
export async function pickPlatform(image: RemoteImage): Promise<Platform | undefined> {
  const picked = await window.showQuickPick(platformItems(image), {
    title: l10n.t('Platform of {0}', familiarReference(image.reference)),
    placeHolder: l10n.t('This machine runs {0}', formatPlatform(hostPlatform())),
  });
  return picked?.platform.platform;
}

export interface PlatformItem extends QuickPickItem {
  readonly platform: RemotePlatform;
}

export function platformItems({ platforms = [] }: RemoteImage): PlatformItem[] {
  return platforms.map((platform) => ({
    label: inertText(formatPlatform(platform.platform), 60),
    description: [
      platform.size === undefined ? '' : formatSize(platform.size),
      shortDigest(platform.manifest.digest),
    ]
      .filter(Boolean)
      .join(' · '),
    platform,
  }));
}
