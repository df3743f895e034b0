import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import * as zlib from 'node:zlib';
import { EngineError } from '../../../src/engine/errors.ts';
import { type LayerJob, LayerPool } from '../../../src/engine/layers/layerPool.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { layerDescriptor, layerWorkerFile } from '../../support/layerDescriptor.ts';
import { temporaryFolder } from '../../support/layerReading.ts';
import { pseudoRandomBytes } from '../../support/pseudoRandom.ts';
import { directory, file, tarOf } from '../../support/tarWriter.ts';

const tar = tarOf(directory('d'), file('d/noise', pseudoRandomBytes(3_000_000, 5)), file('e', 'end'));
const blob = zlib.gzipSync(tar, { level: 1 });
const descriptor = layerDescriptor(blob);

describe('the layer pool', () => {
  const folder = temporaryFolder();
  const ingest = join(folder, 'ingest');
  const indexFile = join(folder, 'index');
  let pool: LayerPool;

  beforeEach(() => {
    writeFileSync(ingest, '');
    pool = new LayerPool({ workerFile: layerWorkerFile, size: 1 });
  });
  afterEach(() => pool[Symbol.asyncDispose]());

  function job(offset = 0, facts: Partial<LayerJob> = {}): LayerJob {
    return { descriptor, ingest: { path: ingest, offset }, indexFile, ...facts };
  }

  /** In chunks of a socket's size, each with memory of its own. */
  function source(bytes: Uint8Array, onChunk: (sent: number) => void = () => undefined): Readable {
    return Readable.from(chunks(bytes, onChunk), { objectMode: false });
  }

  const open =
    (bytes: Uint8Array = blob) =>
    async (offset: number) =>
      source(bytes.subarray(offset));

  it('keeps, verifies and indexes what comes over a socket', async () => {
    await using server = await serve((_, response) => response.end(blob));
    const received: number[] = [];
    const onProgress = (bytes: number) => received.push(bytes);
    const result = await pool.index(job(), () => server.get(), { onProgress });
    assert.equal(result.diffId, digestOf(tar));
    assert.deepEqual(readFileSync(ingest), blob);
    assert.equal(received.at(0), 0);
    assert.equal(received.at(-1), blob.length);
    assert.ok(existsSync(indexFile));
  });

  it('reads what an earlier attempt has left and asks for the rest only', async () => {
    writeFileSync(ingest, blob.subarray(0, 1_000_000));
    const offsets: number[] = [];
    const result = await pool.index(job(1_000_000), async (offset) => {
      offsets.push(offset);
      return source(blob.subarray(offset));
    });
    assert.deepEqual(offsets, [1_000_000]);
    assert.equal(result.diffId, digestOf(tar));
    assert.deepEqual(readFileSync(ingest), blob);
  });

  it('cuts off what stands behind the offset, and asks for more where less is there', async () => {
    writeFileSync(ingest, Buffer.concat([blob.subarray(0, 500), Buffer.alloc(5_000_000, 'torn')]));
    await pool.index(job(500), open());
    assert.deepEqual(readFileSync(ingest), blob);
    writeFileSync(ingest, blob.subarray(0, 700));
    await pool.index(job(900), async (offset) => {
      assert.equal(offset, 700);
      return source(blob.subarray(offset));
    });
    assert.deepEqual(readFileSync(ingest), blob);
  });

  it('opens no source where all bytes are there', async () => {
    writeFileSync(ingest, blob);
    const never = () => Promise.reject(new Error('the source was opened'));
    assert.equal((await pool.index(job(blob.length), never)).diffId, digestOf(tar));
    assert.equal(
      (await pool.index({ descriptor, file: ingest, indexFile }, undefined)).diffId,
      digestOf(tar),
    );
  });

  const faults: readonly (readonly [
    what: string,
    bytes: Uint8Array,
    facts: Partial<LayerJob>,
    reason: string,
  ])[] = [
    ['a truncated blob', blob.subarray(0, 2_000_000), {}, 'DigestMismatch'],
    ['a blob that goes on', Buffer.concat([blob, Buffer.alloc(10)]), {}, 'DigestMismatch'],
    ['other bytes', Buffer.concat([blob.subarray(0, -1), Buffer.from('x')]), {}, 'DigestMismatch'],
    ['another diffId', blob, { diffId: digestOf('other') }, 'DigestMismatch'],
    ['an index file that cannot be written', blob, { indexFile: join(layerWorkerFile.pathname, 'x') }, 'Io'],
    ['an ingest file that cannot be written', blob, { ingest: { path: '/nowhere/at/all', offset: 0 } }, 'Io'],
  ];

  for (const [what, bytes, facts, reason] of faults) {
    it(`fails with ${reason} for ${what}, and works on`, async () => {
      await assert.rejects(pool.index(job(0, facts), open(bytes)), (error) => {
        assert.ok(error instanceof EngineError);
        assert.equal(error.reason, reason);
        return true;
      });
      assert.equal((await pool.index(job(), open())).diffId, digestOf(tar));
    });
  }

  it('gives what its source fails with, and keeps what had come', async () => {
    const broken = new EngineError('Offline', 'the connection broke');
    const failing = async function* () {
      yield* chunks(blob.subarray(0, 2_000_000));
      throw broken;
    };
    await assert.rejects(
      pool.index(job(), async () => Readable.from(failing())),
      broken,
    );
    const kept = readFileSync(ingest);
    assert.deepEqual(kept, blob.subarray(0, kept.length));
    const refused = new EngineError('Unauthorized', 'sign in');
    await assert.rejects(
      pool.index(job(), () => Promise.reject(refused)),
      refused,
    );
    assert.equal((await pool.index(job(kept.length), open())).diffId, digestOf(tar));
  });

  it('is cancelled in the middle of a stream that never ends, and the worker is free again', async () => {
    const controller = new AbortController();
    const stalled = source(blob.subarray(0, 500_000));
    const endless = Readable.from(
      (async function* () {
        yield* stalled;
        controller.abort();
        await delay(60_000, undefined, { ref: false });
      })(),
    );
    const running = pool.index(job(), async () => endless, {}, controller.signal);
    const next = pool.index(job(0, { ingest: { path: join(folder, 'other'), offset: 0 } }), open());
    await assert.rejects(running, { reason: 'Cancelled' });
    assert.equal(endless.destroyed, true);
    assert.equal((await next).diffId, digestOf(tar));
  });

  it('is cancelled while it reads a file, while it waits for the source, and while it waits for a worker', async () => {
    const large = join(folder, 'large');
    const zeros = Buffer.alloc(80_000_000);
    writeFileSync(large, zeros);
    const reading = new AbortController();
    const waiting = new AbortController();
    const opening = new AbortController();
    const fileJob = { descriptor: layerDescriptor(zeros), file: large, indexFile };
    const first = pool.index(fileJob, undefined, {}, reading.signal);
    const queued = pool.index(job(), open(), {}, waiting.signal);
    waiting.abort();
    await assert.rejects(queued, { reason: 'Cancelled' });
    reading.abort();
    await assert.rejects(first, { reason: 'Cancelled' });
    const hanging = pool.index(
      job(),
      () => {
        opening.abort();
        return new Promise<Readable>(() => undefined);
      },
      {},
      opening.signal,
    );
    await assert.rejects(hanging, { reason: 'Cancelled' });
    await assert.rejects(pool.index(job(), open(), {}, AbortSignal.abort()), { reason: 'Cancelled' });
  });

  it('takes no more from a fast source than the worker can work off', async () => {
    const stuck = join(folder, 'stuck.mjs');
    writeFileSync(
      stuck,
      workerThat("if (message.kind === 'start') parentPort.postMessage({ kind: 'open', offset: 0 })"),
    );
    await using slow = new LayerPool({ workerFile: pathToFileURL(stuck), size: 1 });
    const controller = new AbortController();
    let sent = 0;
    const bytes = Buffer.alloc(40_000_000);
    const running = slow.index(
      job(0, { descriptor: layerDescriptor(bytes) }),
      async () =>
        source(bytes, (count) => {
          sent = count;
        }),
      {},
      controller.signal,
    );
    running.catch(() => undefined);
    while (sent <= 3_000_000) await delay(20);
    await delay(500);
    assert.ok(sent < 6_000_000, `${sent} bytes were taken`);
  });

  it('fails one job where its worker crashes, and goes on with another worker', async () => {
    const crashing = join(folder, 'crashing.mjs');
    const flag = join(folder, 'crashed');
    writeFileSync(
      crashing,
      `import { existsSync, writeFileSync } from 'node:fs';
       if (existsSync(${JSON.stringify(flag)})) await import(${JSON.stringify(layerWorkerFile.href)});
       else { writeFileSync(${JSON.stringify(flag)}, ''); setTimeout(() => { throw new Error('bang'); }, 20); }`,
    );
    await using fragile = new LayerPool({ workerFile: pathToFileURL(crashing), size: 1 });
    const first = fragile.index(job(), open());
    const second = fragile.index(job(), open());
    await assert.rejects(first, { reason: 'Io', message: /stopped unexpectedly: bang/ });
    assert.equal((await second).diffId, digestOf(tar));
  });

  it('fails what is running and waiting when it is disposed of', async () => {
    const never = () => new Promise<Readable>(() => undefined);
    const both = [pool.index(job(), never), pool.index(job(), never)];
    const settled = Promise.allSettled(both);
    await delay(50);
    await pool[Symbol.asyncDispose]();
    for (const result of await settled) {
      assert.ok(result.status === 'rejected' && (result.reason as EngineError).reason === 'Cancelled');
    }
  });

  it('reads several layers at once, none of them twice', async () => {
    await using wide = new LayerPool({ workerFile: layerWorkerFile, size: 2 });
    const jobs = Array.from({ length: 5 }, (_, at) =>
      wide.index(
        job(0, { ingest: { path: join(folder, `i${at}`), offset: 0 }, indexFile: join(folder, `x${at}`) }),
        open(),
      ),
    );
    for (const { diffId } of await Promise.all(jobs)) assert.equal(diffId, digestOf(tar));
    for (let at = 0; at < 5; at++) assert.deepEqual(readFileSync(join(folder, `i${at}`)), blob);
  });
});

function* chunks(
  bytes: Uint8Array,
  onChunk: (sent: number) => void = () => undefined,
): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) {
    onChunk(at);
    yield Uint8Array.from(bytes.subarray(at, at + 65_536));
  }
}

function workerThat(onMessage: string): string {
  return `import { parentPort } from 'node:worker_threads';
    parentPort.on('message', (message) => { ${onMessage} });`;
}

async function serve(
  listener: RequestListener,
): Promise<AsyncDisposable & { get(): Promise<IncomingMessage> }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    get: () =>
      new Promise((resolve, reject) => get({ port, host: '127.0.0.1' }, resolve).on('error', reject)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
