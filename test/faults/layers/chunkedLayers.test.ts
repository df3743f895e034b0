import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import {
  type ChunkedOptions,
  chunkedLayer,
  type ListedRow,
  stargzLayer,
} from '../../support/chunkedLayers.ts';
import { bytesInProcess } from '../../support/commandLine.ts';
import { sampleBytes } from '../../support/registryFaults/sampleBlob.ts';
import { collect } from '../../support/registryFaults/testClient.ts';
import { type PackedLayer, type RemoteWorld, startRemoteWorld } from '../../support/remoteWorld.ts';
import { directory, file, hardlink, symlink, type TarItem } from '../../support/tarWriter.ts';

const content = sampleBytes(50_000);
const items: readonly TarItem[] = [
  directory('etc', { mtime: 1_700_000_000 }),
  file('etc/motd', 'hello\n', { mode: 0o4755, uid: 7, gid: 8, mtime: 1_700_000_000 }),
  file('etc/empty'),
  hardlink('etc/same', 'etc/motd'),
  symlink('etc/link', '../big'),
  file('big', content),
  file('etc/.wh.gone'),
  { path: 'dev', type: 'character', device: [1, 3] },
  file('last', 'the end\n'),
];

const kinds: readonly (readonly [
  name: string,
  make: (items: readonly TarItem[], options?: ChunkedOptions) => PackedLayer,
])[] = [
  ['eStargz', stargzLayer],
  ['zstd:chunked', chunkedLayer],
];

