import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { archiveMembers } from '../../../src/engine/archive/archiveMembers.ts';
import { tarHeaderBlock } from '../../../src/engine/archive/tarBlocks.ts';
import { parseTarHeader } from '../../../src/engine/layers/tarHeader.ts';
import { type LoadWorld, openLoadWorld, piecesOf } from '../../support/archives/loadWorld.ts';
import { classicArchive, ociArchive, plainImage } from '../../support/archives/sampleArchives.ts';
import { randomImage } from '../../support/randomImage.ts';

const one = plainImage(['base', 'app'], ['acme/app:1', 'acme/app:latest', 'other:1']);
const two = plainImage(['base', 'web'], ['acme/app:2']);
const nameless = plainImage(['base'], []);

/** What `manifest.json` says of the images. */
async function rowsOf(
  archive: Buffer,
): Promise<{ Config: string; RepoTags: string[] | null; Layers: string[] }[]> {
  return JSON.parse((await filesOf(archive)).get('manifest.json')?.toString() ?? '');
}

async function filesOf(archive: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  let path = '';
  for await (const part of archiveMembers(piecesOf(archive))) {
    if (part.kind === 'member' && part.member.type === 'file') {
      path = part.member.path;
      assert.ok(!files.has(path), `${path} twice`);
      files.set(path, Buffer.alloc(0));
    } else if (part.kind === 'content') {
      files.set(path, Buffer.concat([files.get(path) ?? Buffer.alloc(0), part.bytes]));
    }
  }
  return files;
}

const choices: readonly { names: string[]; tags: (readonly string[] | null)[] }[] = [
  { names: ['acme/app:1'], tags: [['acme/app:1']] },
  { names: ['docker.io/acme/app:1'], tags: [['acme/app:1']] },
  { names: ['acme/app'], tags: [['acme/app:1', 'acme/app:latest'], ['acme/app:2']] },
  { names: [one.id], tags: [null] },
  { names: [one.id.slice(7, 19)], tags: [null] },
  { names: [`sha256:${one.id.slice(7, 19)}`], tags: [null] },
  { names: ['acme/app:1', one.id.slice(7, 19), 'acme/app:1'], tags: [['acme/app:1']] },
  { names: [one.id, 'other:1'], tags: [['other:1']] },
  { names: ['acme/app:2', 'other'], tags: [['acme/app:2'], ['other:1']] },
  { names: [nameless.id], tags: [null] },
];

const refusals = [
  { names: ['nosuch'], reason: 'NotFound', says: /^No such image: nosuch$/ },
  { names: ['acme/app:3'], reason: 'NotFound', says: /^reference does not exist/ },
  { names: ['acme/app:1', 'nosuch'], reason: 'NotFound', says: /nosuch/ },
  { names: ['a b'], reason: 'Invalid', says: /invalid reference format/ },
];

describe('saving images', function () {
  this.timeout(60_000);
  let world: LoadWorld;
  before(async () => {
    world = await openLoadWorld();
    await world.load(classicArchive(one, two, nameless));
  });
  after(async () => {
    await world[Symbol.asyncDispose]();
  });
  const save = (...names: string[]) => buffer(world.engine.save(names));

  for (const { names, tags } of choices) {
    it(`gives ${names.join(' and ')} the names that Docker gives`, async () => {
      const rows = await rowsOf(await save(...names));
      const sorted = rows.map(({ RepoTags }) => RepoTags).sort((a, b) => (String(a) < String(b) ? -1 : 1));
      assert.deepEqual(sorted, tags);
    });
  }

  for (const { names, reason, says } of refusals) {
    it(`refuses ${names.join(' and ')} before the first byte`, async () => {
      await assert.rejects(world.engine.save(names).next(), { reason, message: says });
    });
  }

  it('keeps configs and layers byte for byte, each layer once', async () => {
    const archive = await save('acme/app');
    const files = await filesOf(archive);
    const rows = await rowsOf(archive);
    for (const image of [one, two]) {
      const row = rows.find(({ Config }) => Config === `${image.id.slice(7)}.json`);
      assert.deepEqual(files.get(row?.Config ?? ''), image.config);
      assert.deepEqual(
        row?.Layers.map((path) => files.get(path)),
        image.layers,
      );
    }
    assert.equal([...files.keys()].filter((path) => path.endsWith('layer.tar')).length, 3);
  });

  it('unpacks layers that are packed', async () => {
    await using other = await openLoadWorld();
    const image = randomImage(['packed'], 50_000);
    await other.load(ociArchive([['acme/packed:1', image]]));
    const archive = await buffer(other.engine.save(['acme/packed:1']));
    await world.load(archive);
    const [layer] = await world.engine.layers(await world.engine.image('acme/packed:1'));
    assert.equal(layer?.descriptor?.digest, layer?.diffId);
  });

  it('gives the same bytes for the same images', async () => {
    assert.ok((await save('acme/app', 'other:1')).equals(await save('acme/app', 'other:1')));
  });

  it('is loaded as the very same images', async () => {
    await using other = await openLoadWorld();
    await other.load(await save('acme/app', 'other:1', nameless.id));
    assert.deepEqual(
      await other.images(),
      [`${one.id} acme/app:1 acme/app:latest other:1`, `${two.id} acme/app:2`, nameless.id].sort(),
    );
  });

  it('tells of a damaged layer before the first byte', async () => {
    await using other = await openLoadWorld();
    await other.load(classicArchive(one));
    const layer = one.diffIds[1]?.slice(7) ?? '';
    await writeFile(join(other.folder, 'store', 'blobs', 'sha256', layer), one.layers[0] ?? '');
    await assert.rejects(other.engine.save(['acme/app:1']).next(), { reason: 'DigestMismatch' });
  });

  it('as an OCI archive keeps every digest', async () => {
    const archive = await buffer(world.engine.saveOciArchive(['acme/app', 'other:1']));
    assert.ok(archive.equals(await buffer(world.engine.saveOciArchive(['acme/app', 'other:1']))));
    await using other = await openLoadWorld();
    await other.load(archive);
    for (const name of ['acme/app:1', 'acme/app:2', 'other:1']) {
      const [here, there] = [await world.engine.image(name), await other.engine.image(name)];
      assert.equal(here.manifest.digest, there.manifest.digest);
    }
  });

  it('is broken off without harm', async () => {
    for await (const _ of world.engine.save(['acme/app'])) break;
    const controller = new AbortController();
    await assert.rejects(
      async () => {
        for await (const _ of world.engine.save(['acme/app'], controller.signal)) controller.abort();
      },
      { reason: 'Cancelled' },
    );
    assert.equal((await world.leftovers()).faults, 0);
  });
});

describe('the header of a saved file', () => {
  for (const size of [0, 1, 8 ** 11 - 1, 8 ** 11, 2 ** 52]) {
    it(`says a size of ${size}`, () => {
      assert.equal(parseTarHeader(tarHeaderBlock({ path: 'layer.tar', size }), 0).size, size);
    });
  }
});
