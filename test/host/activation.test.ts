import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { commands } from 'vscode';
import { commands as ids } from '../../src/contributions.ts';
import { processorMilliseconds } from '../support/processorTime.ts';
import { extension, parts } from './world.ts';

/** Milliseconds of processor time that evaluating the bundle takes, without what it asks VS Code for afterwards. */
function loadingTime(): number {
  const main = path.join(extension().extensionPath, 'dist', 'extension.js');
  const require = createRequire(main);
  const loaded = require.cache[main];
  delete require.cache[main];
  const start = processorMilliseconds();
  require(main);
  const time = processorMilliseconds() - start;
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

  // 50 ms on a machine that does nothing else; here tests of other stages run beside it.
  it('takes next to no time of its own, loading included', async () => {
    const { activation } = await parts();
    const loading = Math.min(...Array.from({ length: 3 }, loadingTime));
    assert.ok(activation + loading < 150, `${activation} ms, and ${loading} ms to load`);
  });

  it('says how far Restricted Mode goes', () => {
    const { capabilities, extensionKind } = extension().packageJSON;
    assert.equal(capabilities.untrustedWorkspaces.supported, 'limited');
    assert.deepEqual(extensionKind, ['workspace']);
  });
});
