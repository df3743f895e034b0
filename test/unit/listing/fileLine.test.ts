import assert from 'node:assert/strict';
import type { FileRow, LayerEntryType } from '../../../src/engine/image.ts';
import { fileLine } from '../../../src/engine/listing/fileLine.ts';

const plain: FileRow<LayerEntryType> = {
  path: '/etc/passwd',
  type: 'file',
  size: 1234,
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: 1_600_000_000.5,
  linkName: null,
  layer: 2,
};

describe('a file in a list for people', () => {
  const cases: readonly [what: string, change: Partial<FileRow<LayerEntryType>>, line: string][] = [
    ['a file', {}, '-rw-r--r-- 0:0          1.23kB 2020-09-13 12:26   2 /etc/passwd'],
    [
      'a folder',
      { type: 'directory', mode: 0o1777, size: 0 },
      'drwxrwxrwt 0:0              0B 2020-09-13 12:26   2 /etc/passwd',
    ],
    [
      'a program with the bits',
      { mode: 0o6755, uid: 1000, gid: 100 },
      '-rwsr-sr-x 1000:100     1.23kB 2020-09-13 12:26   2 /etc/passwd',
    ],
    [
      'bits without execution',
      { mode: 0o7644 },
      '-rwSr-Sr-T 0:0          1.23kB 2020-09-13 12:26   2 /etc/passwd',
    ],
    [
      'a symlink',
      { type: 'symlink', linkName: '../x', mode: 0o777, size: 0 },
      'lrwxrwxrwx 0:0              0B 2020-09-13 12:26   2 /etc/passwd -> ../x',
    ],
    [
      'a whiteout',
      { type: 'whiteout', mode: 0, size: 0, mtime: 0 },
      'w--------- 0:0              0B 1970-01-01 00:00   2 /etc/passwd',
    ],
    [
      'a time beyond all calendars',
      { mtime: 1e15 },
      '-rw-r--r-- 0:0          1.23kB 1000000000000000   2 /etc/passwd',
    ],
  ];
  for (const [what, change, line] of cases) {
    it(`shows ${what} as ${line}`, () => {
      assert.equal(fileLine({ ...plain, ...change }), line);
    });
  }
});
