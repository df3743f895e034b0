import assert from 'node:assert/strict';
import { type CodeAction, commands, Range, Selection, type TextDocument, window } from 'vscode';
import { commands as ids } from '../../src/contributions.ts';
import { parseReference } from '../../src/engine/oci/reference.ts';
import { type SampleRegistry, startSampleRegistry } from '../support/sampleRegistry/start.ts';
import { openFile, otherEngine, parts, positionOf } from './world.ts';

describe('pinning a reference', () => {
  let registry: SampleRegistry;
  let digest: string;

  before(async () => {
    await parts();
    registry = await startSampleRegistry();
    await using engine = otherEngine();
    digest = (await engine.resolve(parseReference(`${registry.host}/acme/base:1.0`))).digest;
  });

  after(() => registry.close());

  async function openAt(name: string, text: string, cursor: string): Promise<TextDocument> {
    const document = await openFile(name, text);
    const editor = await window.showTextDocument(document);
    const position = positionOf(document, cursor);
    editor.selection = new Selection(position, position);
    return document;
  }

  it('writes the digest behind the tag at the cursor, and nothing else', async () => {
    const text = `# base\nFROM --platform=linux/amd64 ${registry.host}/acme/base:1.0 AS a # note\n`;
    const document = await openAt('pinning/one.Dockerfile', text, 'acme/base');
    await commands.executeCommand(ids.pin);
    assert.equal(document.getText(), text.replace('base:1.0', `base:1.0@${digest}`));
  });

  it('is taken back by one undo', async () => {
    const text = `FROM ${registry.host}/acme/base:1.0\n`;
    const document = await openAt('pinning/two.Dockerfile', text, 'acme/base');
    await commands.executeCommand(ids.pin);
    assert.notEqual(document.getText(), text);
    await commands.executeCommand('undo');
    assert.equal(document.getText(), text);
  });

  it('writes the digest where an argument has its default', async () => {
    const text = `ARG TAG=1.0\nFROM ${registry.host}/acme/base:\${TAG}\n`;
    const document = await openAt('pinning/three.Dockerfile', text, 'acme/base');
    await commands.executeCommand(ids.pin);
    assert.equal(document.getText(), text.replace('TAG=1.0', `TAG=1.0@${digest}`));
  });

  it('is taken back by Unpin', async () => {
    const text = `FROM ${registry.host}/acme/base:1.0@${digest}\n`;
    const document = await openAt('pinning/four.Dockerfile', text, 'acme/base');
    await commands.executeCommand(ids.unpin);
    assert.equal(document.getText(), `FROM ${registry.host}/acme/base:1.0\n`);
  });

  it('moves with Update Pin', async () => {
    const old = `sha256:${'0'.repeat(64)}`;
    const text = `FROM ${registry.host}/acme/base:1.0@${old}\n`;
    const document = await openAt('pinning/five.Dockerfile', text, 'acme/base');
    await commands.executeCommand(ids.updatePin);
    assert.equal(document.getText(), text.replace(old, digest));
  });

  it('is offered as a code action that does the same', async () => {
    const text = `FROM ${registry.host}/acme/base:1.0\n`;
    const document = await openAt('pinning/six.Dockerfile', text, 'acme/base');
    const position = positionOf(document, 'acme/base');
    const actions = await commands.executeCommand<CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      new Range(position, position),
    );
    const command = actions.find(({ title }) => title.startsWith('Pin '))?.command;
    assert.ok(command);
    await commands.executeCommand(command.command, ...(command.arguments ?? []));
    assert.equal(document.getText(), text.replace('base:1.0', `base:1.0@${digest}`));
  });

  const refused: readonly (readonly [what: string, argument: unknown])[] = [
    ['nonsense', 'nonsense'],
    ['a negative line', { uri: 'file:///x', line: -1, character: 0 }],
    ['a line that is no number', { uri: 'file:///x', line: '1', character: 0 }],
  ];
  for (const [what, argument] of refused) {
    it(`falls back to the cursor where a link carries ${what}`, async () => {
      const text = `FROM ${registry.host}/acme/base:1.0@${digest}\n`;
      const document = await openAt('pinning/seven.Dockerfile', text, 'acme/base');
      await commands.executeCommand(ids.unpin, argument);
      assert.equal(document.getText(), `FROM ${registry.host}/acme/base:1.0\n`);
    });
  }
});
