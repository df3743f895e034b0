import { type InputBoxValidationMessage, l10n } from 'vscode';
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
import { sayBriefly } from '../notices.ts';
import { shortReference } from '../referenceText.ts';
import type { TransferJob } from '../transfers.ts';
import { wantedImage } from './arguments.ts';
import { askReference } from './askReference.ts';
import { askTag, warning } from './askTag.ts';
import { labelWithoutHost } from './labelWithoutHost.ts';
import { followPush, officialNote, type Pushed } from './pushing.ts';
import { signInRemedy } from './remedies.ts';
import type { ShownTransfers } from './shownTransfers.ts';

/** Copies images from one registry or repository to another, every platform of them; nothing is kept here. */
export class CopyingToRegistry {
  readonly #host: EngineHost;
  readonly #transfers: ShownTransfers;

  constructor(host: EngineHost, transfers: ShownTransfers) {
    this.#host = host;
    this.#transfers = transfers;
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
    const job = this.#job(source, target);
    const copied = await this.#transfers.run(l10n.t('Copying to {0}', name), job, (error) => {
      const registry = isEngineError(error) ? error.facts.registry : undefined;
      return signInRemedy(error, registry ?? target.registry, () => this.copy(source, target));
    });
    if (!copied) return;
    sayBriefly(l10n.t('Copied to {0}: {1}', name, shortDigest(copied.digest)));
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
