import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { FileRow, LayerEntryType } from '../../../src/engine/image.ts';
import { indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import {
  directory,
  endBlocks,
  entryOf,
  extendedHeader,
  file,
  globalHeader,
  gnuLong,
  hardlink,
  symlink,
  type TarItem,
  tarOf,
} from '../../support/tarWriter.ts';

const long = `${'folder/'.repeat(30)}file`;

/** `type mode uid:gid size mtime path [-> link]` */
function line(row: FileRow<LayerEntryType>): string {
  const { type, mode, uid, gid, size, mtime, path, linkName } = row;
  const facts = `${type} ${mode.toString(8)} ${uid}:${gid} ${size} ${mtime} ${JSON.stringify(path)}`;
  return linkName === null ? facts : `${facts} -> ${JSON.stringify(linkName)}`;
}

const shown: readonly (readonly [what: string, tar: Buffer, rows: readonly string[]])[] = [
  ['a file', tarOf(file('etc/passwd', 'root')), ['file 644 0:0 4 1700000000 "/etc/passwd"']],
  ['an empty file', tarOf(file('a')), ['file 644 0:0 0 1700000000 "/a"']],
  [
    'every type there is',
    tarOf(
      directory('d/'),
      file('d/f', 'x', { mode: 0o4755, uid: 1000, gid: 100 }),
      symlink('d/s', '../f'),
      hardlink('d/h', 'd/f'),
      { path: 'd/c', type: 'character', device: [1, 3], mode: 0o666 },
      { path: 'd/b', type: 'block', device: [8, 1] },
      { path: 'd/p', type: 'fifo' },
    ),
    [
      'directory 755 0:0 0 1700000000 "/d"',
      'block 644 0:0 0 1700000000 "/d/b"',
      'character 666 0:0 0 1700000000 "/d/c"',
      'file 4755 1000:100 1 1700000000 "/d/f"',
      'hardlink 644 0:0 1 1700000000 "/d/h" -> "/d/f"',
      'fifo 644 0:0 0 1700000000 "/d/p"',
      'symlink 644 0:0 0 1700000000 "/d/s" -> "../f"',
    ],
  ],
  [
    'paths with ./, //, a leading and a trailing slash',
    tarOf(directory('./'), directory('./a//b/'), file('/c/./d', '1')),
    ['directory 755 0:0 0 1700000000 "/a/b"', 'file 644 0:0 1 1700000000 "/c/d"'],
  ],
  [
    'the ustar prefix',
    tarOf(file('name', '1', { prefix: 'pre/fix' })),
    ['file 644 0:0 1 1700000000 "/pre/fix/name"'],
  ],
  [
    'a GNU header, whose prefix field has times',
    tarOf(file('name', '1', { format: 'gnu', prefix: '14000000000' })),
    ['file 644 0:0 1 1700000000 "/name"'],
  ],
  [
    'a v7 header',
    tarOf(file('old', 'v7', { format: 'v7', typeFlag: '\0' })),
    ['file 644 0:0 2 1700000000 "/old"'],
  ],
  [
    'a v7 folder, known by its slash',
    tarOf(file('old/', '', { format: 'v7', typeFlag: '\0', mode: 0o755 })),
    ['directory 755 0:0 0 1700000000 "/old"'],
  ],
  ['a contiguous file', tarOf(file('c', '1', { typeFlag: '7' })), ['file 644 0:0 1 1700000000 "/c"']],
  [
    'GNU long names and links',
    tarOf(gnuLong('K', `${long}-target`), gnuLong('L', long), symlink('short', 'short')),
    [`symlink 644 0:0 0 1700000000 "/${long}" -> "${long}-target"`],
  ],
  [
    'PAX path, linkpath, uid, gid, mtime',
    tarOf(
      symlink('x', 'y', {
        pax: { path: 'ü/long', linkpath: 'ö', uid: '3000000', gid: '-1', mtime: '-1.25' },
      }),
    ),
    ['symlink 644 3000000:-1 0 -1.25 "/ü/long" -> "ö"'],
  ],
  [
    'a PAX size, where the header has none',
    tarOf(file('x', '12345', { size: 0, pax: { size: '5' } }), file('y')),
    ['file 644 0:0 5 1700000000 "/x"', 'file 644 0:0 0 1700000000 "/y"'],
  ],
  [
    'an empty PAX value, which takes the record back',
    tarOf(file('x', '1', { pax: { path: '' } })),
    ['file 644 0:0 1 1700000000 "/x"'],
  ],
  [
    'global PAX records below local ones',
    tarOf(
      globalHeader({ uid: '7', gid: '8', comment: 'c' }),
      file('a'),
      file('b', '', { pax: { gid: '9' } }),
    ),
    ['file 644 7:8 0 1700000000 "/a"', 'file 644 7:9 0 1700000000 "/b"'],
  ],
  [
    'numbers in base-256, negative ones too',
    tarOf(file('n', '1', { base256: true, uid: 70_000_000, gid: 2_097_152, mtime: -3600 })),
    ['file 644 70000000:2097152 1 -3600 "/n"'],
  ],
  [
    'a checksum of signed bytes',
    tarOf(file('Käse', '', { checksum: 'signed' })),
    ['file 644 0:0 0 1700000000 "/Käse"'],
  ],
  [
    'bytes that are not UTF-8, each as a lone surrogate, in byte order',
    tarOf(file(Buffer.from([0x61, 0xff, 0xc3])), file('aé'), file(Buffer.from([0x61, 0xed, 0xa0, 0x80]))),
    [
      'file 644 0:0 0 1700000000 "/aé"',
      'file 644 0:0 0 1700000000 "/a\\udced\\udca0\\udc80"',
      'file 644 0:0 0 1700000000 "/a\\udcff\\udcc3"',
    ],
  ],
  [
    'byte order of the whole path',
    tarOf(file('etc/x'), directory('etc'), file('etc-old'), file('etc.d/y'), directory('etc.d')),
    [
      'directory 755 0:0 0 1700000000 "/etc"',
      'file 644 0:0 0 1700000000 "/etc-old"',
      'directory 755 0:0 0 1700000000 "/etc.d"',
      'file 644 0:0 0 1700000000 "/etc.d/y"',
      'file 644 0:0 0 1700000000 "/etc/x"',
    ],
  ],
  ['no end blocks', entryOf(file('a', 'x')), ['file 644 0:0 1 1700000000 "/a"']],
  ['no padding at the end', entryOf(file('a', 'x')).subarray(0, 513), ['file 644 0:0 1 1700000000 "/a"']],
  [
    'one end block only',
    Buffer.concat([entryOf(file('a')), endBlocks.subarray(512)]),
    ['file 644 0:0 0 1700000000 "/a"'],
  ],
  [
    'garbage behind the end blocks',
    Buffer.concat([tarOf(file('a')), Buffer.from('garbage'), entryOf(file('never'))]),
    ['file 644 0:0 0 1700000000 "/a"'],
  ],
  [
    'a volume label, which is no file',
    tarOf({ path: 'label', typeFlag: 'V' }, file('a')),
    ['file 644 0:0 0 1700000000 "/a"'],
  ],
  [
    'a GNU dump folder with its list of names',
    tarOf(file('d/', 'Yname\0\0', { typeFlag: 'D', mode: 0o700 }), file('e')),
    ['directory 700 0:0 0 1700000000 "/d"', 'file 644 0:0 0 1700000000 "/e"'],
  ],
  [
    'sizes of folders and links, which have no content',
    tarOf(
      directory('d', { size: 4096 }),
      hardlink('h', 'x', { size: 99 }),
      symlink('s', 'x', { size: 3 }),
      file('x', 'abc'),
    ),
    [
      'directory 755 0:0 0 1700000000 "/d"',
      'hardlink 644 0:0 3 1700000000 "/h" -> "/x"',
      'symlink 644 0:0 0 1700000000 "/s" -> "x"',
      'file 644 0:0 3 1700000000 "/x"',
    ],
  ],
  [
    'a chain of hard links',
    tarOf(file('a', '1234'), hardlink('b', './a'), hardlink('c', '/b')),
    [
      'file 644 0:0 4 1700000000 "/a"',
      'hardlink 644 0:0 4 1700000000 "/b" -> "/a"',
      'hardlink 644 0:0 4 1700000000 "/c" -> "/b"',
    ],
  ],
  [
    'a hard link to itself, which never ends',
    tarOf(hardlink('a', 'a')),
    ['hardlink 644 0:0 0 1700000000 "/a" -> "/a"'],
  ],
  ['a hard link to a lower layer', tarOf(hardlink('a', 'b')), ['hardlink 644 0:0 0 1700000000 "/a" -> "/b"']],
  [
    'duplicates, of which the last holds',
    tarOf(file('a', '1'), file('b'), file('a', '333', { mode: 0o600 })),
    ['file 600 0:0 3 1700000000 "/a"', 'file 644 0:0 0 1700000000 "/b"'],
  ],
  [
    'a file that takes the place of a folder and of all in it',
    tarOf(directory('a'), file('a/b'), directory('a/c'), file('a', 'x')),
    ['file 644 0:0 1 1700000000 "/a"'],
  ],
  [
    'something below a file, which makes it a folder again',
    tarOf(file('a', 'x'), file('a/b')),
    ['file 644 0:0 0 1700000000 "/a/b"'],
  ],
  [
    'whiteouts and opaque marks, beside what the layer itself has there',
    tarOf(file('a/.wh.gone'), file('d/.wh..wh..opq'), directory('d'), file('d/new'), file('.wh.d')),
    [
      'whiteout 0 0:0 0 0 "/a/gone"',
      'whiteout 0 0:0 0 0 "/d"',
      'opaque 0 0:0 0 0 "/d"',
      'directory 755 0:0 0 1700000000 "/d"',
      'file 644 0:0 0 1700000000 "/d/new"',
    ],
  ],
  ['an opaque root', tarOf(file('.wh..wh..opq')), ['opaque 0 0:0 0 0 "/"']],
  [
    "AUFS's own files, which are ignored",
    tarOf(
      file('.wh..wh.aufs'),
      directory('.wh..wh.plnk'),
      file('.wh..wh.plnk/1.2', 'x'),
      file('d/.wh..wh.x'),
    ),
    [],
  ],
  [
    'an overlay device 0/0, which is a device and no whiteout',
    tarOf({ path: 'dev', type: 'character', device: [0, 0] }),
    ['character 644 0:0 0 1700000000 "/dev"'],
  ],
  [
    'names that only look like whiteouts',
    tarOf(file('a.wh.b'), file('.whx')),
    ['file 644 0:0 0 1700000000 "/.whx"', 'file 644 0:0 0 1700000000 "/a.wh.b"'],
  ],
  ['nothing at all', Buffer.alloc(0), []],
];

const refused: readonly (readonly [what: string, tar: Buffer, reason: string, says: RegExp])[] = [
  [
    '.. in a path',
    tarOf(file('a/../../etc/passwd')),
    'Corrupt',
    /leaves its folder: "a\/\.\.\/\.\.\/etc\/passwd"/,
  ],
  ['.. in a hard link', tarOf(hardlink('a', '../b')), 'Corrupt', /leaves its folder: "\.\.\/b"/],
  ['a whiteout without a name', tarOf(file('d/.wh.')), 'Corrupt', /whiteout without a name: "\/d\/\.wh\."/],
  ['a whiteout of ..', tarOf(file('d/.wh...')), 'Corrupt', /whiteout without a name/],
  [
    'a wrong checksum',
    tarOf(file('a'), file('b', '', { checksum: 'wrong' })),
    'Corrupt',
    /broken header at byte 512/,
  ],
  ['text instead of a tar', Buffer.alloc(1024, 'no tar'), 'Corrupt', /broken header at byte 0/],
  ['an end within a header', entryOf(file('a')).subarray(0, 300), 'Corrupt', /middle of an entry/],
  [
    'an end within content',
    entryOf(file('a', 'x'.repeat(600))).subarray(0, 1000),
    'Corrupt',
    /middle of an entry/,
  ],
  [
    'an end behind a PAX header',
    entryOf(file('a', '', { pax: { path: 'b' } })).subarray(0, 1024),
    'Corrupt',
    /middle/,
  ],
  [
    'a lone block of zeros',
    Buffer.concat([Buffer.alloc(512), entryOf(file('a'))]),
    'Corrupt',
    /lone block of zeros before byte 512/,
  ],
  ['a negative size', tarOf(file('a', '', { pax: { size: '-1' } })), 'Corrupt', /negative size: "a"/],
  [
    'a number that is none',
    tarOf(file('a', '', { patch: (header) => header.write('9x', 108) })),
    'Corrupt',
    /broken uid/,
  ],
  [
    'a PAX record with a wrong length',
    tarOf(extendedHeader('x', Buffer.from('99 path=x\n')), file('a')),
    'Corrupt',
    /PAX record/,
  ],
  [
    'a PAX record without a key',
    tarOf(extendedHeader('x', Buffer.from('5 =x\n')), file('a')),
    'Corrupt',
    /PAX record/,
  ],
  ['a PAX number that is none', tarOf(file('a', '', { pax: { uid: '0x10' } })), 'Corrupt', /PAX record uid/],
  ['a NUL in a PAX path', tarOf(file('a', '', { pax: { path: 'a\0b' } })), 'Corrupt', /PAX record path/],
  ['an unknown type', tarOf({ path: 'a', typeFlag: 'Q' }), 'Unsupported', /unknown type "Q": "a"/],
  [
    'a path that is too long',
    tarOf(gnuLong('L', 'x'.repeat(4097)), file('a')),
    'TooLarge',
    /more than 4 KiB/,
  ],
  [
    'a path that is too deep',
    tarOf(gnuLong('L', 'x/'.repeat(1025)), file('a')),
    'TooLarge',
    /deeper than 1024/,
  ],
  [
    'an extended header that is too long',
    tarOf(extendedHeader('x', Buffer.alloc(1024 * 1024 + 1)), file('a')),
    'TooLarge',
    /extended header of 1048577 bytes/,
  ],
];

describe('the entries of a layer', () => {
  const folder = temporaryFolder();

  for (const [what, tar, rows] of shown) {
    it(`shows ${what}`, async () => {
      const index = await indexOfTar(tar, folder);
      assert.deepEqual(Array.from(index.rows(0), line), rows);
    });
  }

  for (const [what, tar, reason, says] of refused) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(indexOfTar(tar, folder), { name: 'EngineError', reason, message: says });
    });
  }

  it('keeps extended attributes', async () => {
    const capability = Buffer.from([1, 0, 0, 2, 0, 0x20, 0, 0]);
    const records = { 'SCHILY.xattr.security.capability': capability, 'SCHILY.xattr.user.empty': '' };
    const index = await indexOfTar(tarOf(file('a'), file('ping', 'x', { pax: records }), file('z')), folder);
    const xattrs = index.xattrs(index.find(Buffer.from('/ping')) ?? -1);
    assert.deepEqual([...xattrs.keys()], ['security.capability', 'user.empty']);
    assert.deepEqual(Buffer.from(xattrs.get('security.capability') ?? []), capability);
    assert.equal(index.xattrs(0).size, 0);
  });

  it('gives the same whatever the size of the pieces', async () => {
    const items: TarItem[] = [
      directory('d'),
      file('d/a', 'x'.repeat(1500)),
      symlink('d/l', 'a'),
      file('e', 'y'.repeat(512)),
    ];
    const tar = tarOf(...items, gnuLong('L', long), file('short', '1'));
    const whole = Array.from((await indexOfTar(tar, folder)).rows(0), line);
    for (const pieceSize of [1, 7, 511, 512, 513, 1024]) {
      const index = await indexOfTar(tar, folder, pieceSize);
      assert.deepEqual(Array.from(index.rows(0), line), whole);
    }
  });

  it('knows where each content begins and what it is', async () => {
    const tar = tarOf(file('a', 'first'), directory('d'), file('d/b', 'x'.repeat(700)), hardlink('h', 'd/b'));
    const index = await indexOfTar(tar, folder);
    for (const path of ['/a', '/d/b', '/h']) {
      const at = index.find(Buffer.from(path)) ?? -1;
      const start = index.dataOffset(at);
      const content = tar.subarray(start, start + index.size(at));
      const expected = path === '/a' ? 'first' : 'x'.repeat(700);
      assert.equal(content.toString(), expected, path);
      assert.deepEqual(
        Buffer.from(index.contentHash(at)),
        createHash('sha256').update(expected).digest(),
        path,
      );
    }
  });
});
