import assert from 'node:assert/strict';
import { enginePaths, uriPath } from '../../../src/ui/imageFileSystem/fileNames.ts';

describe('names of files that are not UTF-8', () => {
  const latin = '/caf\udce9/\udcff\udc80';

  it('are carried by URIs, which lone surrogates are not', () => {
    assert.equal(uriPath(latin), '/caf\uf7e9/\uf7ff\uf780');
    assert.doesNotThrow(() => encodeURIComponent(uriPath(latin)));
  });

  it('come back as they were', () => {
    assert.ok(enginePaths(uriPath(latin)).includes(latin));
  });

  it('are told from characters that need two surrogates', () => {
    assert.equal(uriPath('/\u{1f4e6}\u{200e9}'), '/\u{1f4e6}\u{200e9}');
  });

  it('may be meant by characters that a name really has: that is tried first', () => {
    assert.deepEqual(enginePaths('/\uf7e9'), ['/\uf7e9', '/\udce9']);
    assert.deepEqual(enginePaths('/plain'), ['/plain']);
  });
});
