import assert from 'node:assert/strict';
import {
  changeKinds,
  type Mark,
  type PathSlice,
  pathTypes,
  type Scope,
  stillUsed,
  topFolder,
} from '../../../src/protocol/layersPage.ts';
import { Explorer } from '../../../webview/layers/model/explorer.ts';
import { narrows, pathTest } from '../../../webview/layers/model/pathQuery.ts';
import { squarify } from '../../../webview/layers/model/treemap.ts';
import { pseudoRandom } from '../../support/pseudoRandom.ts';

/** `PATH kind@layer(size)…`, of folders without a size; `>N` where layer N wastes the bytes. */
type Line = readonly [path: string, ...changes: string[]];

const image: readonly Line[] = [
  ['/app', 'added@1'],
  ['/app/main', 'added@1(100)'],
  ['/etc', 'added@0', 'repeated@1'],
  ['/etc/motd', 'added@0(10)>1', 'modified@1(20)'],
  ['/etc-old', 'added@0(5)>2', 'removed@2(5)'],
  ['/usr', 'added@0'],
  ['/usr/lib', 'added@0'],
  ['/usr/lib/A.so', 'added@0(1000)'],
  ['/usr/lib/b.so', 'added@0(3000)>2', 'removed@2(3000)'],
];

function sliceOf(lines: readonly Line[], first = 0, before: readonly Line[] = []): PathSlice {
  const all = [...before, ...lines].map(([path]) => path);
  const changes = lines.flatMap(([, ...texts]) => texts.map(changeOf));
  const parentOf = (path: string) => all.indexOf(path.slice(0, path.lastIndexOf('/')));
  return {
    first,
    names: lines.map(([path]) => path.slice(path.lastIndexOf('/') + 1)).join('/'),
    parents: Uint32Array.from(lines, ([path]) => (parentOf(path) < 0 ? topFolder : parentOf(path))),
    changes: Uint16Array.from(lines, ([, ...texts]) => texts.length),
    layers: Uint16Array.from(changes, ({ layer }) => layer),
    kinds: Uint8Array.from(changes, ({ kind }) => kind),
    types: Uint8Array.from(changes, ({ type }) => type),
    sizes: Float64Array.from(changes, ({ size }) => size),
    lostBy: Uint16Array.from(changes, ({ lostBy }) => lostBy),
  };
}

function changeOf(text: string) {
  const [, kind = '', layer, size, lostBy] = /^(\w+)@(\d)(?:\((\d+)\))?(?:>(\d))?$/.exec(text) ?? [];
  return {
    layer: Number(layer),
    kind: changeKinds.indexOf(kind as (typeof changeKinds)[number]),
    type: pathTypes.indexOf(size === undefined ? 'directory' : 'file'),
    size: Number(size ?? 0),
    lostBy: lostBy === undefined ? stillUsed : Number(lostBy),
  };
}

function explorer(layer: number, scope: Scope, filters: readonly Mark[] = [], query = ''): Explorer {
  const made = new Explorer({ layer, scope, sort: 'name', filters, query });
  made.append(sliceOf(image.slice(0, 4)));
  made.append(sliceOf(image.slice(4), 4, image.slice(0, 4)));
  made.update();
  return made;
}

/** `  name A W 10`, as the tree has its rows. */
function rowsOf({ tree, view, table }: Explorer): string[] {
  return Array.from({ length: tree.length }, (_, at) => {
    const { path = -1, level = 0 } = tree.row(at) ?? {};
    const mark = view.isHit(path) ? view.mark(path)?.charAt(0).toUpperCase() : undefined;
    const wasted = view.isWasted(path) ? 'W' : undefined;
    const parts = [table.name(path), mark, wasted, String(view.bytes(path))];
    return '  '.repeat(level - 1) + parts.filter((part) => part !== undefined).join(' ');
  });
}

