import { l10n, window } from 'vscode';
import type { EngineProgress } from '../../../engine/dockerEngine/engineProgress.ts';
import type { Removal } from '../../../engine/image.ts';
import { type Digest, shortDigest } from '../../../engine/oci/digest.ts';
import {
  canonicalReference,
  familiarReference,
  type TaggedReference,
} from '../../../engine/oci/reference.ts';
import { formatSize } from '../../format.ts';
import { askFirst, sayBriefly } from '../../notices.ts';
import { engineMeter, type TransferProgress } from '../../transferProgress.ts';
import type { TransferJob, Transfers } from '../../transfers.ts';
import { EngineImageNode } from '../../views/images/engines/engineImageNode.ts';
import { EngineNode } from '../../views/images/engines/engineNode.ts';
import type { ImagesView } from '../../views/images/imagesView.ts';
import { askTag, warning } from '../askTag.ts';
import { offerRemedies } from '../remedies.ts';
import { selectedRows } from '../selectedRows.ts';

/**
 * What the menus offer on the images of Docker engines. Each verb gives `undefined` where the row is none of an engine, so
 * that the same command can be for the store's.
 */
export class EngineVerbs {
  readonly #transfers: Transfers;
  readonly #images: ImagesView;

  constructor(transfers: Transfers, images: ImagesView) {
    this.#transfers = transfers;
    this.#images = images;
  }

  tag(row: unknown): Promise<void> | undefined {
    return row instanceof EngineImageNode ? this.#tag(row) : undefined;
  }

  remove(args: readonly unknown[]): Promise<void> | undefined {
    const rows = selectedRows(EngineImageNode, args);
    return rows.length > 0 ? this.#remove(rows) : undefined;
  }

  prune(row: unknown): Promise<void> | undefined {
    return row instanceof EngineNode ? this.#prune(row) : undefined;
  }

  pull(row: unknown): Promise<void> | undefined {
    return row instanceof EngineImageNode && row.tag ? this.#pull(row, row.tag) : undefined;
  }

  push(row: unknown): Promise<void> | undefined {
    return row instanceof EngineImageNode ? this.#push(row) : undefined;
  }

