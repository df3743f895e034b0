import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DockerEngine } from '../../src/engine/dockerEngine/dockerEngine.ts';
import type { EngineNews } from '../../src/engine/dockerEngine/engineEvents.ts';
import { EngineError } from '../../src/engine/errors.ts';
import { familiarReference, parseReference, withTag } from '../../src/engine/oci/reference.ts';
import { EngineTarget } from '../../src/engine/transfer/engineTarget.ts';
import { openLoadWorld, piecesOf } from '../support/archives/loadWorld.ts';
import { classicArchive, plainImage } from '../support/archives/sampleArchives.ts';
import { runCommandLine } from '../support/commandLine.ts';
import { createContainer, removeContainer } from '../support/engines/engineApi.ts';
import { engineAt } from '../support/engines/engineAt.ts';
import { describeImageTarget } from './imageTargetContract.ts';
import { rejectsWith } from './targetFixture.ts';

interface RunningEngine extends AsyncDisposable {
  readonly socket: string;
}

/** A repository of its own for each test: they share an engine, since starting one takes seconds. */
function freshRepository(): string {
  return `registry.example/acme/app-${randomBytes(6).toString('hex')}`;
}

/** What is promised of every kind of engine, held against a real one. */
export function describeEngine(product: string, start: () => Promise<RunningEngine>): void {
  describe(product, function () {
    this.timeout(60_000);
    let running: RunningEngine;
    let engine: DockerEngine;

    before(async () => {
      running = await start();
      engine = engineAt(`unix://${running.socket}`);
    });

    after(async () => running?.[Symbol.asyncDispose]());

    // What one test leaves behind costs the next ones time.
    afterEach(() => engine.prune({ all: true }));

    async function load(archive: Uint8Array): Promise<void> {
      for await (const { status } of engine.load(piecesOf(archive)))
        assert.match(status, /Loaded image|already/);
    }

    async function loadFresh(...tags: string[]) {
      const image = plainImage([randomBytes(8).toString('hex')], tags);
      await load(classicArchive(image));
      return image;
    }

    async function listed(id: string) {
      const image = (await engine.images()).find((one) => one.id === id);
      return image?.tags.map(familiarReference);
    }

    describeImageTarget(product, async () => {
      const target = new EngineTarget(engine);
      const repository = freshRepository();
      return {
        target,
        name: (tag) => `${repository}:${tag}`,
        load,
        [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
      };
    });

    it('says what it is', async () => {
      assert.equal((await engine.version()).product, product);
    });

    it('lists images by the IDs that they have everywhere, and shows one', async () => {
      const name = `${freshRepository()}:1`;
      const image = await loadFresh(name);
      assert.deepEqual(await listed(image.id), [name]);
      assert.match(String((await engine.inspect(name)).Id), new RegExp(image.id.slice('sha256:'.length)));
      const [step] = await engine.history(name);
      assert.match(step?.createdBy ?? '', /^COPY /);
    });

    it('tags, untags and deletes', async () => {
      const repository = freshRepository();
      const image = await loadFresh(`${repository}:1`);
      await engine.tag(image.id, withTag(parseReference(repository), '2'));
      assert.deepEqual(await listed(image.id), [`${repository}:1`, `${repository}:2`]);
      assert.deepEqual(await engine.remove(`${repository}:1`), [
        { kind: 'untagged', name: `${repository}:1` },
      ]);
      const gone = await engine.remove(`${repository}:2`);
      assert.ok(gone.some(({ kind, name }) => kind === 'deleted' && name === image.id));
      assert.equal(await listed(image.id), undefined);
    });

    it('does not find what is not there', async () => {
      const nowhere = `${freshRepository()}:1`;
      await rejectsWith('NotFound', engine.inspect(nowhere));
      await rejectsWith('NotFound', engine.history(nowhere));
      await rejectsWith('NotFound', engine.remove(nowhere));
      await rejectsWith('NotFound', engine.tag(nowhere, withTag(parseReference(nowhere), '2')));
      await rejectsWith('NotFound', engine.save([nowhere]).next());
      await rejectsWith('Invalid', engine.inspect('../containers'));
    });

    it('refuses to remove what a container uses, and names it', async () => {
      const name = `${freshRepository()}:1`;
      const image = await loadFresh(name);
      const container = `user-${randomBytes(4).toString('hex')}`;
      await createContainer(running.socket, container, name);
      await assert.rejects(engine.remove(name), (error) => {
        assert.ok(error instanceof EngineError);
        assert.equal(error.reason, 'InUse');
        assert.deepEqual(error.facts.containers, [container]);
        assert.match(error.message, new RegExp(`used by the container ${container}`));
        return true;
      });
      assert.deepEqual(await listed(image.id), [name]);
      await removeContainer(running.socket, container);
      await engine.remove(name);
    });

    it('tells which image a container runs, and by what name, after its tag has moved', async () => {
      const name = `${freshRepository()}:1.5`;
      const old = await loadFresh(name);
      const containers = [1, 2].map((at) => `c${at}-${randomBytes(4).toString('hex')}`);
      const [first = '', second = ''] = containers;
      await createContainer(running.socket, first, name);
      const fixed = await loadFresh(name);
      await createContainer(running.socket, second, name);
      const found = (await engine.containers()).filter((one) => containers.includes(one.name));
      assert.deepEqual(
        found.map((one) => [one.name, one.image, one.imageId]).sort(),
        [
          [first, name, old.id],
          [second, name, fixed.id],
        ].sort(),
      );
      for (const container of containers) await removeContainer(running.socket, container);
    });

    it('prunes what has no tag', async () => {
      const name = `${freshRepository()}:1`;
      const old = await loadFresh(name);
      await loadFresh(name);
      assert.deepEqual(await listed(old.id), []);
      await engine.prune();
      assert.equal(await listed(old.id), undefined);
    });

    it('tells of changes as they happen', async () => {
      const controller = new AbortController();
      const events = engine.events(controller.signal);
      assert.deepEqual((await events.next()).value, { kind: 'connected' });
      const news = events.next();
      await loadFresh(`${freshRepository()}:1`);
      const { value } = (await news) as { readonly value: EngineNews };
      assert.equal(value.kind === 'changed' && value.what, 'image');
      controller.abort();
      await rejectsWith('Cancelled', drain(events));
    });

    it('gives and takes images of the store: the same ID there and back', async () => {
      await using world = await openLoadWorld();
      const name = `${freshRepository()}:1`;
      const image = plainImage([randomBytes(8).toString('hex'), 'second'], [name]);
      await world.load(classicArchive(image));
      const { manifest } = await world.engine.image(name);
      for await (const _ of world.engine.copyToDocker(engine, [name]));
      assert.deepEqual(await listed(image.id), [name]);
      await world.engine.remove(name);
      for await (const _ of world.engine.copyFromDocker(engine, [name]));
      const back = await world.engine.image(name);
      assert.equal(back.id, image.id);
      assert.equal(back.manifest.digest, manifest.digest);
      assert.deepEqual(await world.engine.verify(), []);
    });

    it('leaves nothing in the engine of an image that the store cannot give whole', async () => {
      await using world = await openLoadWorld();
      const nowhere = `${freshRepository()}:1`;
      await rejectsWith('NotFound', drain(world.engine.copyToDocker(engine, [nowhere])));
      await rejectsWith('NotFound', drain(world.engine.copyFromDocker(engine, [nowhere])));
    });

    it('is where the command line finds docker:REF', async function () {
      // Each is a process of its own.
      this.timeout(180_000);
      const repository = freshRepository();
      const [before, after] = [`docker:${repository}:1`, `docker:${repository}:2`];
      const images = ['1', '2'].map((tag) => plainImage([`only-${tag}`], [`${repository}:${tag}`]));
      await load(classicArchive(...images));
      const read = (...operands: string[]) => strata(running.socket, ...operands);
      const [id, history, files, content, changes] = await Promise.all([
        read('image', 'inspect', '-f', '{{.Id}}', before),
        read('history', '--json', `docker:${images[1]?.id}`),
        read('files', '--json', before),
        read('cat', before, '/data/only-1'),
        read('diff', '--json', before, after),
      ]);
      assert.equal(id.trim(), images[0]?.id);
      assert.match(history, /COPY only-2/);
      assert.deepEqual(
        jsonLines(files).map(({ path }) => path),
        ['/data', '/data/only-1'],
      );
      assert.notEqual(content, '');
      assert.deepEqual(
        jsonLines(changes)
          .map(({ change }) => change)
          .sort(),
        ['added', 'removed'],
      );
    });

    it('lets an image be looked into', async () => {
      await using world = await openLoadWorld();
      const name = `${freshRepository()}:1`;
      const image = await loadFresh(name);
      const found = await world.engine.engineImage(engine, name);
      assert.equal(found.id, image.id);
      assert.deepEqual(found.tags.map(familiarReference), [name]);
      const paths = [...(await world.engine.files(found))].map(({ path }) => path);
      assert.equal(paths.length, 2);
      assert.equal(world.engine.engineImageBefore(found.manifest.digest), found);
      assert.deepEqual(await world.images(), []);
    });
  });
}

/** The command line where `docker` would use the engine; nothing of what it read may stay. */
async function strata(socket: string, ...operands: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-docker-place-'));
  try {
    const environment = { DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: folder, TMPDIR: folder };
    const { code, stdout, stderr } = await runCommandLine(['--store', join(folder, 'store'), ...operands], {
      environment,
      timeLimit: 60_000,
    });
    assert.equal(code, 0, stderr);
    assert.deepEqual(await readdir(folder), []);
    return stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function jsonLines(text: string): { readonly path?: string; readonly change?: string }[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

async function drain(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events);
}
