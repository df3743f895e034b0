import { l10n, type QuickPickItem, window } from 'vscode';
import type { DockerEngine } from '../../../engine/dockerEngine/dockerEngine.ts';
import type { KnownEngine } from '../../../engine/dockerEngine/engineEndpoint.ts';
import type { LoadEvent } from '../../../engine/transfer/loadEvent.ts';
import type { EngineHost } from '../../engineHost.ts';
import { errorText } from '../../errorText.ts';
import { inertText } from '../../foreignText.ts';
import { inform, sayBriefly } from '../../notices.ts';
import type { TransferProgress } from '../../transferProgress.ts';
import type { TransferJob } from '../../transfers.ts';
import { EngineImageNode } from '../../views/images/engines/engineImageNode.ts';
import { chooseImages, engineName, imageName } from '../chosenImage.ts';
import { loadedText } from '../loading.ts';
import { selectedRows } from '../selectedRows.ts';
import type { ShownTransfers } from '../shownTransfers.ts';

type Loaded = Extract<LoadEvent, { kind: 'loaded' }>;

interface EngineItem extends QuickPickItem {
  readonly known: KnownEngine;
}

/** Copies images between the store and Docker engines, and from one engine to another: the same IDs everywhere. */
export class EngineCopies {
  readonly #host: EngineHost;
  readonly #transfers: ShownTransfers;

  constructor(host: EngineHost, transfers: ShownTransfers) {
    this.#host = host;
    this.#transfers = transfers;
  }

  async toStore(...args: readonly unknown[]): Promise<void> {
    for (const row of selectedRows(EngineImageNode, args)) {
      const loaded = await this.#run(this.#loadJob(row));
      if (loaded) sayBriefly(loadedText(loaded));
    }
  }

  /** Of images of an engine to another one, else of images of the store. */
  async toEngine(...args: readonly unknown[]): Promise<void> {
    const rows = selectedRows(EngineImageNode, args);
    if (rows.length > 0) return this.#betweenEngines(rows);
    const chosen = await chooseImages(this.#host, args, l10n.t('Copy Images to a Docker Engine'));
    if (chosen.length === 0) return;
    const engine = await this.#askEngine(l10n.t('Copy {0} To', chosen.map(imageName).join(', ')));
    if (!engine) return;
    const names = chosen.map(engineName);
    const copied = await this.#run(
      this.#copyJob(engine, names.join(' '), chosen.map(imageName).join(', '), (signal) =>
        this.#host.engine.save(names, signal),
      ),
    );
    if (copied) sayBriefly(copied.filter(Boolean).join('; '));
  }

  async #betweenEngines(rows: readonly EngineImageNode[]): Promise<void> {
    const label = rows.map(({ displayName }) => displayName).join(', ');
    const sources = new Set(rows.map(({ parent }) => parent.name));
    const engine = await this.#askEngine(l10n.t('Copy {0} To', label), sources);
    if (!engine) return;
    for (const { parent, engineName: name, displayName } of rows) {
      const source = parent.engine;
      await this.#run(
        this.#copyJob(engine, `${parent.name} ${name}`, displayName, (signal) => source.save([name], signal)),
      );
    }
  }

  async #askEngine(
    title: string,
    without: ReadonlySet<string> = new Set(),
  ): Promise<DockerEngine | undefined> {
    const known = (await this.#host.engine.dockerEngines.known()).filter(({ name }) => !without.has(name));
    if (known.length === 0) {
      void inform(l10n.t('No other Docker engine was found on this machine.'));
      return undefined;
    }
    const placeHolder = l10n.t('A Docker engine');
    const item = await window.showQuickPick(known.map(engineItem), { title, placeHolder });
    if (!item) return undefined;
    if ('problem' in item.known) throw item.known.problem;
    return this.#host.engine.dockerEngines.at(item.known.endpoint);
  }

  #loadJob(row: EngineImageNode): TransferJob<readonly Loaded[]> {
    const { engine, name } = row.parent;
    return {
      kind: 'copy',
      key: `${name} ${row.engineName} to the store`,
      label: row.displayName,
      name: l10n.t('{0} from the Docker engine {1} to the store', row.displayName, name),
      detail: l10n.t('{0} → store', name),
      run: async (report, signal) => {
        const loaded: Loaded[] = [];
        for await (const event of this.#host.engine.copyFromDocker(engine, [row.engineName], signal)) {
          if (event.kind === 'reading') report({ phase: 'moving', moved: event.received });
          if (event.kind === 'loaded') loaded.push(event);
        }
        return loaded;
      },
      retry: () => this.toStore(row),
    };
  }

  /** The value is what the engine says of what it loaded. */
  #copyJob(
    engine: DockerEngine,
    key: string,
    label: string,
    read: (signal: AbortSignal) => AsyncIterable<Uint8Array>,
  ): TransferJob<readonly string[]> {
    const { name } = engine.endpoint;
    const job: TransferJob<readonly string[]> = {
      kind: 'copy',
      key: `${key} to ${name}`,
      label,
      name: l10n.t('{0} to the Docker engine {1}', label, name),
      detail: l10n.t('→ {0}', name),
      run: async (report, signal) => {
        const said: string[] = [];
        for await (const { status } of engine.load(counted(read(signal), report), signal)) said.push(status);
        return said;
      },
      retry: () => this.#run(job),
    };
    return job;
  }

  #run<T>(job: TransferJob<T>): Promise<T | undefined> {
    return this.#transfers.run(job.name, job);
  }
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  report: (progress: TransferProgress) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let moved = 0;
  for await (const piece of bytes) {
    moved += piece.length;
    report({ phase: 'moving', moved });
    yield piece;
  }
  report({ phase: 'finishing', moved });
}

function engineItem(known: KnownEngine): EngineItem {
  const description = 'endpoint' in known ? inertText(known.endpoint.host) : errorText(known.problem);
  return { label: inertText(known.name), description, known };
}
