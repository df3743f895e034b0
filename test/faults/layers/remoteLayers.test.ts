import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { reply } from '../../support/registryFaults/faultServer.ts';
import { askedRange, replyBlob, sampleBytes } from '../../support/registryFaults/sampleBlob.ts';
import { collect } from '../../support/registryFaults/testClient.ts';
import { type PackedLayer, startRemoteWorld } from '../../support/remoteWorld.ts';
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
    const other = gzipSync(tarOf(file('etc/motd', 'HELLO\n'), file('big', content), file('last', 'x')));
    world.fault = (request, response) => {
      replyBlob(
        request,
        response,
        Buffer.concat([other, Buffer.alloc(layerOf('gzip').bytes.length)]).subarray(
          0,
          layerOf('gzip').bytes.length,
        ),
      );
      return true;
    };
    await assert.rejects(buffer(await world.engine.readFile(image, '/etc/motd')), {
      reason: 'DigestMismatch',
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