describe('the paths of an image', () => {
  it('are, of a layer, what it changes', () => {
    assert.deepEqual(rowsOf(explorer(1, 'changes')), ['app A 100', '  main A 100', 'etc 20', '  motd M 20']);
    assert.deepEqual(rowsOf(explorer(2, 'changes')), ['etc-old R 0', 'usr 0', '  lib 0', '    b.so R 0']);
  });

  it('are, of a layer, what it holds, its repeated folders included and what is wasted told', () => {
    assert.deepEqual(rowsOf(explorer(1, 'layer')), ['app A 100', '  main A 100', 'etc 20', '  motd M 20']);
    assert.deepEqual(rowsOf(explorer(0, 'layer')), [
      'etc A 10',
      '  motd A W 10',
      'etc-old A W 5',
      'usr A 4000',
      '  lib A 4000',
      '    A.so A 1000',
      '    b.so A W 3000',
    ]);
    assert.deepEqual(rowsOf(explorer(2, 'layer')), []);
  });

  it('are, of the image, what a container would see up to a layer', () => {
    assert.deepEqual(rowsOf(explorer(2, 'image')), [
      'app 100',
      '  main 100',
      'etc 20',
      '  motd 20',
      'usr 1000',
      '  lib 1000',
      '    A.so 1000',
    ]);
  });

  it('are filtered by what became of them, the folders above kept', () => {
    assert.deepEqual(rowsOf(explorer(1, 'changes', ['modified'])), ['etc 20', '  motd M 20']);
    assert.deepEqual(rowsOf(explorer(0, 'layer', ['wasted'])), [
      'etc 10',
      '  motd A W 10',
      'etc-old A W 5',
      'usr 3000',
      '  lib 3000',
      '    b.so A W 3000',
    ]);
    assert.deepEqual(rowsOf(explorer(1, 'changes', ['removed'])), []);
  });

  it('are searched whatever their case', () => {
    assert.deepEqual(rowsOf(explorer(2, 'image', [], 'a.SO')), ['usr 1000', '  lib 1000', '    A.so 1000']);
  });

  it('count what there would be without search and filters', () => {
    const { view } = explorer(0, 'layer', ['wasted'], 'b.so');
    assert.deepEqual([view.length, view.all], [1, 7]);
    assert.deepEqual(view.counts, { added: 1, modified: 0, removed: 0, wasted: 1 });
  });

  it('are in the order of their bytes where it is asked for', () => {
    const sorted = explorer(0, 'layer');
    sorted.choose({ sort: 'size' });
    assert.deepEqual(
      rowsOf(sorted).map((row) => row.trim().split(' ')[0]),
      ['usr', 'lib', 'b.so', 'A.so', 'etc', 'motd', 'etc-old'],
    );
  });

  it('are found by their path', () => {
    const whole = explorer(0, 'layer');
    for (const [path] of image) assert.equal(whole.table.fullPath(whole.find(path) ?? -1), path);
    assert.equal(whole.find('/usr/none'), undefined);
  });

  it('say which layer holds their wasted bytes', () => {
    const all = explorer(2, 'image');
    assert.equal(all.wastedIn(all.find('/etc/motd') ?? -1), 0);
    assert.equal(all.wastedIn(all.find('/app/main') ?? -1), 1);
  });
});

