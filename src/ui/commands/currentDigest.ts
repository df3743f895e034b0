import { l10n, ProgressLocation, window } from 'vscode';
import type { Digest } from '../../engine/oci/digest.ts';
import { familiarReference, type Reference, withTag } from '../../engine/oci/reference.ts';
import { abortOn } from '../abort.ts';
import type { EngineHost } from '../engineHost.ts';

/**
 * What a reference's tag names now, whatever digest is written behind it. `undefined` where the person gave up waiting.
 */
export async function currentDigest(host: EngineHost, reference: Reference): Promise<Digest | undefined> {
  const tagged = withTag(reference, reference.tag ?? 'latest');
  const title = l10n.t('Looking up {0}', familiarReference(tagged));
  return window.withProgress(
    { location: ProgressLocation.Window, title, cancellable: true },
    async (_progress, token) => {
      using cancel = abortOn(token);
      const { digest } = await host.engine.resolve(tagged, cancel.signal);
      return token.isCancellationRequested ? undefined : digest;
    },
  );
}
