import { l10n, ProgressLocation, window } from 'vscode';
import type { RemoteImage } from '../../engine/image.ts';
import { familiarReference, type Reference } from '../../engine/oci/reference.ts';
import { abortOn } from '../abort.ts';
import type { EngineHost } from '../engineHost.ts';

/** All that the registry says of a reference now. `undefined` where the person gave up waiting. */
export async function lookUpImage(host: EngineHost, reference: Reference): Promise<RemoteImage | undefined> {
  const title = l10n.t('Looking up {0}', familiarReference(reference));
  return window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (_progress, token) => {
      using cancel = abortOn(token);
      let latest: RemoteImage | undefined;
      for await (const snapshot of host.engine.lookUp(reference, { maxAge: 0 }, cancel.signal))
        latest = snapshot;
      return token.isCancellationRequested ? undefined : latest;
    },
  );
}
