import assert from 'node:assert/strict';
import { enginePaths, uriPath } from '../../../src/ui/imageFileSystem/fileNames.ts';

describe('names of files that VS Code cannot carry, or show as they are', () => {
  const latin = '/caf\udce9/\udcff\udc80';

  it('are carried by URIs, which lone surrogates are not', () => {
    assert.equal(uriPath(latin), '/caf\uf7e9/\uf7ff\uf780');
    assert.doesNotThrow(() => encodeURIComponent(uriPath(latin)));
  });

  it('come back as they were', () => {
    assert.ok(enginePaths(uriPath(latin)).includes(latin));
  });

  it('are carried without what would have a tab show another name', () => {
    const deceiving = '/a\u202etxt.exe/\u001b[2J\u0007\u009b/\u200bb\u2066c';
    const carried = uriPath(deceiving);
    assert.equal(carried, '/a\uf22etxt.exe/\uf01b[2J\uf007\uf09b/\uf20bb\uf266c');
    assert.deepEqual(enginePaths(carried), [carried, deceiving]);
    // Languages and emoji need them.
    assert.equal(uriPath('/\u200c\u200d'), '/\u200c\u200d');
  });

  it('are told from characters that need two surrogates', () => {
    assert.equal(uriPath('/\u{1f4e6}\u{200e9}'), '/\u{1f4e6}\u{200e9}');
  });

  it('may be meant by characters that a name really has: that is tried first', () => {
    assert.deepEqual(enginePaths('/\uf7e9'), ['/\uf7e9', '/\udce9']);
    assert.deepEqual(enginePaths('/plain'), ['/plain']);
  });
});
