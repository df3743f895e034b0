import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commands, env, type TextDocument, Uri, window } from 'vscode';
import { commands as ids, viewItems, views } from '../../src/contributions.ts';
import { isEngineError } from '../../src/engine/errors.ts';
import type { StoredImage } from '../../src/engine/image.ts';
import type { ImageEngine } from '../../src/engine/imageEngine.ts';
import { shortDigest } from '../../src/engine/oci/digest.ts';
import { canonicalReference, parseReference } from '../../src/engine/oci/reference.ts';
import type { ExtensionParts } from '../../src/extension.ts';
import { startFaultServer } from '../support/registryFaults/faultServer.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { type Answers, asPerson, type Seen } from './person.ts';
import { emptyStore, eventually, otherEngine, parts, type Row, rows } from './world.ts';

describe('the verbs of images', () => {
  let registry: SampleRegistry;
  let tree: ExtensionParts['images'];
  let engine: ImageEngine;
  let folder: string;

  before(async () => {
    ({ images: tree } = await parts());
    registry = await startSampleRegistry();
    engine = otherEngine();
    folder = await mkdtemp(path.join(tmpdir(), 'strata-verbs-'));
    await commands.executeCommand(`${views.images}.focus`);
  });

  beforeEach(async () => {
    await emptyStore(engine);
    await pull('base:1.0');
    await pull('base:1.1');
  });

  after(async () => {
    await engine?.[Symbol.asyncDispose]();
    await registry?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const named = (name: string) => `${registry.host}/acme/${name}`;
  const pull = (name: string) => commands.executeCommand(ids.pull, { reference: named(name) });
  const perform = (command: string, name: string, answers: Answers): Promise<Seen> =>
    asPerson(answers, () => commands.executeCommand(command, { reference: named(name) }));

  async function image(name: string): Promise<StoredImage | undefined> {
    try {
      return await engine.image(canonicalReference(parseReference(named(name))));
    } catch (error) {
      if (isEngineError(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  async function transferRow(kind: string): Promise<Row | undefined> {
    return (await rows(tree)).find(({ item }) => item.contextValue === kind);
  }

  it('Pull tells of a platform that there is not', async () => {
    const pulling = (platform: string) =>
      asPerson({}, () => commands.executeCommand(ids.pull, { reference: named('cron'), platform }));
    const { messages } = await pulling('linux/arm64');
    assert.match(messages[0]?.text ?? '', /cron:latest is for linux\/amd64 only, not for linux\/arm64/);
    assert.deepEqual((await pulling('linux/amd64')).messages, []);
  });

  describe('Tag…', () => {
    it('gives the image one more name', async () => {
      const { status } = await perform(ids.tagImage, 'base:1.0', { type: named('copy:1') });
      assert.equal((await image('copy:1'))?.id, (await image('base:1.0'))?.id);
      assert.match(status.join(), /acme\/copy:1 is /);
    });

    it('says beforehand which image loses the tag, and afterwards that it is dangling', async () => {
      const loser = await image('base:1.1');
      assert.ok(loser);
      const { inputs, status } = await perform(ids.tagImage, 'base:1.0', { type: named('base:1.1') });
      const id = shortDigest(loser.id);
      assert.equal(inputs[0]?.note, `The tag moves from ${id}; that image stays as dangling.`);
      assert.match(status.join(), new RegExp(`moved from ${id}, which is dangling now`));
    });

    const notes: readonly (readonly [typed: string, note: RegExp])[] = [
      ['Acme/Web:1', /must be lowercase/],
      ['acme/web:a b', /invalid reference format/i],
      ['', /Type a name/],
      [`acme/web@sha256:${'0'.repeat(64)}`, /A digest is computed, not given/],
      ['acme/new:1', /^$/],
    ];
    for (const [typed, note] of notes) {
      it(`says what is wrong with a name as it is typed: ${typed.slice(0, 20) || '(nothing)'}`, async () => {
        const { inputs } = await perform(ids.tagImage, 'base:1.0', { type: typed });
        assert.match(inputs[0]?.note ?? '', note);
      });
    }

    it('says that the image has the tag already', async () => {
      const { inputs } = await perform(ids.tagImage, 'base:1.0', { type: named('base:1.0') });
      assert.equal(inputs[0]?.note, 'The image has this tag already.');
    });

    it('begins with the name that the image has, and changes nothing where the person leaves', async () => {
      const before = await engine.images();
      const { inputs } = await perform(ids.tagImage, 'base:1.0', {});
      assert.equal(inputs[0]?.options.value, named('base:1.0'));
      assert.deepEqual(await engine.images(), before);
    });

    it('asks for the image where it is not told', async () => {
      const answers = { pick: 'acme/base:1.1', type: named('picked:1') };
      await asPerson(answers, () => commands.executeCommand(ids.tagImage));
      assert.equal((await image('picked:1'))?.id, (await image('base:1.1'))?.id);
    });
  });

  describe('Push…', () => {
    it('pushes under the name that the image has, by the same digest', async () => {
      await engine.tag(named('base:1.0'), { ...parseReference(named('pushed:1')), tag: '1' });
      const { inputs } = await perform(ids.pushImage, 'pushed:1', { type: named('pushed:1') });
      assert.equal(inputs[0]?.note, '');
      const pushed = await engine.resolve(parseReference(named('pushed:1')));
      assert.equal(pushed.digest, (await image('pushed:1'))?.manifest.digest);
    });

    it('tags first where the name differs, and says so', async () => {
      const { inputs } = await perform(ids.pushImage, 'base:1.0', { type: named('other:2') });
      assert.match(inputs[0]?.note ?? '', /given this tag here first/);
      assert.equal((await image('other:2'))?.id, (await image('base:1.0'))?.id);
    });

    it('leaves its digest to be copied, in one row, until it is dismissed', async () => {
      for (const tag of ['1', '2']) {
        await perform(ids.pushImage, 'base:1.0', { type: named(`copied:${tag}`) });
      }
      const done = await transferRow(viewItems.doneTransfer);
      assert.equal(done?.label, 'acme/copied:2');
      await commands.executeCommand(ids.copyImageDigest, done?.node);
      const { digest } = await engine.resolve(parseReference(named('copied:2')));
      assert.equal(await env.clipboard.readText(), digest);
      await commands.executeCommand(ids.dismissTransfer, done?.node);
      assert.equal(await transferRow(viewItems.doneTransfer), undefined);
    });

    it('says in its row why it failed, until it is dismissed', async () => {
      const seen = await perform(ids.pushImage, 'base:1.0', { type: '127.0.0.1:1/acme/nowhere:1' });
      const failed = await transferRow(viewItems.failedTransfer);
      assert.match(failed?.description ?? '', /127\.0\.0\.1:1 cannot be reached/);
      assert.deepEqual(seen.messages, []);
      await commands.executeCommand(ids.dismissTransfer, failed?.node);
      assert.equal(await transferRow(viewItems.failedTransfer), undefined);
    });

    it('leaves no row of a push that is cancelled midway', async () => {
      await using server = await startFaultServer(() => new Promise(() => undefined));
      const pushing = perform(ids.pushImage, 'base:1.0', { type: `${server.host}/acme/slow:1` });
      const running = await eventually(() => transferRow(viewItems.runningTransfer), 'the row of the push');
      assert.match(running.description, /^pushing/);
      await commands.executeCommand(ids.cancelTransfer, running.node);
      const { messages } = await pushing;
      assert.deepEqual(messages, []);
      assert.equal(await transferRow(viewItems.failedTransfer), undefined);
    });

    it('warns of names that only Docker pushes', async () => {
      await engine.tag(named('base:1.0'), { ...parseReference('alpine:9'), tag: '9' });
      const seen = await asPerson({}, () =>
        commands.executeCommand(ids.pushImage, { reference: 'alpine:9' }),
      );
      assert.match(seen.inputs[0]?.note ?? '', /as in ACCOUNT\/alpine:9/);
    });

    it('pushes and tags nothing where the person leaves', async () => {
      const before = await engine.images();
      await perform(ids.pushImage, 'base:1.0', {});
      assert.deepEqual(await engine.images(), before);
    });
  });

  describe('Copy to Registry…', () => {
    it('copies a tag, every platform of it, and keeps nothing here', async () => {
      const before = await engine.images();
      await perform(ids.copyToRegistry, 'web:2.0.0', { type: named('mirror:2') });
      const [source, copy] = await Promise.all(
        ['web:2.0.0', 'mirror:2'].map((name) => engine.resolve(parseReference(named(name)))),
      );
      assert.equal(copy?.digest, source?.digest);
      assert.deepEqual(await engine.images(), before);
    });

    it('says where it is already, and copies nothing where the person leaves', async () => {
      const { inputs } = await perform(ids.copyToRegistry, 'web:2.0.0', {});
      assert.match(inputs[0]?.note ?? '', /This is where it is/);
    });
  });

  describe('Inspect and History', () => {
    async function shown(command: string, name: string): Promise<TextDocument> {
      await perform(command, name, {});
      assert.ok(window.activeTextEditor);
      return window.activeTextEditor.document;
    }

    it('show Docker’s document as JSON that nobody can change', async () => {
      const document = await shown(ids.inspectImage, 'base:1.0');
      assert.equal(document.languageId, 'json');
      assert.equal(path.posix.basename(document.uri.path), 'base:1.0 (inspect).json');
      const [inspected] = JSON.parse(document.getText());
      assert.equal(inspected.Id, (await image('base:1.0'))?.id);
      assert.equal(document.isUntitled, false);
    });

    it('tell what is true now when refreshed', async () => {
      const document = await shown(ids.inspectImage, 'base:1.0');
      await engine.tag(named('base:1.0'), { ...parseReference(named('later:1')), tag: '1' });
      await commands.executeCommand(ids.refreshDocument, document.uri);
      await eventually(async () => document.getText().includes('acme/later:1') || undefined, 'the new tag');
    });

    it('show every step of the history, whole', async () => {
      const document = await shown(ids.imageHistory, 'base:1.0');
      const stored = await image('base:1.0');
      assert.ok(stored);
      const steps = await engine.history(stored);
      const lines = document.getText().trimEnd().split('\n');
      const header = lines.findIndex((line) => line.startsWith('IMAGE'));
      assert.equal(lines.length - header - 1, steps.length);
      assert.ok(lines[0]?.includes('acme/base:1.0'));
      for (const { createdBy } of steps) assert.ok(document.getText().includes(createdBy.slice(0, 40)));
    });
  });

  describe('Save… and Load…', () => {
    const save = (names: readonly string[], file: string): Promise<Seen> =>
      asPerson({ pick: 'acme/', saveTo: Uri.file(file) }, () =>
        names.length === 1
          ? commands.executeCommand(ids.saveImages, { reference: named(names[0] ?? '') })
          : commands.executeCommand(ids.saveImages),
      );

    it('make an archive that brings the same image back', async () => {
      const file = path.join(folder, 'one.tar');
      const before = await image('base:1.0');
      const seen = await save(['base:1.0'], file);
      assert.equal(path.basename(seen.saves[0]?.defaultUri?.fsPath ?? ''), 'base-1.0.tar');
      await engine.remove(named('base:1.0'));
      await asPerson({ openFiles: [Uri.file(file)] }, () => commands.executeCommand(ids.loadImages));
      assert.equal((await image('base:1.0'))?.id, before?.id);
    });

    it('put several images into one archive, and leave nothing else beside it', async () => {
      const place = await mkdtemp(path.join(folder, 'several-'));
      const file = path.join(place, 'all.tar');
      const seen = await save(['base:1.0', 'base:1.1'], file);
      assert.equal(path.basename(seen.saves[0]?.defaultUri?.fsPath ?? ''), 'images.tar');
      assert.deepEqual(await readdir(place), ['all.tar']);
      await emptyStore(engine);
      const { status } = await asPerson({ openFiles: [Uri.file(file)] }, () =>
        commands.executeCommand(ids.loadImages),
      );
      assert.ok((await image('base:1.0')) && (await image('base:1.1')));
      assert.match(status.join(), /^Loaded .*base:1\.\d, .*base:1\.\d/);
    });

    it('write nothing where the person leaves the dialog', async () => {
      const place = await mkdtemp(path.join(folder, 'left-'));
      await perform(ids.saveImages, 'base:1.0', {});
      assert.deepEqual(await readdir(place), []);
    });

    it('say in a row that a file is no archive', async () => {
      const file = Uri.file(path.join(folder, 'one.tar'));
      await asPerson({ openFiles: [Uri.file(__filename), file] }, () =>
        commands.executeCommand(ids.loadImages),
      );
      const failed = await transferRow(viewItems.failedTransfer);
      assert.equal(failed?.label, path.basename(__filename));
      await commands.executeCommand(ids.dismissTransfer, failed?.node);
    });

    it('replace an archive only by a whole one', async () => {
      const file = path.join(folder, 'kept.tar');
      await save(['base:1.0'], file);
      const before = await readFile(file);
      await engine.remove(named('base:1.1'));
      await save(['base:1.0'], file);
      assert.deepEqual(await readFile(file), before);
      assert.equal((await stat(file)).isFile(), true);
    });
  });

  describe('Prune…', () => {
    beforeEach(async () => {
      await pull('web:1.4.0');
      await engine.tag(named('web:1.4.0'), { ...parseReference(named('base:1.1')), tag: '1.1' });
    });

    const prune = (answers: Answers) => asPerson(answers, () => commands.executeCommand(ids.pruneImages));

    it('frees exactly what its preview says', async () => {
      const [plan, before, bytes] = [
        await engine.planPrune(),
        await engine.images(),
        (await engine.usage()).totalBytes,
      ];
      const { messages, status } = await prune({ pick: 'Dangling', press: 'Prune' });
      const [gone] = plan.images;
      assert.equal(plan.images.length, 1);
      assert.ok(gone && messages[0]?.detail?.includes(shortDigest(gone.id)), messages[0]?.detail);
      const left = new Set((await engine.images()).map(({ id }) => id));
      assert.deepEqual(
        before.map(({ id }) => id).filter((id) => !left.has(id)),
        [gone.id],
      );
      assert.equal(bytes - (await engine.usage()).totalBytes, plan.freedBytes);
      assert.match(status.join(), /^Pruned 1 image: .* reclaimed/);
    });

    it('takes every image where that is chosen', async () => {
      const { messages } = await prune({ pick: 'All', press: 'Prune' });
      assert.match(messages[0]?.text ?? '', /This will remove all images/);
      assert.deepEqual(await engine.images(), []);
    });

    for (const [where, answers] of [
      ['at the choice', {}],
      ['at the preview', { pick: 'All' }],
    ] as const) {
      it(`removes nothing where the person leaves ${where}`, async () => {
        const before = await engine.images();
        await prune(answers);
        assert.deepEqual(await engine.images(), before);
      });
    }

    it('says that there is nothing to prune, without a dialog', async () => {
      await engine.prune();
      const { messages, status } = await prune({ pick: 'Dangling' });
      assert.deepEqual(messages, []);
      assert.match(status.join(), /Nothing to prune/);
    });
  });

  describe('Remove…', () => {
    beforeEach(() => engine.tag(named('base:1.0'), { ...parseReference(named('alias:1')), tag: '1' }));

    it('takes one name away where the image has others', async () => {
      const { messages } = await perform(ids.removeImage, 'base:1.0', { press: 'Untag' });
      assert.match(messages[0]?.detail ?? '', /is untagged; the image stays as .*acme\/alias:1/);
      assert.equal(await image('base:1.0'), undefined);
      assert.ok(await image('alias:1'));
    });

    it('takes the image with all its names where that is chosen', async () => {
      await perform(ids.removeImage, 'base:1.0', { press: 'Remove with All Tags' });
      assert.equal(await image('alias:1'), undefined);
    });

    it('says what is deleted with the last name', async () => {
      const { messages } = await perform(ids.removeImage, 'base:1.1', { press: 'Remove' });
      assert.match(
        messages[0]?.detail ?? '',
        /is deleted \(.* unpacked\); layers that other images use stay/,
      );
      assert.equal(await image('base:1.1'), undefined);
    });

    it('removes nothing where the person leaves', async () => {
      const before = await engine.images();
      await perform(ids.removeImage, 'base:1.0', {});
      assert.deepEqual(await engine.images(), before);
    });

    it('means by its key what is selected, as an image is that has just been loaded', async () => {
      const file = Uri.file(path.join(folder, 'selected.tar'));
      await perform(ids.saveImages, 'base:1.1', { saveTo: file });
      await asPerson({ openFiles: [file] }, () => commands.executeCommand(ids.loadImages));
      const { messages } = await asPerson({ press: 'Remove' }, () =>
        commands.executeCommand(ids.removeImage, 'selection'),
      );
      assert.equal(messages[0]?.text, `Remove ${named('base:1.1')}?`);
      assert.equal(await image('base:1.1'), undefined);
    });
  });

  describe('Sign In…', () => {
    const basicOf = (word: string) => `Basic ${Buffer.from(`${word}:${word}`).toString('base64')}`;
    const startLocked = () =>
      startFaultServer((request, response) => {
        const isAda = request.headers.authorization === basicOf('ada');
        response.writeHead(isAda ? 200 : 401, { 'WWW-Authenticate': 'Basic realm="test"' }).end('{}');
      });
    const signedIn = async () => {
      const { picks } = await asPerson({}, () => commands.executeCommand(ids.signOut));
      return picks.flatMap(({ items }) => items as readonly unknown[]);
    };

    it('keeps an account that the registry takes', async () => {
      await using server = await startLocked();
      const before = await signedIn();
      const { status } = await asPerson({ type: 'ada' }, () =>
        commands.executeCommand(ids.signIn, { registry: server.host }),
      );
      assert.equal(status.join(), `Signed in to ${server.host} as ada`);
      assert.deepEqual(await signedIn(), [...before, server.host].toSorted());
    });

    it('keeps nothing of one that it refuses, and says so', async () => {
      await using server = await startLocked();
      const before = await signedIn();
      const { messages } = await asPerson({ type: 'bob' }, () =>
        commands.executeCommand(ids.signIn, { registry: server.host }),
      );
      assert.equal(messages[0]?.text, `${server.host} refused this user name or password. Nothing was kept.`);
      assert.deepEqual(await signedIn(), before);
    });
  });
});
