import assert from 'node:assert/strict';
import { commands, languages, window, workspace } from 'vscode';
import { LastDockerfile } from '../../src/ui/panels/search/lastDockerfile.ts';
import { openFile } from './world.ts';

describe('the Dockerfile that a FROM goes into', () => {
  after(() => commands.executeCommand('workbench.action.revertAndCloseActiveEditor'));

  it('is an untitled file as soon as it is called a Dockerfile', async () => {
    await openFile('Dockerfile.last', '\n');
    const last = new LastDockerfile();
    try {
      assert.equal(last.name, 'Dockerfile.last');
      const untitled = await workspace.openTextDocument();
      await window.showTextDocument(untitled, { preview: false });
      assert.equal(last.name, 'Dockerfile.last');
      const changed = new Promise((resolve) => last.onDidChange(resolve));
      await languages.setTextDocumentLanguage(untitled, 'dockerfile');
      await changed;
      assert.equal(last.name, workspace.asRelativePath(untitled.uri));
      await last.insertLine('FROM acme/base');
      assert.equal(untitled.getText(), 'FROM acme/base');
    } finally {
      last.dispose();
    }
  });
});
