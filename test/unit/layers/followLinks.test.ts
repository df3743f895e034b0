import assert from 'node:assert/strict';
import { isEngineError } from '../../../src/engine/errors.ts';
import { decodePath, encodePath } from '../../../src/engine/layers/entryText.ts';
import { findFile } from '../../../src/engine/layers/fileContent.ts';
import { followLinks } from '../../../src/engine/layers/followLinks.ts';
import { UnionTree } from '../../../src/engine/layers/unionTree.ts';
import { indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import { directory, file, hardlink, symlink, tarOf } from '../../support/tarWriter.ts';

const chain = Array.from({ length: 41 }, (_, at) =>
  symlink(`chain/${at}`, at === 0 ? '../etc/os' : `${at - 1}`),
);

const lower = tarOf(
  directory('etc'),
  file('etc/os', 'Debian'),
  file(Buffer.from([0x63, 0xe9]), 'Latin'),
  symlink('relative', 'etc/os'),
  symlink('absolute', '/etc/os'),
  symlink('above', '../../../etc/os'),
  symlink('dotted', './/etc/./../etc//os'),
  symlink('folder', 'etc'),
  symlink('far', '/folder/../folder/os'),
  symlink('loop', 'pool'),
  symlink('pool', '/loop'),
  symlink('self/here', 'here/there'),
  symlink('broken', 'nowhere/at/all'),
  symlink('empty', ''),
  hardlink('hard', 'etc/os'),
  hardlink('hardtolink', 'relative'),
  { path: 'null', type: 'character', device: [1, 3] },
  { path: 'disk', type: 'block', device: [8, 0] },
  { path: 'pipe', type: 'fifo' },
  ...chain,
);
const upper = tarOf(
  symlink('moved', 'hard2'),
  hardlink('hard2', 'etc/os'),
  hardlink('nothing', 'no/such'),
  file('.wh.hard'),
  symlink('chain/up', '/chain/../moved'),
);

describe('links inside an image', () => {
  const folder = temporaryFolder();
  let tree: UnionTree;

  before(async () => {
    tree = UnionTree.build([await indexOfTar(lower, folder), await indexOfTar(upper, folder)]);
  });

  const found: readonly (readonly [path: string, leadsTo: string])[] = [
    ['/etc/os', '/etc/os'],
    ['etc/os', '/etc/os'],
    ['//etc/./os', '/etc/os'],
    ['/../../etc/os', '/etc/os'],
    ['/etc/../etc/os', '/etc/os'],
    ['/relative', '/etc/os'],
    ['/absolute', '/etc/os'],
    ['/above', '/etc/os'],
    ['/dotted', '/etc/os'],
    ['/folder/os', '/etc/os'],
    ['/folder/../relative', '/etc/os'],
    ['/far', '/etc/os'],
    ['/hardtolink', '/etc/os'],
    ['/moved', '/hard2'],
    ['/chain/up', '/hard2'],
    ['/chain/39', '/etc/os'],
    ['/c\udce9', '/c\udce9'],
    ['/', '/'],
    ['', '/'],
    ['/..', '/'],
    ['/etc/', '/etc'],
    ['/folder/', '/etc'],
    ['/folder', '/etc'],
    ['/folder/..', '/'],
    ['/pipe', '/pipe'],
    ['/empty', '/'],
  ];
  for (const [path, leadsTo] of found) {
    it(`lead from ${JSON.stringify(path)} to ${leadsTo}`, () => {
      assert.equal(decodePath(followLinks(tree, encodePath(path)).path) || '/', leadsTo);
    });
  }

  const refused: readonly (readonly [path: string, reason: string, message: RegExp])[] = [
    ['/no', 'NotFound', /^the image has no \/no$/],
    ['/etc/no', 'NotFound', /^the image has no \/etc\/no$/],
    ['/hard', 'NotFound', /^the image has no \/hard$/],
    ['/c', 'NotFound', /^the image has no \/c$/],
    ['/broken', 'NotFound', /^\/broken leads to \/nowhere, which the image does not have$/],
    ['/etc/os/x', 'NotFound', /^\/etc\/os is not a folder$/],
    ['/etc/os/', 'NotFound', /^\/etc\/os is not a folder$/],
    ['/etc/os/..', 'NotFound', /^\/etc\/os is not a folder$/],
    ['/relative/x', 'NotFound', /^\/etc\/os is not a folder$/],
    ['/loop', 'Invalid', /^\/loop leads through more than 40 symbolic links$/],
    ['/self/here', 'Invalid', /^\/self\/here leads through more than 40 symbolic links$/],
    ['/chain/40', 'Invalid', /more than 40 symbolic links$/],
    ['/', 'Invalid', /^\/ is a folder, not a file$/],
    ['/etc', 'Invalid', /^\/etc is a folder, not a file$/],
    ['/folder', 'Invalid', /^\/folder is a folder, not a file$/],
    ['/null', 'Invalid', /^\/null is a character device, not a file$/],
    ['/disk', 'Invalid', /^\/disk is a block device, not a file$/],
    ['/pipe', 'Invalid', /^\/pipe is a named pipe, not a file$/],
    ['/nothing', 'Corrupt', /^\/nothing is a hard link to something that the image does not have$/],
  ];
  for (const [path, reason, message] of refused) {
    it(`make no file of ${path}: ${reason}`, () => {
      assert.throws(
        () => findFile(tree, encodePath(path), true),
        (error) => isEngineError(error) && error.reason === reason && message.test(error.message),
      );
    });
  }

  it('at the end are followed only where that is wanted, those before it always', () => {
    assert.throws(() => findFile(tree, encodePath('/relative'), false), { reason: 'Invalid' });
    assert.throws(() => findFile(tree, encodePath('/hardtolink'), false), { message: /symbolic link/ });
    assert.equal(findFile(tree, encodePath('/folder/os'), false).kind, 'file');
  });
});