describe('the table of contents of a layer', function () {
  this.timeout(60_000);

  const open = async (world: RemoteWorld) => world.engine.remoteImage(world.reference);
  const rowsOf = async (world: RemoteWorld) => [...(await world.engine.files(await open(world)))];
  const read = async (world: RemoteWorld, path: string) =>
    buffer(await world.engine.readFile(await open(world), path));
  /** The same by a pass over the layer. */
  async function passed(layer: PackedLayer) {
    const { annotations: _, ...plain } = layer;
    await using world = await startRemoteWorld([plain]);
    for await (const _ of world.engine.pull(world.reference));
    return [...(await world.engine.files(await world.engine.image(`${world.server.host}/acme/app:1`)))];
  }
  const isWhole = (asked: string) => asked === 'layer 0 all';

  for (const [name, make] of kinds) {
    describe(name, () => {
      for (const options of [{}, { old: true }, { vouched: false }, { chunkSize: 100_000 }] as const) {
        it(`tells what a pass over the layer tells, without one: ${JSON.stringify(options)}`, async () => {
          const layer = make(items, options);
          await using world = await startRemoteWorld([layer]);
          const rows = await rowsOf(world);
          assert.ok(!world.asked().some(isWhole));
          assert.deepEqual(rows, await passed(layer));
          const [layerRow] = await world.engine.layers(await open(world));
          assert.equal(layerRow?.uncompressedSize, undefined);
        });

        it(`gives files by their pieces: ${JSON.stringify(options)}`, async () => {
          await using world = await startRemoteWorld([make(items, options)]);
          await rowsOf(world);
          world.asked();
          assert.equal((await read(world, '/etc/same')).toString(), 'hello\n');
          assert.equal(world.asked().length, 1);
          assert.ok((await read(world, '/etc/link')).equals(content));
          assert.equal(world.asked().length, 1);
          assert.equal((await read(world, '/etc/empty')).length, 0);
          assert.equal((await read(world, '/last')).toString(), 'the end\n');
        });
      }

      it('is a file of an eStargz layer itself, and gives itself as one', async () => {
        await using world = await startRemoteWorld([make(items)]);
        const rows = await rowsOf(world);
        const own = rows.find(({ path }) => path === '/stargz.index.json');
        assert.equal(own !== undefined, name === 'eStargz');
        if (!own) return;
        world.asked();
        const table = await read(world, own.path);
        assert.equal(world.asked().length, 1);
        assert.equal(table.length, own.size);
        assert.equal(JSON.parse(table.toString()).version, 1);
      });

      it('has each piece of the files fetched once where they are searched for text', async () => {
        await using world = await startRemoteWorld([make(items)]);
        const image = await open(world);
        await world.engine.files(image);
        world.asked();
        const found = async (text: string, path = '/') =>
          (await collect(world.engine.findText(image, path, { text }))).map((match) => match.path);
        assert.deepEqual(await found('the end'), ['/last']);
        assert.equal(world.asked().length, 1);
        assert.deepEqual(await found('hello', '/etc'), ['/etc/motd']);
        const [range] = world.asked();
        assert.match(range ?? '', /^layer 0 \d+-\d{3}$/);
      });

      it('is told where a searched file is not what it says', async () => {
        const change = (rows: ListedRow[]) => {
          const last = rows.find((row) => row.name === 'last') ?? {};
          Object.assign(last, { digest: digestOf(Buffer.from('else')), chunkDigest: undefined });
        };
        await using world = await startRemoteWorld([make(items, { change, vouched: false })]);
        const search = collect(world.engine.findText(await open(world), '/', { text: 'end' }));
        await assert.rejects(search, { reason: 'DigestMismatch' });
      });

      it('is remembered where the manifest vouches for it', async () => {
        await using world = await startRemoteWorld([make(items)]);
        await rowsOf(world);
        world.asked();
        const image = await open(world);
        await world.engine.files(image);
        assert.deepEqual(world.asked().filter(isWhole), []);
        assert.deepEqual(
          world.engine.tables(image).map(({ verified }) => verified),
          [true],
        );
      });

      for (const vouched of [true, false]) {
        it(`is told of on the command line, vouched for or not: ${vouched}`, async () => {
          await using world = await startRemoteWorld([make(items, { vouched })]);
          const name = `registry:${world.server.host}/acme/app:1`;
          const { code, bytes, stderr } = await bytesInProcess(['--store', world.store, 'cat', name, '/big']);
          assert.equal(code, 0, stderr);
          assert.ok(bytes.equals(content));
          assert.match(stderr, vouched ? /which the manifest vouches for$/m : /which nobody vouches for$/m);
        });
      }

      it('is said not to be verified where the manifest does not', async () => {
        await using world = await startRemoteWorld([make(items, { vouched: false })]);
        const image = await open(world);
        await world.engine.files(image);
        assert.deepEqual(
          world.engine.tables(image).map(({ verified }) => verified),
          [false],
        );
      });

      const bigRow = (rows: ListedRow[]) => rows.find((row) => row.name === 'big') ?? {};
      const unreliable: readonly (readonly [what: string, options: ChunkedOptions])[] = [
        ['is no JSON', { table: Buffer.from('{"entries":[') }],
        ['lists nothing', { table: Buffer.from('{}') }],
        ['is a bomb', { table: Buffer.alloc(129 * 1024 * 1024, ' ') }],
        [
          'has an entry of a kind that nobody knows',
          { change: (rows) => Object.assign(bigRow(rows), { type: 'door' }) && rows },
        ],
        ['does not say what a file holds', { change: (rows) => delete bigRow(rows).digest && rows }],
        ['leaves out a piece', { change: (rows) => rows.filter((row) => row.chunkOffset !== 2000) }],
        [
          'points behind the layer',
          { change: (rows) => Object.assign(bigRow(rows), { offset: 10 ** 9 }) && rows },
        ],
        ['has a negative size', { change: (rows) => Object.assign(bigRow(rows), { size: -1 }) && rows }],
        [
          'has a piece that is too large',
          { change: (rows) => Object.assign(bigRow(rows), { innerOffset: 2 ** 30 }) && rows },
        ],
        [
          'has a path that is no text',
          { change: (rows) => Object.assign(bigRow(rows), { name: 'a\ufffdb' }) && rows },
        ],
      ];
      for (const [what, options] of unreliable) {
        it(`is not relied on where it ${what}: the layer is read`, async () => {
          await using world = await startRemoteWorld([make(items, options)]);
          const paths = (await rowsOf(world)).map(({ path }) => path);
          assert.ok(paths.includes('/big') && paths.includes('/etc/motd'));
          assert.ok(world.asked().some(isWhole));
          assert.ok((await read(world, '/big')).equals(content));
        });
      }

      it('is not relied on where it is another one than the manifest says', async () => {
        const layer = make(items);
        const lying = Object.fromEntries(
          Object.entries(layer.annotations ?? {}).map(([key, value]) => [
            key,
            value.startsWith('sha256:') ? digestOf('another') : value,
          ]),
        );
        await using world = await startRemoteWorld([{ ...layer, annotations: lying }]);
        assert.ok((await rowsOf(world)).length > 5);
        assert.ok(world.asked().some(isWhole));
      });

      const lies: readonly (readonly [what: string, change: (rows: ListedRow[]) => unknown])[] = [
        ['a file', (rows) => Object.assign(bigRow(rows), { digest: digestOf('other') })],
        ['a piece', (rows) => Object.assign(bigRow(rows), { chunkDigest: digestOf('other') })],
      ];
      for (const [what, change] of lies) {
        it(`gives no byte where it lies about ${what}`, async () => {
          const lie = (rows: ListedRow[]) => {
            change(rows);
            return rows;
          };
          await using world = await startRemoteWorld([make(items, { change: lie })]);
          await rowsOf(world);
          await assert.rejects(read(world, '/big'), { reason: 'DigestMismatch' });
          assert.equal((await read(world, '/etc/motd')).toString(), 'hello\n');
        });
      }

      it('gives files also where the registry knows no ranges', async () => {
        await using world = await startRemoteWorld([make(items)]);
        world.fault = (_, response, bytes) => {
          response.setHeader('Content-Length', bytes.length);
          response.end(bytes);
          return true;
        };
        await rowsOf(world);
        assert.ok((await read(world, '/big')).equals(content));
      });
    });
  }

  it('is given in pieces where it is larger than one may be', async () => {
    const table = Buffer.alloc(66 * 1024 * 1024, ' ');
    table.write('{"version":1,"entries":[]}');
    await using world = await startRemoteWorld([stargzLayer([], { table })]);
    assert.ok((await read(world, '/stargz.index.json')).equals(table));
  });
});