describe('the folders of a tree', () => {
  const large: readonly Line[] = [
    ['/a', 'added@0'],
    ['/a/b', 'added@0'],
    ['/a/b/c', 'added@0'],
    ...Array.from({ length: 100 }, (_, at): Line => [`/a/b/c/f${at}`, 'added@0(1)']),
    ['/z', 'added@0(1)'],
  ];

  function tree(query = ''): Explorer {
    const made = new Explorer({ layer: 0, scope: 'image', sort: 'name', filters: [], query });
    made.append(sliceOf(large));
    made.update();
    return made;
  }

  it('are folded at first where there is much in them', () => {
    assert.deepEqual(rowsOf(tree()), ['a A 100', 'z A 1']);
  });

  it('unfold together with the only folder in them, and fold again', () => {
    const unfolded = tree();
    unfolded.toggle(0);
    assert.equal(unfolded.tree.length, 104);
    unfolded.toggle(0);
    assert.equal(unfolded.tree.length, 2);
  });

  it('stay as they are when another layer is looked at', () => {
    const unfolded = tree();
    unfolded.toggle(0);
    unfolded.choose({ scope: 'layer' });
    assert.equal(unfolded.tree.length, 104);
  });

  it('unfold for what is searched for, and are as before when it is not searched for any more', () => {
    const searched = tree();
    searched.choose({ query: 'f42' });
    assert.deepEqual(rowsOf(searched), ['a 1', '  b 1', '    c 1', '      f42 A 1']);
    searched.choose({ query: '' });
    assert.deepEqual(rowsOf(searched), ['a A 100', 'z A 1']);
  });

  it('stay folded where they are what is searched for themselves', () => {
    assert.deepEqual(rowsOf(tree('b/c')), ['a 100', '  b 100', '    c A 100']);
  });

  it('are kept by their paths and come back', () => {
    const left = tree();
    left.toggle(0);
    const { unfolded } = left.kept();
    assert.deepEqual(unfolded, ['/a', '/a/b', '/a/b/c']);
    const back = tree();
    back.restore([...unfolded, '/gone']);
    assert.equal(back.tree.length, 104);
  });

  it('unfold down to a path that is to be seen', () => {
    const revealed = tree();
    const row = revealed.reveal(revealed.find('/a/b/c/f7') ?? -1);
    assert.equal(revealed.table.name(revealed.tree.row(row ?? -1)?.path ?? -1), 'f7');
  });

  it('tell of each row its place among its siblings', () => {
    assert.deepEqual(tree().tree.row(1), { path: 103, level: 1, position: 2, setSize: 2 });
  });
});

/** Of a pattern of stars and letters, as long as it is short. */
function expression(pattern: string): string {
  return pattern.replace(/(?<![^/])\*\*\/|\*+|\?/g, (part) => {
    if (part === '**/') return '(?:[^/]*/)*';
    if (part === '?') return '[^/]';
    return part.length > 1 ? '.*' : '[^/]*';
  });
}

