import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { ImageArchive } from '../../src/engine/archive/imageArchive.ts';
import { Store } from '../../src/engine/store/store.ts';
import type { Target } from '../../src/engine/target.ts';
import { run } from '../support/realParts/command.ts';
import { describeTarget } from './targetContract.ts';
import type { TargetFixture } from './targetFixture.ts';

/**
 * An archive is only read. What the contract pushes goes to a layout, and whenever it reads, it reads the tar that GNU tar
 * makes of that layout as it is then, damage included.
 */
class ArchivedLayout implements Target {
  readonly label = 'an archive';
  readonly #store: Store;
  readonly #folder: string;

  constructor(store: Store, folder: string) {
    this.#store = store;
    this.#folder = folder;
  }

  readonly push: Store['push'] = (...call) => this.#store.push(...call);
  readonly tag: Store['tag'] = (...call) => this.#store.tag(...call);

  readonly resolve: Target['resolve'] = async (name, signal) => (await this.#archive()).resolve(name, signal);
  readonly exists: Target['exists'] = async (blob, signal) => (await this.#archive()).exists(blob, signal);

  readonly fetch: Target['fetch'] = async (blob, range, signal): Promise<Readable> =>
    (await this.#archive()).fetch(blob, range, signal);

  async *list(signal?: AbortSignal): AsyncGenerator<string, void, undefined> {
    yield* (await this.#archive()).list(signal);
  }

  async #archive(): Promise<ImageArchive> {
    // A store that nothing was pushed to yet is no layout.
    await using _lease = await this.#store.lease();
    // Readers come several at once: what one of them makes is its own.
    const own = await mkdtemp(path.join(this.#folder, 'tar-'));
    const tar = path.join(own, 'archive.tar');
    const parts = ['oci-layout', 'blobs', ...((await this.#hasIndex()) ? ['index.json'] : [])];
    await run('tar', ['--create', '--file', tar, '--directory', this.#store.directory, ...parts]);
    if (!(await this.#hasIndex())) await addEmptyIndex(tar);
    return await ImageArchive.open(tar, 'oci-archive');
  }

  async #hasIndex(): Promise<boolean> {
    return (await this.#store.entries()).length > 0;
  }
}

async function addEmptyIndex(tar: string): Promise<void> {
  const folder = path.dirname(tar);
  await writeFile(path.join(folder, 'index.json'), '{"schemaVersion":2,"manifests":[]}');
  await run('tar', ['--append', '--file', tar, '--directory', folder, 'index.json']);
}

describeTarget('an OCI archive', async (): Promise<TargetFixture> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'strata-contract-'));
  const store = new Store({ directory: path.join(folder, 'store') });
  return {
    target: new ArchivedLayout(store, folder),
    name: (tag) => `registry.example/acme/app:${tag}`,
    blobFile: ({ digest }) => store.blobPath(digest),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
