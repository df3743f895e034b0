import { l10n } from 'vscode';
import { isEngineError } from '../../engine/errors.ts';
import { formatPlatform, type Platform } from '../../engine/oci/platform.ts';
import { canonicalReference, familiarReference, type Reference } from '../../engine/oci/reference.ts';
import type { PullEvent } from '../../engine/transfer/pullEvent.ts';
import type { EngineHost } from '../engineHost.ts';
import { foreignText } from '../foreignText.ts';
import { sayBriefly, warn } from '../notices.ts';
import { shortReference } from '../referenceText.ts';
import { pullMeter } from '../transferProgress.ts';
import type { TransferJob } from '../transfers.ts';
import { wantedImage } from './arguments.ts';
import { askReference } from './askReference.ts';
import { labelWithoutHost } from './labelWithoutHost.ts';
import type { PlatformPicker } from './platformPicker.ts';
import { type Remedy, signInRemedy } from './remedies.ts';
import type { ShownTransfers } from './shownTransfers.ts';

type Pulled = Extract<PullEvent, { kind: 'done' }>;

/** Starts pulls, and tells how they end where the view does not. */
export class Pulling {
  readonly #host: EngineHost;
  readonly #transfers: ShownTransfers;
  readonly #pickPlatform: PlatformPicker;

  constructor(host: EngineHost, transfers: ShownTransfers, pickPlatform: PlatformPicker) {
    this.#host = host;
    this.#transfers = transfers;
    this.#pickPlatform = pickPlatform;
  }

  /** Asks what to pull; for another platform than this machine's on demand. */
  async ask(): Promise<void> {
    const answer = await askReference(l10n.t('Pull Image'), { platformButton: true });
    if (!answer) return;
    const { reference } = answer;
    if (!answer.otherPlatform) return this.pull(reference);
    const platform = await this.#pickPlatform(reference);
    if (platform) await this.pull(reference, platform);
  }

  /** Pulls what a row or a link stands for. */
  async pullArgument(argument: unknown): Promise<void> {
    const wanted = wantedImage(argument);
    if (wanted) await this.pull(wanted.reference, wanted.platform);
    else await this.ask();
  }

  async pull(reference: Reference, platform?: Platform): Promise<void> {
    const name = shortReference(reference);
    const job = this.#job(reference, platform);
    const pulled = await this.#transfers.run(l10n.t('Pulling {0}', name), job, (error) =>
      this.#remedies(error, reference, platform),
    );
    if (!pulled) return;
    sayBriefly(l10n.t('Pulled {0}', name), 5000);
    if (pulled.mismatch) void warn(mismatchText(name, pulled.mismatch));
  }

  #job(reference: Reference, platform: Platform | undefined): TransferJob<Pulled> {
    const detail = platform && foreignText(formatPlatform(platform), 60);
    return {
      kind: 'pull',
      key: [canonicalReference(reference), detail].join(' '),
      label: labelWithoutHost(reference),
      name: familiarReference(reference),
      ...(detail !== undefined && { detail }),
      run: async (report, signal) => {
        const meter = pullMeter();
        let done: Pulled | undefined;
        const options = platform ? { platform } : {};
        for await (const event of this.#host.engine.pull(reference, options, signal)) {
          report(meter(event));
          if (event.kind === 'done') done = event;
        }
        if (!done) throw new Error('the pull ended without a result');
        return done;
      },
      retry: () => this.pull(reference, platform),
    };
  }

  #remedies(error: unknown, reference: Reference, platform: Platform | undefined): readonly Remedy[] {
    if (!isEngineError(error, 'NoSuchPlatform')) {
      return signInRemedy(error, reference.registry, () => this.pull(reference, platform));
    }
    const act = async () => {
      const other = await this.#pickPlatform(reference);
      if (other) await this.pull(reference, other);
    };
    return [{ label: l10n.t('Choose Platform…'), act }];
  }
}

function mismatchText(name: string, { wanted, actual }: NonNullable<Pulled['mismatch']>): string {
  const text = (platform: Platform) => foreignText(formatPlatform(platform), 60);
  return l10n.t(
    '{0} is for {1} only, not for {2}; it was pulled all the same.',
    name,
    text(actual),
    text(wanted),
  );
}
