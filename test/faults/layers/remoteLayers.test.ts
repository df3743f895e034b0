import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { ReadableImage } from '../../../src/engine/image.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { deferred } from '../../../src/engine/tasks/deferred.ts';
import { reply } from '../../support/registryFaults/faultServer.ts';
import { askedRange, replyBlob, sampleBytes } from '../../support/registryFaults/sampleBlob.ts';
import { collect } from '../../support/registryFaults/testClient.ts';
import { type PackedLayer, type RemoteWorld, startRemoteWorld } from '../../support/remoteWorld.ts';
import { file, tarOf } from '../../support/tarWriter.ts';

const content = sampleBytes(3_000_000);
const tar = tarOf(file('etc/motd', 'hello\n'), file('big', content), file('last', 'the end\n'));

function layerOf(compression: 'gzip' | 'none'): PackedLayer {
  const isGzip = compression === 'gzip';
  return {
    bytes: isGzip ? gzipSync(tar) : tar,
    mediaType: isGzip ? mediaType.ociLayerGzip : mediaType.ociLayer,
    diffId: digestOf(tar),
  };
}

/** Another layer of as many bytes. */
const otherLayer = Buffer.alloc(layerOf('gzip').bytes.length);
gzipSync(tarOf(file('etc/motd', 'HELLO\n'), file('big', content), file('last', 'x'))).copy(otherLayer);

