import assert from 'node:assert/strict';
import { commands, workspace } from 'vscode';
import { commands as ids, viewItems, views } from '../../src/contributions.ts';
import type { ExtensionParts } from '../../src/extension.ts';
import { eventually, parts, type Row, rows, writeFile } from './world.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('the In This Workspace view', () => {
  let tree: ExtensionParts['mentions'];

  before(async () => {
    ({ mentions: tree } = await parts());
    await writeFile(
      'services/api/Dockerfile',
      `FROM alpine:3.20 AS base\nFROM debian:12@${digest}\nFROM base\nFROM scratch\nFROM \${X}\nFROM alpine:1:2\nFROM registry.example.com:5000/team/app:1\nFROM team/app:1\n`,
    );
    await writeFile('node_modules/thing/Dockerfile', 'FROM busybox\n');
    await writeFile('stack/compose.yaml', 'services:\n  db:\n    image: postgres:16\n');
    await writeFile(
      'deploy/pod.yaml',
      'kind: Pod\napiVersion: v1\nspec:\n  containers:\n    - image: nginx:1\n',
    );
    await writeFile('deploy/values.yaml', 'replicas: 2\n');
    // VS Code's watcher may miss what comes at once with its folder.
    await writeFile('late/notes.txt', 'nothing\n');
    await commands.executeCommand(`${views.workspace}.focus`);
    await commands.executeCommand(ids.refreshWorkspace);
  });

  const fileRow = (folder: string) => async (): Promise<Row | undefined> =>
    (await rows(tree)).find(({ description }) => description === folder);

  it('groups every reference by its file, each with its state', async () => {
    const file = await eventually(fileRow('services/api'), 'the row of the file');
    assert.equal(file.label, 'Dockerfile');
    const mentions = await rows(tree, file.node);
    assert.deepEqual(
      mentions.map(({ label, description, item }) => [label, description, item.contextValue]),
      [
        ['alpine:3.20', 'official · not pinned · line 1', viewItems.floatingMention],
        ['debian:12@aaaaaaaaaaaa', 'official · pinned · line 2', viewItems.pinnedMention],
        ['base', 'stage of this file · line 3', viewItems.otherMention],
        ['scratch', 'empty image · line 4', viewItems.otherMention],
        [`\${X}`, 'variable without a value · line 5', viewItems.otherMention],
        ['alpine:1:2', 'not a reference · line 6', viewItems.otherMention],
        ['team/app:1', 'registry.example.com:5000 · not pinned · line 7', viewItems.floatingMention],
        ['team/app:1', 'docker.io · not pinned · line 8', viewItems.floatingMention],
      ],
    );
  });

  for (const [folder, label] of [
    ['stack', 'postgres:16'],
    ['deploy', 'nginx:1'],
  ] as const) {
    it(`finds the images of YAML files in ${folder}, and no other YAML file`, async () => {
      const file = await eventually(fileRow(folder), 'the row of the file');
      assert.deepEqual(
        (await rows(tree, file.node)).map((row) => row.label),
        [label],
      );
      assert.equal((await rows(tree)).filter(({ description }) => description === folder).length, 1);
    });
  }

  it('goes to the reference', async () => {
    const file = await eventually(fileRow('services/api'), 'the row of the file');
    const [, second] = await rows(tree, file.node);
    const { command, arguments: args } = second?.item.command ?? {};
    assert.equal(command, 'vscode.open');
    assert.equal(args?.[1].selection.start.line, 1);
    assert.equal(args?.[1].selection.start.character, 'FROM '.length);
  });

  it('leaves out what others wrote', async () => {
    assert.equal(await fileRow('node_modules/thing')(), undefined);
  });

  it('follows files that come, change and go', async () => {
    const uri = await writeFile('late/Dockerfile', 'FROM alpine:1\n');
    const came = await eventually(fileRow('late'), 'the row of the new file');
    assert.equal((await rows(tree, came.node))[0]?.label, 'alpine:1');
    await writeFile('late/Dockerfile', 'FROM alpine:2\n');
    await eventually(async () => {
      const file = await fileRow('late')();
      const [first] = file ? await rows(tree, file.node) : [];
      return first?.label === 'alpine:2' ? first : undefined;
    }, 'the changed reference');
    await workspace.fs.delete(uri);
    await eventually(async () => ((await fileRow('late')()) ? undefined : true), 'the end of the row');
  });
});