  async #tag(row: EngineImageNode): Promise<void> {
    const tag = await this.#askTag(row, l10n.t('Tag {0}', row.displayName));
    if (!tag) return;
    await row.parent.engine.tag(row.image.id, tag);
    sayBriefly(
      l10n.t('{0} is {1} in {2}', familiarReference(tag), shortDigest(row.image.id), row.parent.name),
    );
  }

  #askTag(row: EngineImageNode, title: string): Promise<TaggedReference | undefined> {
    return askTag({
      title,
      prompt: l10n.t('A name in the Docker engine {0}; without a tag it is latest.', row.parent.name),
      value: row.tag ? familiarReference(row.tag) : '',
      note: async (tag) =>
        isTaken(row, tag) ? warning(l10n.t('The tag moves from another image.')) : undefined,
    });
  }

  async #remove(rows: readonly EngineImageNode[]): Promise<void> {
    const [first] = rows;
    if (!first) return;
    const remove = l10n.t('Remove');
    const question =
      rows.length === 1
        ? l10n.t('Remove {0} from the Docker engine {1}?', first.displayName, first.parent.name)
        : l10n.t('Remove {0} images from their Docker engines?', rows.length);
    const detail = rows.map(consequence).join('\n');
    if ((await askFirst(question, detail, remove)) !== remove) return;
    const removals: Removal[] = [];
    for (const row of rows) removals.push(...(await row.parent.engine.remove(row.engineName)));
    sayBriefly(l10n.t('Removed {0}', removals.map(({ name }) => name)[0] ?? first.displayName));
  }

  async #prune({ engine, name }: EngineNode): Promise<void> {
    const dangling = {
      label: l10n.t('Dangling Images'),
      detail: l10n.t('No tag leads to them.'),
      all: false,
    };
    const unused = {
      label: l10n.t('All Unused Images'),
      detail: l10n.t('No container uses them.'),
      all: true,
    };
    const title = l10n.t('Prune Images of the Docker Engine {0}', name);
    const scope = await window.showQuickPick([dangling, unused], { title });
    if (!scope) return;
    const prune = l10n.t('Prune');
    const question = scope.all
      ? l10n.t('Remove all images of {0} that no container uses?', name)
      : l10n.t('Remove all dangling images of {0}?', name);
    if ((await askFirst(question, undefined, prune)) !== prune) return;
    const { removals, reclaimed } = await this.#images.whileBusy(title, () => engine.prune(scope));
    const count = removals.filter(({ kind }) => kind === 'deleted').length;
    const text = count === 1 ? l10n.t('1 deleted') : l10n.t('{0} deleted', count);
    sayBriefly(
      reclaimed === undefined ? text : l10n.t('{0}; total reclaimed space: {1}', text, formatSize(reclaimed)),
    );
  }

  async #pull(row: EngineImageNode, tag: TaggedReference): Promise<void> {
    const { engine, name } = row.parent;
    await this.#follow({
      kind: 'pull',
      key: `${name} ${canonicalReference(tag)}`,
      label: familiarReference(tag),
      name: l10n.t('{0} in the Docker engine {1}', familiarReference(tag), name),
      detail: name,
      run: (report, signal) => followEngine(engine.pull(tag, {}, signal), report),
      retry: () => this.#pull(row, tag),
    });
  }

  async #push(row: EngineImageNode): Promise<void> {
    const tag = await this.#askTag(row, l10n.t('Push {0}', row.displayName));
    if (!tag) return;
    const isNew = !row.image.tags.some((own) => canonicalReference(own) === canonicalReference(tag));
    if (isNew) await row.parent.engine.tag(row.image.id, tag);
    await this.#pushTag(row, tag);
  }

  async #pushTag(row: EngineImageNode, tag: TaggedReference): Promise<void> {
    const { engine, name } = row.parent;
    await this.#follow({
      kind: 'push',
      key: `${name} ${canonicalReference(tag)}`,
      label: familiarReference(tag),
      name: l10n.t('{0} from the Docker engine {1}', familiarReference(tag), name),
      detail: name,
      run: (report, signal) => followEngine(engine.push(tag, signal), report),
      retry: () => this.#pushTag(row, tag),
    });
  }

  async #follow(job: TransferJob<Digest | undefined>): Promise<void> {
    const outcome = await this.#images.whileBusy(job.name, () => this.#transfers.start(job));
    if (outcome.kind === 'failed') await offerRemedies(outcome.error, [], this.#images.visible);
    if (outcome.kind === 'done') {
      const digest = outcome.value && shortDigest(outcome.value);
      sayBriefly(digest ? l10n.t('{0}: {1}', job.name, digest) : l10n.t('{0}: done', job.name));
    }
  }
}

/** Reads what an engine tells to its end; the digest is what a registry calls what was pushed. */
export async function followEngine(
  events: AsyncIterable<EngineProgress>,
  report: (progress: TransferProgress) => void,
): Promise<Digest | undefined> {
  const meter = engineMeter();
  let digest: Digest | undefined;
  for await (const event of events) {
    report(meter(event));
    digest = event.pushed?.digest ?? digest;
  }
  return digest;
}

function isTaken({ neighbours, image }: EngineImageNode, tag: TaggedReference): boolean {
  const name = canonicalReference(tag);
  return neighbours.some(
    ({ id, tags }) => id !== image.id && tags.some((other) => canonicalReference(other) === name),
  );
}

function consequence({ image, displayName, tag }: EngineImageNode): string {
  return tag && image.tags.length > 1
    ? l10n.t('{0} is untagged; the image keeps its other tags.', displayName)
    : l10n.t(
        '{0} is deleted ({1} unpacked), unless a container uses it.',
        displayName,
        formatSize(image.size),
      );
}