describe('the layers of an image in a registry', function () {
  this.timeout(60_000);

  for (const compression of ['gzip', 'none'] as const) {
    it(`are read over broken connections without a byte twice: ${compression}`, async () => {
      await using world = await startRemoteWorld([layerOf(compression)]);
      world.fault = (request, response, bytes) => {
        replyBlob(request, response, bytes, Math.ceil(bytes.length / 5));
        return true;
      };
      const image = await world.engine.remoteImage(world.reference);
      const rows = [...(await world.engine.files(image))];
      assert.deepEqual(
        rows.map(({ path }) => path),
        ['/big', '/etc', '/etc/motd', '/last'],
      );
      const first = world.asked();
      assert.ok(first.includes('layer 0 all'));
      assert.ok(first.length > 4);
      assert.ok((await buffer(await world.engine.readFile(image, '/big'))).equals(content));
    });
  }

  it('are not asked for again once they are indexed', async () => {
    await using world = await startRemoteWorld([layerOf('gzip')]);
    const image = await world.engine.remoteImage(world.reference);
    await world.engine.files(image);
    // Its last bytes first: a table of contents would be named there.
    const { length } = layerOf('gzip').bytes;
    assert.deepEqual(world.asked(), [`layer 0 ${length - 72}-${length - 1}`, 'layer 0 all']);
    const again = await world.engine.remoteImage(world.reference);
    await world.engine.files(again);
    assert.deepEqual(world.asked(), []);
  });

  it('give a file of a plain layer by its range alone', async () => {
    await using world = await startRemoteWorld([layerOf('none')]);
    const image = await world.engine.remoteImage(world.reference);
    await world.engine.files(image);
    world.asked();
    assert.equal((await buffer(await world.engine.readFile(image, '/last'))).toString(), 'the end\n');
    const [magic, range] = world.asked();
    assert.equal(magic, 'layer 0 0-5');
    assert.match(range ?? '', /^layer 0 3\d{6}-/);
  });

  it('are unpacked once for files that lie side by side', async () => {
    await using world = await startRemoteWorld([layerOf('gzip')]);
    const image = await world.engine.remoteImage(world.reference);
    await world.engine.files(image);
    world.asked();
    for (const [path, text] of [
      ['/etc/motd', 'hello\n'],
      ['/last', 'the end\n'],
      ['/etc/motd', 'hello\n'],
    ] as const)
      assert.equal((await buffer(await world.engine.readFile(image, path))).toString(), text);
    const whole = world.asked().filter((one) => one === 'layer 0 all');
    assert.equal(whole.length, 1);
  });

  it('are read whole, and no byte twice, where ranges are answered wrongly', async () => {
    await using world = await startRemoteWorld([layerOf('none')]);
    world.fault = (request, response, bytes) => {
      const range = askedRange(request);
      if (!range) replyBlob(request, response, bytes, 1_000_000);
      else {
        const headers = { 'Content-Range': `bytes 0-${bytes.length - 1}/${bytes.length}` };
        reply(response, 206, headers, bytes);
      }
      return true;
    };
    const image = await world.engine.remoteImage(world.reference);
    await assert.rejects(world.engine.files(image), { reason: 'Offline' });
    world.fault = (request, response, bytes) => {
      const isRange = askedRange(request) !== undefined;
      if (isRange) reply(response, 206, { 'Content-Range': `bytes 5-${bytes.length}/9` }, bytes);
      return isRange;
    };
    await world.engine.files(image);
    assert.ok((await buffer(await world.engine.readFile(image, '/big'))).equals(content));
  });

  const lies: readonly (readonly [what: string, layer: Partial<PackedLayer>, served?: Buffer])[] = [
    ['unpack to something else than the config says', { diffId: digestOf('else') }],
    ['are other bytes than the manifest says', {}, Buffer.alloc(layerOf('gzip').bytes.length, 1)],
    ['are shorter than the manifest says', {}, layerOf('gzip').bytes.subarray(0, 1000)],
  ];
  for (const [what, layer, served] of lies) {
    it(`are refused where they ${what}`, async () => {
      await using world = await startRemoteWorld([{ ...layerOf('gzip'), ...layer }]);
      if (served) {
        world.fault = (_, response) => {
          reply(response, 200, {}, served);
          return true;
        };
      }
      const image = await world.engine.remoteImage(world.reference);
      await assert.rejects(world.engine.files(image), { reason: 'DigestMismatch' });
      await assert.rejects(collect(world.engine.readLayers(image)), { reason: 'DigestMismatch' });
    });
  }

  it('give no byte of a file that is no longer what was indexed', async () => {
    await using world = await startRemoteWorld([layerOf('gzip')]);
    const image = await world.engine.remoteImage(world.reference);
    await world.engine.files(image);
    world.fault = (request, response) => {
      replyBlob(request, response, otherLayer);
      return true;
    };
    await assert.rejects(buffer(await world.engine.readFile(image, '/etc/motd')), {
      reason: 'DigestMismatch',
    });
  });

  describe('searched for text', () => {
    /** What has the word: in which file, on which line. */
    async function found({ engine }: RemoteWorld, image: ReadableImage, text: string, signal?: AbortSignal) {
      const matches = await collect(engine.findText(image, '/', { text }, signal));
      return matches.map(({ path, line }) => `${path}:${line}`);
    }

    it('come once, over broken connections too, and not again for another word', async () => {
      await using world = await startRemoteWorld([layerOf('gzip')]);
      const image = await world.engine.remoteImage(world.reference);
      await world.engine.files(image);
      world.asked();
      let served = 0;
      world.fault = (request, response, bytes) => {
        const { first, last } = askedRange(request) ?? { first: 0, last: bytes.length - 1 };
        const cut = Math.ceil(bytes.length / 5);
        served += Math.min(cut, last - first + 1);
        replyBlob(request, response, bytes, cut);
        return true;
      };
      assert.deepEqual(await found(world, image, 'farewell'), []);
      assert.deepEqual(await found(world, image, 'hello'), ['/etc/motd:1']);
      assert.deepEqual(await found(world, image, 'the end'), ['/last:1']);
      assert.equal(
        served,
        layerOf('gzip').bytes.length + 6,
        'the whole layer, and six bytes to know its packing',
      );
    });

    it('are asked for the stretch of a plain layer that is looked through', async () => {
      await using world = await startRemoteWorld([layerOf('none')]);
      const image = await world.engine.remoteImage(world.reference);
      await world.engine.files(image);
      world.asked();
      const matches = await collect(world.engine.findText(image, '/etc', { text: 'hello' }));
      assert.deepEqual(
        matches.map(({ path }) => path),
        ['/etc/motd'],
      );
      assert.equal(
        world.asked().some((one) => one === 'layer 0 all'),
        false,
      );
    });

    it('stop coming, however slow they are, when nobody wants them any more', async () => {
      await using world = await startRemoteWorld([layerOf('gzip')]);
      const image = await world.engine.remoteImage(world.reference);
      await world.engine.files(image);
      const asked = deferred<void>();
      world.fault = (request, response, bytes) => {
        if (askedRange(request)) return false;
        response.setHeader('Content-Length', bytes.length);
        response.write(bytes.subarray(0, 1000));
        asked.resolve();
        return true;
      };
      const left = new AbortController();
      const searching = found(world, image, 'hello', left.signal);
      await asked.promise;
      left.abort();
      await assert.rejects(searching, { reason: 'Cancelled' });
      await world.server.allClosed();
      world.fault = () => false;
      assert.deepEqual(await found(world, image, 'hello'), ['/etc/motd:1']);
    });

    it('keep no connection open when the person has what they looked for', async () => {
      await using world = await startRemoteWorld([layerOf('gzip')]);
      const image = await world.engine.remoteImage(world.reference);
      await world.engine.files(image);
      world.fault = (request, response, bytes) => {
        if (askedRange(request)) return false;
        response.setHeader('Content-Length', bytes.length);
        response.write(bytes.subarray(0, bytes.length - 1000));
        return true;
      };
      for await (const { path } of world.engine.findText(image, '/', { text: 'hello' })) {
        assert.equal(path, '/etc/motd');
        break;
      }
      await world.server.allClosed();
    });

    it('are refused where they are no longer what was indexed, and found when they are again', async () => {
      await using world = await startRemoteWorld([layerOf('gzip')]);
      const image = await world.engine.remoteImage(world.reference);
      await world.engine.files(image);
      world.fault = (request, response) => {
        replyBlob(request, response, otherLayer);
        return true;
      };
      await assert.rejects(found(world, image, 'hello'), { reason: 'DigestMismatch' });
      world.fault = () => false;
      assert.deepEqual(await found(world, image, 'hello'), ['/etc/motd:1']);
    });

    it('say that the registry is gone', async () => {
      await using world = await startRemoteWorld([layerOf('gzip')]);
      const image = await world.engine.remoteImage(world.reference);
      await world.engine.files(image);
      world.fault = (_, response) => {
        reply(response, 404, {});
        return true;
      };
      await assert.rejects(found(world, image, 'hello'), { reason: 'NotFound' });
    });
  });

  it('stop being read when nobody wants them any more', async () => {
    await using world = await startRemoteWorld([layerOf('gzip')]);
    world.fault = (_, response, bytes) => {
      response.setHeader('Content-Length', bytes.length);
      response.write(bytes.subarray(0, 1000));
      return true;
    };
    const image = await world.engine.remoteImage(world.reference);
    const left = new AbortController();
    const reading = world.engine.files(image, left.signal);
    while (world.server.requests.filter(({ url }) => url.includes('/blobs/')).length < 2)
      await new Promise(setImmediate);
    left.abort();
    await assert.rejects(reading, { reason: 'Cancelled' });
    await world.server.allClosed();
  });
});