describe('a search in paths', () => {
  const searches: readonly (readonly [query: string, path: string, fits: boolean])[] = [
    ['lib', '/usr/lib/x', true],
    ['lib/x', '/usr/lib/x', true],
    ['/lib', '/usr/lib', true],
    ['*.so', '/usr/lib/a.so', true],
    ['*.so', '/usr/lib/a.so.1', false],
    ['lib/*.so', '/usr/lib/a.so', true],
    ['lib/*.so', '/usr/lib/deep/a.so', false],
    ['lib/**/*.so', '/usr/lib/deep/er/a.so', true],
    ['lib/**/*.so', '/usr/lib/a.so', true],
    ['/*.so', '/usr/lib/a.so', false],
    ['/usr/*/a.so', '/usr/lib/a.so', true],
    ['a?so', '/a.so', true],
    ['a?so', '/a/so', false],
    ['[ab].so', '/b.so', true],
    ['[!ab].so', '/b.so', false],
    ['[!ab].so', '/c.so', true],
    ['[z-a].so', '/[z-a].so', true],
    ['[.so', '/[.so', true],
    ['(a+)+$*', '/(a+)+$b', true],
    ['*', '/a\nb', true],
    ['/pages/[slug].js', '/pages/[slug].js', true],
    ['[slug]', '/pages/[slug].js', true],
    ['we*ird', '/we*ird.txt', true],
    ['we*ird', '/weird.txt', false],
    ['a**b', '/a/x/b', true],
    ['**/b', '/a/x/b', true],
    ['a/**', '/a/x/b', true],
    ['/a/**/b', '/a/b', true],
    ['/a/**/b', '/a/xb', false],
    ['a*b*c', '/a1b2c', true],
    ['a*b*c', '/a1b/2c', false],
  ];
  for (const [query, path, fits] of searches) {
    it(`for ${query} ${fits ? 'finds' : 'leaves out'} ${JSON.stringify(path)}`, () => {
      assert.equal(pathTest(query)?.(path), fits);
    });
  }

  const words: readonly (readonly [before: string, after: string, narrower: boolean])[] = [
    ['', 'a', true],
    ['lib', 'lib/x', true],
    ['LIB', ' lib ', true],
    ['lib/x', 'lib', false],
    ['lib', 'lib*.so', true],
    ['lib.so', 'lib*.so', false],
    ['*.so', '*.so', true],
    ['*.s', '*.so', false],
    ['a/b', 'a/**/b', false],
    ['/b', 'a**/b', false],
    ['ab', '[ab]', false],
  ];
  for (const [before, after, narrower] of words) {
    it(`for ${after} ${narrower ? 'finds nothing that' : 'may find what'} one for “${before}” does not`, () => {
      assert.equal(narrows(before, after), narrower);
    });
  }

  it('finds what a regular expression of the same meaning finds', () => {
    const next = pseudoRandom(11);
    const random = () => Math.floor(next() * 1000);
    const pick = (among: readonly string[], most: number) =>
      Array.from({ length: random() % most }, () => among[random() % among.length]).join('');
    for (let turn = 0; turn < 20_000; turn++) {
      const query = pick(['a', 'b', '/', '*', '**', '/**/', '?', 'a*', '[ab]'], 7);
      const path = `/${pick(['a', 'b', 'a', '/', 'c'], 12)}`;
      const wanted = pathTest(query);
      if (!wanted || !/[*?[]/.test(query)) continue;
      const source = `${query.startsWith('/') ? '^' : '/'}${expression(query)}$`;
      const fits = new RegExp(source).test(path) || path.includes(query);
      assert.equal(wanted(path), fits, `${query} in ${path}`);
    }
  });

  it('takes no longer for many stars, nor for a path of a megabyte', () => {
    const start = performance.now();
    for (const query of [
      `${'*a'.repeat(30)}*b`,
      '**/'.repeat(20),
      `${'**a'.repeat(20)}b`,
      `**a*${'?'.repeat(30)}b`,
    ]) {
      for (const path of [`/${'a'.repeat(250)}`, '/a'.repeat(2000), `/${'a'.repeat(2 ** 20)}`]) {
        pathTest(query)?.(path);
      }
    }
    assert.ok(performance.now() - start < 2000);
  });

  it('letter by letter finds what it finds at once, there and back', () => {
    const found = (made: Explorer) => [rowsOf(made), made.view.counts, made.view.length, made.view.all];
    const typed = explorer(2, 'image', ['added']);
    const queries = ['a', 'ap', 'app', 'app/', 'app/m*', 'app/m', 'in', 'lib', ''];
    for (const query of queries) {
      typed.choose({ query });
      assert.deepEqual(found(typed), found(explorer(2, 'image', ['added'], query)), query);
    }
  });

  it('for nothing is none', () => {
    assert.equal(pathTest('  '), undefined);
  });
});

describe('a map of sizes', () => {
  const box = { x: 0, y: 0, width: 600, height: 400 };

  it('gives each size its area, within the box', () => {
    const sizes = [600, 600, 400, 300, 200, 200, 100];
    const boxes = squarify(sizes, box);
    const scale = (box.width * box.height) / 2400;
    for (const [at, { x, y, width, height }] of boxes.entries()) {
      assert(Math.abs(width * height - (sizes[at] ?? 0) * scale) < 1e-6);
      assert(x >= -1e-9 && y >= -1e-9 && x + width <= 600 + 1e-6 && y + height <= 400 + 1e-6);
      assert(Math.max(width / height, height / width) < 3, `${at}: ${width} × ${height}`);
    }
  });

  it('lays no part over another', () => {
    const boxes = squarify([9, 5, 3, 3, 2, 1, 1], box);
    for (const [at, one] of boxes.entries()) {
      for (const other of boxes.slice(at + 1)) {
        const overlapX = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
        const overlapY = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
        assert(overlapX < 1e-6 || overlapY < 1e-6);
      }
    }
  });

  it('is empty where there are no bytes', () => {
    assert.deepEqual(squarify([], box), []);
    assert.deepEqual(squarify([0, 0], box), []);
  });
});
