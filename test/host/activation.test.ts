import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { commands } from 'vscode';
import { commands as ids } from '../../src/contributions.ts';
import { extension, parts } from './world.ts';

/** Milliseconds that evaluating the bundle takes, without what it asks VS Code for afterwards. */
function loadingTime(): number {
  const main = path.join(extension().extensionPath, 'dist', 'extension.js');
  const require = createRequire(main);
  const loaded = require.cache[main];
  delete require.cache[main];
  const start = performance.now();
  require(main);
  const time = performance.now() - start;
  if (loaded) require.cache[main] = loaded;
  return time;
}

describe('activation', () => {
  it('registers every command', async () => {
    await parts();
    const registered = new Set(await commands.getCommands(true));
    assert.deepEqual(
      Object.values(ids).filter((id) => !registered.has(id)),
      [],
    );
  });

  it('takes less than 50 ms of its own, loading included', async () => {
    const { activation } = await parts();
    const loading = Math.min(...Array.from({ length: 3 }, loadingTime));
    assert.ok(activation + loading < 50, `${activation} ms, and ${loading} ms to load`);
  });

  it('says how far Restricted Mode goes', () => {
    const { capabilities, extensionKind } = extension().packageJSON;
    assert.equal(capabilities.untrustedWorkspaces.supported, 'limited');
    assert.deepEqual(extensionKind, ['workspace']);
  });
});
