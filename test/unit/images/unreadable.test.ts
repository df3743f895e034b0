import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isEngineError } from '../../../src/engine/errors.ts';
import { ImageEngine } from '../../../src/engine/imageEngine.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { Store } from '../../../src/engine/store/store.ts';

describe('an image that another tool left broken', () => {
  let directory: string;
  let engine: ImageEngine;
  const bytes = Buffer.from('{"schemaVersion":2,"layers":"none"}');
  const digest = digestOf(bytes);

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'strata-unreadable-'));
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    await using store = new Store({ directory });
    const content = async function* () {
      yield bytes;
    };
    await store.push({ mediaType, digest, size: bytes.length }, content());
    const annotations = { 'org.opencontainers.image.ref.name': 'docker.io/library/broken:1' };
    const manifests = [{ mediaType, digest, size: bytes.length, annotations }];
    await writeFile(path.join(directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
    engine = new ImageEngine({
      storeDirectory: directory,
      workerFile: new URL('../../../src/engine/layers/layerWorker.ts', import.meta.url),
      credentials: async () => undefined,
      userAgent: 'strata-tests',
    });
  });
  after(async () => {
    await engine[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });

  it('is left out of the list', async () => {
    assert.deepEqual(await engine.images(), []);
  });

  it('says what is wrong with it when it is asked for, and not that it is absent', async () => {
    await assert.rejects(engine.image('broken:1'), (error) => isEngineError(error, 'Corrupt'));
  });

  it('is said to be damaged on the disk where its bytes have changed', async () => {
    await writeFile(path.join(directory, 'blobs', 'sha256', digest.slice(7)), '{}');
    await assert.rejects(
      engine.image('broken:1'),
      (error) => isEngineError(error, 'DigestMismatch') && error.facts.path !== undefined,
    );
  });
});
