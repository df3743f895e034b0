import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commands, FileSystemError, FileType, TabInputTextDiff, Uri, window, workspace } from 'vscode';
import { commands as ids, imageFileScheme, views } from '../../src/contributions.ts';
import type { StoredImage } from '../../src/engine/image.ts';
import type { ImageEngine } from '../../src/engine/imageEngine.ts';
import { canonicalReference, parseReference } from '../../src/engine/oci/reference.ts';
import type { ExtensionParts } from '../../src/extension.ts';
import { imageUri } from '../../src/ui/imageFileSystem/imageLocation.ts';
import { imageTree } from '../../src/ui/imageFileSystem/imageTree.ts';
import type { FileNode } from '../../src/ui/views/images/fileNode.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { type Answers, asPerson, type Seen } from './person.ts';
import { emptyStore, eventually, otherEngine, parts, type Row, row, rows } from './world.ts';

describe('the files of images', () => {
  let registry: SampleRegistry;
  let engine: ImageEngine;
  let tree: ExtensionParts['images'];

  before(async () => {
    ({ images: tree } = await parts());
    registry = await startSampleRegistry();
    engine = otherEngine();
    await emptyStore(engine);
    for (const name of ['web:1.4.1', 'web:2.0.0', 'legacy:3.2']) await pull(name);
    await commands.executeCommand(`${views.images}.focus`);
  });

  after(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    await engine?.[Symbol.asyncDispose]();
    await registry?.close();
  });

  const named = (name: string) => `${registry.host}/acme/${name}`;
  const pull = (name: string) => commands.executeCommand(ids.pull, { reference: named(name) });
  const image = (name: string): Promise<StoredImage> =>
    engine.image(canonicalReference(parseReference(named(name))));
  const text = async (uri: Uri) => Buffer.from(await workspace.fs.readFile(uri)).toString();

  async function uriOf(name: string, path: string): Promise<Uri> {
    const found = await image(name);
    return imageUri({ ...imageTree({ image: found, tag: found.tags[0] }), path });
  }

  /** The lowest layer of an image whose row says this. */
  async function layerRow(repository: string, tag: string, text: string): Promise<Row> {
    const group = await row(tree, `acme/${repository}`);
    const layers = await rows(tree, (await row(tree, tag, group.node)).node);
    const found = layers.find(({ label }) => label.includes(text));
    assert.ok(found, layers.map(({ label }) => label).join('\n'));
    return found;
  }

  it('are as the image has them, byte for byte', async () => {
    const path = '/srv/web/public/Änderungen.txt';
    assert.match(await text(await uriOf('web:2.0.0', path)), /^Version 2\.0\.0: neue Farbe/);
    const { size, mtime, type } = await workspace.fs.stat(await uriOf('web:2.0.0', path));
    const { row } = await engine.entry(await image('web:2.0.0'), path);
    assert.deepEqual([size, mtime, type], [row.size, row.mtime * 1000, FileType.File]);
  });

  it('are listed with what links lead to', async () => {
    const entries = new Map(await workspace.fs.readDirectory(await uriOf('web:2.0.0', '/srv/web/public')));
    assert.equal(entries.get('latest.css'), FileType.File | FileType.SymbolicLink);
    assert.equal(entries.get('app.css'), FileType.File);
    const top = new Map(await workspace.fs.readDirectory(await uriOf('web:2.0.0', '/')));
    assert.equal(top.get('srv'), FileType.Directory);
  });

  it('are found through links, which never leave the image', async () => {
    assert.match(await text(await uriOf('web:2.0.0', '/usr/local/bin/web')), /^#!/);
    const passwd = await text(await uriOf('web:2.0.0', '/etc/passwd'));
    assert.match(passwd, /Acme web/);
    const above = (await uriOf('web:2.0.0', '/')).with({ path: '/web:2.0.0/../../../etc/passwd' });
    assert.equal(await text(above), passwd);
  });

  const refused: readonly (readonly [what: string, path: string, code: string])[] = [
    ['a file that is not there', '/etc/nothing', 'FileNotFound'],
    ['a file below a file', '/etc/passwd/x', 'FileNotFound'],
    ['a folder', '/etc', 'FileIsADirectory'],
  ];
  for (const [what, path, code] of refused) {
    it(`cannot be read from ${what}: ${code}`, async () => {
      await assert.rejects(
        text(await uriOf('web:2.0.0', path)),
        (error) => error instanceof FileSystemError && error.code === code,
      );
    });
  }

  it('are those of no image where the URI names none', async () => {
    for (const authority of ['', 'abc', '0'.repeat(64), `${'0'.repeat(64)}-layer1`]) {
      const uri = Uri.from({ scheme: imageFileScheme, authority, path: '/x/etc/passwd' });
      await assert.rejects(text(uri), (error) => error instanceof FileSystemError);
    }
  });

  it('cannot be written, removed or renamed', async () => {
    assert.equal(workspace.fs.isWritableFileSystem(imageFileScheme), false);
    const uri = await uriOf('web:2.0.0', '/etc/passwd');
    const other = await uriOf('web:2.0.0', '/etc/other');
    await assert.rejects(async () => workspace.fs.writeFile(uri, Buffer.from('x')));
    await assert.rejects(async () => workspace.fs.delete(uri));
    await assert.rejects(async () => workspace.fs.rename(uri, other));
    await assert.rejects(async () => workspace.fs.createDirectory(other));
  });

  it('are of one layer alone where a layer is the folder', async () => {
    const removing = await layerRow('legacy', '3.2', 'legacy.conf');
    const [etc] = await rows(tree, removing.node);
    assert.ok(etc);
    const folder = imageUri((etc.node as FileNode).location);
    assert.deepEqual(await workspace.fs.readDirectory(folder), [['legacy.conf', FileType.File]]);
    assert.match(await text(Uri.joinPath(folder, 'legacy.conf')), /^listen/);
  });

  it('are opened read-only from their row', async () => {
    const layer = await layerRow('legacy', '3.2', 'legacy.conf');
    const conf = await row(tree, 'legacy.conf', (await row(tree, 'etc', layer.node)).node);
    assert.equal(conf.item.command?.command, ids.openFile);
    await commands.executeCommand(ids.openFile, conf.node);
    const document = window.activeTextEditor?.document;
    assert.match(document?.getText() ?? '', /^listen = 0\.0\.0\.0:7000/);
    assert.match(document?.uri.path ?? '', /^\/legacy:3\.2.* #\d\/etc\/legacy\.conf$/);
  });

  it('are those of the whole image where a link of a layer leads out of the layer', async () => {
    const layer = await layerRow('web', '2.0.0', 'ln -s');
    const usr = await row(tree, 'usr', layer.node);
    const bin = await row(tree, 'bin', (await row(tree, 'local', usr.node)).node);
    await commands.executeCommand(ids.openFile, (await row(tree, 'web', bin.node)).node);
    assert.match(window.activeTextEditor?.document.uri.path ?? '', /^\/web:2\.0\.0\/usr\/local\/bin\/web$/);
  });

  it('say where a link leads that leads nowhere', async () => {
    const layer = await layerRow('web', '2.0.0', 'ln -s');
    const usr = await row(tree, 'usr', layer.node);
    const bin = await row(tree, 'bin', (await row(tree, 'local', usr.node)).node);
    const { location } = (await row(tree, 'web', bin.node)).node as FileNode;
    await assert.rejects(async () => workspace.fs.readFile(imageUri(location)), {
      message: /^\/usr\/local\/bin\/web is a link to \S+, which is not there\.$/,
    });
  });

  describe('from a row of the Layers page', () => {
    /** What VS Code hands over for the row of a path, of the lowest layer that has it. */
    async function context(path: string): Promise<object> {
      const found = await image('web:2.0.0');
      const steps = (await engine.layers(found)).flatMap(({ empty, index }) => (empty ? [] : [index]));
      const has = (step: number) =>
        engine.entry(found, path, { layer: step }).then(
          () => true,
          () => false,
        );
      const first = await Promise.all(steps.map(has)).then((all) => all.indexOf(true));
      const layer = { step: steps[first], number: first + 1 };
      const subject = { manifest: found.manifest.digest, name: named('web:2.0.0') };
      return { webviewSection: 'file', image: subject, path, layer, after: layer };
    }

    it('a link to a folder says so, and makes it one of the workspace only where that is wanted', async () => {
      const added: unknown[] = [];
      const target = workspace as unknown as Record<string, unknown>;
      const own = target.updateWorkspaceFolders;
      target.updateWorkspaceFolders = (...args: unknown[]) => added.push(args);
      try {
        const bin = await context('/bin');
        const seen = await asPerson({}, () => commands.executeCommand(ids.openFile, bin));
        assert.deepEqual(
          seen.messages.map(({ text }) => text),
          ['/bin leads to a folder.'],
        );
        assert.equal(added.length, 0);
        await asPerson({ press: 'Open as Folder' }, () => commands.executeCommand(ids.openFile, bin));
        await eventually(async () => added[0], 'the folder of the workspace');
      } finally {
        target.updateWorkspaceFolders = own;
      }
    });

    it('a link that came says what it leads to, and a file is shown', async () => {
      await commands.executeCommand('workbench.action.closeAllEditors');
      const compare = async (path: string) => {
        const row = await context(path);
        const seen = await asPerson({}, () => commands.executeCommand(ids.compareWithLayerBelow, row));
        return seen.messages.map(({ text }) => text);
      };
      assert.deepEqual(await compare('/bin'), ['/bin: not there, now a link to usr/bin']);
      assert.equal(window.tabGroups.all.flatMap(({ tabs }) => tabs).length, 0);
      assert.deepEqual(await compare('/etc/os-release'), []);
      assert.equal(window.tabGroups.all.flatMap(({ tabs }) => tabs).length, 1);
    });
  });

  it('become a folder of the workspace, under the name of the image', async () => {
    const added: [number, number, { uri: Uri; name: string }][] = [];
    const target = workspace as unknown as Record<string, unknown>;
    const own = target.updateWorkspaceFolders;
    target.updateWorkspaceFolders = (...args: (typeof added)[number]) => added.push(args);
    try {
      await commands.executeCommand(ids.openImageAsFolder, { reference: named('web:2.0.0') });
    } finally {
      target.updateWorkspaceFolders = own;
    }
    const [[start, deleted, folder] = []] = added;
    assert.deepEqual([added.length, start, deleted, folder?.name], [1, 1, 0, 'web:2.0.0']);
    assert.equal(String(folder?.uri), String(await uriOf('web:2.0.0', '/')));
  });

  it('are found by words of their path', async () => {
    const { lists } = await asPerson({ type: 'os-release', pick: 'os-release' }, () =>
      commands.executeCommand(ids.goToFile, { reference: named('web:2.0.0') }),
    );
    assert.deepEqual(
      lists.map(({ title }) => title),
      ['Go to File in web:2.0.0'],
    );
    await eventually(
      async () => window.activeTextEditor?.document.uri.path.endsWith('/os-release') || undefined,
      'the file in front',
    );
  });

  it('are searched for text, and the line that has it is shown', async () => {
    const { inputs, lists } = await asPerson({ type: 'pretty_name', pickOfList: 'os-release:' }, () =>
      commands.executeCommand(ids.findText, { reference: named('web:2.0.0') }),
    );
    assert.equal(inputs[0]?.options.title, 'Find Text in web:2.0.0');
    const [found] = lists[0]?.items ?? [];
    assert.match(found?.label ?? '', /^os-release:\d+$/);
    assert.match(found?.detail ?? '', /^PRETTY_NAME=/);
    const editor = await eventually(
      async () => window.visibleTextEditors.find(({ document }) => document.uri.path.endsWith('/os-release')),
      'the file',
    );
    await eventually(
      async () => editor.document.getText(editor.selection) === 'PRETTY_NAME' || undefined,
      'the text, selected',
    );
  });

  it('say so where no text file has it', async () => {
    const { lists } = await asPerson({ type: 'Nothing Of The Kind' }, () =>
      commands.executeCommand(ids.findText, { reference: named('web:2.0.0') }),
    );
    assert.deepEqual(lists, [{ title: 'Find Text in web:2.0.0', items: [] }]);
  });

  describe('compared', () => {
    /** What the tab in front compares. */
    const compared = () =>
      eventually(async () => {
        const tab = window.tabGroups.activeTabGroup.activeTab;
        const { input } = tab ?? {};
        return input instanceof TabInputTextDiff ? { label: tab?.label, input } : undefined;
      }, 'a diff in front');

    beforeEach(() => commands.executeCommand('workbench.action.closeAllEditors'));

    it('with another tag of the repository are shown in the diff editor', async () => {
      const { picks } = await asPerson({ pick: 'web:1.4.1' }, async () =>
        commands.executeCommand(ids.compareWithTag, await uriOf('web:2.0.0', '/srv/web/package.json')),
      );
      assert.deepEqual(
        picks.map(({ items }) => items.map(({ label }) => label)),
        [[named('web:1.4.1')]],
      );
      const { label, input } = await compared();
      assert.equal(label, 'package.json (web:2.0.0 ↔ web:1.4.1)');
      assert.match(await text(input.original), /"version": "2\.0\.0"/);
      assert.match(await text(input.modified), /"version": "1\.4\.1"/);
    });

    it('with another image may be any of the store', async () => {
      await asPerson({ pick: 'legacy' }, async () =>
        commands.executeCommand(ids.compareWith, await uriOf('web:2.0.0', '/etc/os-release')),
      );
      assert.equal((await compared()).label, 'os-release (web:2.0.0 ↔ legacy:3.2)');
    });

    it('a whole image at a time, by what is different', async () => {
      const before = await image('web:2.0.0');
      const after = await image('web:1.4.1');
      const changes: string[] = [];
      for await (const { path } of engine.diff(before, after)) changes.push(path);
      const { lists } = await asPerson(
        { pick: 'web:1.4.1', type: 'web/package.json', pickOfList: 'package.json' },
        () => commands.executeCommand(ids.compareWithTag, { reference: named('web:2.0.0') }),
      );
      assert.ok(changes.includes('/srv/web/package.json'));
      assert.deepEqual(
        lists.map(({ title }) => title),
        ['web:2.0.0 ↔ web:1.4.1'],
      );
      assert.equal((await compared()).label, 'package.json (web:2.0.0 ↔ web:1.4.1)');
    });

    it('offer to pull where there is nothing to compare with', async () => {
      const { messages } = await asPerson({}, () =>
        commands.executeCommand(ids.compareWithTag, { reference: named('legacy:3.2') }),
      );
      assert.match(messages.map(({ text }) => text).join(), /no other tag of .*acme\/legacy/);
    });
  });

  describe('exported', () => {
    let folder: string;

    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'strata-export-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    const exportTo = async (argument: unknown, answers: Answers = {}): Promise<Seen> =>
      asPerson({ openFiles: [Uri.file(folder)], ...answers }, () =>
        commands.executeCommand(ids.exportFiles, argument),
      );

    it('are on the disk as in the image, in the folder that the person chose', async () => {
      const { status } = await exportTo(await uriOf('web:2.0.0', '/srv/web/public'));
      const styles = await readFile(path.join(folder, 'public/app.css'), 'utf8');
      assert.equal(styles, await text(await uriOf('web:2.0.0', '/srv/web/public/app.css')));
      assert.match(status.join(), /^Exported .*public \(\d+ files, /);
      assert.deepEqual(await readdir(folder), ['public']);
    });

    it('are a whole image where its row is exported', async () => {
      await exportTo({ reference: named('web:2.0.0') });
      const names = await readdir(path.join(folder, 'web-2.0.0'));
      assert.ok(names.includes('etc') && names.includes('srv'), names.join());
    });

    it('replace nothing before the person has said so', async () => {
      await writeFile(path.join(folder, 'passwd'), 'mine');
      const { messages } = await exportTo(await uriOf('web:2.0.0', '/etc/passwd'));
      assert.match(messages.map(({ text }) => text).join(), /^passwd is in .* already\.$/);
      assert.equal(await readFile(path.join(folder, 'passwd'), 'utf8'), 'mine');
    });

    for (const [press, expected] of [
      ['Replace', ['passwd']],
      ['Keep Both', ['passwd', 'passwd (2)']],
    ] as const) {
      it(`are beside or in place of what is there: ${press}`, async () => {
        await writeFile(path.join(folder, 'passwd'), 'mine');
        await exportTo(await uriOf('web:2.0.0', '/etc/passwd'), { press });
        assert.deepEqual(await readdir(folder), expected);
        assert.match(await readFile(path.join(folder, expected.at(-1) ?? ''), 'utf8'), /Acme web/);
      });
    }
  });
});
