import { type InputBoxValidationMessage, l10n, window } from 'vscode';
import { isEngineError } from '../../engine/errors.ts';
import { shortDigest } from '../../engine/oci/digest.ts';
import {
  canonicalName,
  canonicalReference,
  familiarReference,
  type Reference,
  type TaggedReference,
  withTag,
} from '../../engine/oci/reference.ts';
import type { EngineHost } from '../engineHost.ts';
import { shortReference } from '../referenceText.ts';
import type { TransferJob, Transfers } from '../transfers.ts';
import type { ImagesView } from '../views/images/imagesView.ts';
import { wantedImage } from './arguments.ts';
import { askReference } from './askReference.ts';
import { askTag, warning } from './askTag.ts';
import { labelWithoutHost } from './labelWithoutHost.ts';
import { followPush, officialNote, type Pushed } from './pushing.ts';
import { offerRemedies, signInRemedy } from './remedies.ts';

/** Copies images from one registry or repository to another, every platform of them; nothing is kept here. */
export class CopyingToRegistry {
  readonly #host: EngineHost;
  readonly #transfers: Transfers;
  readonly #images: ImagesView;

  constructor(host: EngineHost, transfers: Transfers, images: ImagesView) {
    this.#host = host;
    this.#transfers = transfers;
    this.#images = images;
  }

  async ask(argument: unknown): Promise<void> {
    const asked = wantedImage(argument) ?? (await askReference(l10n.t('Copy to Registry: From')));
    if (!asked) return;
    const { reference: source } = asked;
    const target = await askTag({
      title: l10n.t('Copy {0} to Registry', shortReference(source)),
      prompt: l10n.t('Where to: all platforms go along, and nothing is kept here.'),
      value: familiarReference(withTag(source, source.tag ?? 'latest')),
      note: async (name) => targetNote(source, name),
    });
    if (target) await this.copy(source, target);
  }

  async copy(source: Reference, target: TaggedReference): Promise<void> {
    const name = familiarReference(target);
    const outcome = await this.#images.whileBusy(l10n.t('Copying to {0}', name), () =>
      this.#transfers.start(this.#job(source, target)),
    );
    if (outcome.kind === 'failed') {
      const registry = isEngineError(outcome.error) ? outcome.error.facts.registry : undefined;
      const remedies = signInRemedy(outcome.error, registry ?? target.registry, () =>
        this.copy(source, target),
      );
      await offerRemedies(outcome.error, remedies, this.#images.visible);
    }
    if (outcome.kind === 'done') {
      const digest = shortDigest(outcome.value.digest);
      window.setStatusBarMessage(l10n.t('Copied to {0}: {1}', name, digest), 8000);
    }
  }

  #job(source: Reference, target: TaggedReference): TransferJob<Pushed> {
    return {
      kind: 'copy',
      key: [source, target].map(canonicalReference).join(' '),
      label: labelWithoutHost(target),
      name: l10n.t('{0} from {1}', familiarReference(target), familiarReference(source)),
      run: (report, signal) => followPush(this.#host.engine.copy(source, target, {}, signal), report),
      retry: () => this.copy(source, target),
      result: ({ digest }) => ({ text: l10n.t('copied as {0}', shortDigest(digest)), digest }),
    };
  }
}

function targetNote(source: Reference, target: TaggedReference): InputBoxValidationMessage | undefined {
  const isSame = canonicalName(source) === canonicalName(target) && source.tag === target.tag;
  return isSame && source.digest === undefined
    ? warning(l10n.t('This is where it is: change the registry, the repository or the tag.'))
    : officialNote(target);
}
