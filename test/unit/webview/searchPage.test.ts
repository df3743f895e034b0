import assert from 'node:assert/strict';
import { type FoundRepository, parseSearchView, type SearchView } from '../../../src/protocol/searchPage.ts';
import {
  arrange,
  hasFilters,
  knowledgeOf,
  knowsNothing,
  noFilters,
} from '../../../webview/search/arrange.ts';
import { placedRows, type ResultTree, repositoryKey, tagKey } from '../../../webview/search/resultRows.ts';
import { isAsked, searchPlace } from '../../../webview/search/searchPlace.ts';

function repository(name: string, more: Partial<FoundRepository> = {}): FoundRepository {
  return { name, description: '', official: false, automated: false, ...more };
}

const results = [
  repository('alpine', { official: true, stars: 900, pulls: 5, updated: 3 }),
  repository('acme/web', { verified: true, stars: 40, pulls: 90, updated: 2 }),
  repository('acme/tools', { automated: true, stars: 40, updated: 9 }),
  repository('zoo/plain', { stars: 2, pulls: 1 }),
];

function names(found: readonly FoundRepository[]): string {
  return found.map(({ name }) => name).join(' ');
}

describe('where the Search page asks', () => {
  const cases: readonly (readonly [text: string, registry: string, term: string])[] = [
    ['python', 'docker.io', 'python'],
    [' acme/web ', 'docker.io', 'acme/web'],
    ['node.js', 'docker.io', 'node.js'],
    ['quay.io/etcd', 'quay.io', 'etcd'],
    ['registry:5000/acme/app', 'registry:5000', 'acme/app'],
    ['localhost/app', 'localhost', 'app'],
    ['corp.example/', 'corp.example', ''],
  ];
  for (const [text, registry, term] of cases) {
    it(`${JSON.stringify(text)}: ${registry} for ${JSON.stringify(term)}`, () => {
      assert.deepEqual(searchPlace('docker.io', text), { registry, term });
    });
  }

  it('is the chosen registry, and Docker Hub not before there are two characters', () => {
    assert.deepEqual(searchPlace('ghcr.io', 'app'), { registry: 'ghcr.io', term: 'app' });
    assert.equal(isAsked({ registry: 'docker.io', term: 'a' }), false);
    assert.equal(isAsked({ registry: 'docker.io', term: 'al' }), true);
    assert.equal(isAsked({ registry: 'docker.io', term: 'localhost:5000' }), false);
    assert.equal(isAsked({ registry: 'docker.io', term: 'localhost:' }), false);
    assert.equal(isAsked({ registry: 'ghcr.io', term: 'a' }), true);
    assert.equal(isAsked({ registry: 'ghcr.io', term: '' }), false);
  });
});

describe('what the Search page shows of what was found', () => {
  it('is of any of the kinds that are chosen, with enough stars', () => {
    const shown = (filters: Partial<typeof noFilters>) =>
      names(arrange(results, { ...noFilters, ...filters }, 'stars'));
    assert.equal(shown({}), 'alpine acme/web acme/tools zoo/plain');
    assert.equal(shown({ official: true }), 'alpine');
    assert.equal(shown({ official: true, verified: true }), 'alpine acme/web');
    assert.equal(shown({ automated: true }), 'acme/tools');
    assert.equal(shown({ stars: 40 }), 'alpine acme/web acme/tools');
    assert.equal(shown({ official: true, stars: 1000 }), '');
  });

  it('is in the order asked for; equal ones stay as the registry has them', () => {
    assert.equal(names(arrange(results, noFilters, 'pulls')), 'acme/web alpine zoo/plain acme/tools');
    assert.equal(names(arrange(results, noFilters, 'updated')), 'acme/tools alpine acme/web zoo/plain');
    assert.equal(names(arrange(results, noFilters, 'name')), 'acme/tools acme/web alpine zoo/plain');
  });

  it('can be filtered where the registry tells anything to filter by', () => {
    assert.deepEqual(knowledgeOf([repository('a'), repository('b')]), knowsNothing);
    assert.deepEqual(knowledgeOf([repository('a', { stars: 0 })]), { ...knowsNothing, stars: true });
    assert.deepEqual(knowledgeOf(results), { stars: true, verified: true, pulls: true, updated: true });
    assert.equal(hasFilters(noFilters), false);
    assert.equal(hasFilters({ ...noFilters, stars: 10 }), true);
  });
});

describe('the tree of results', () => {
  function tree(unfolded: readonly string[], more: Partial<ResultTree> = {}): ResultTree {
    return { results, unfolded: new Set(unfolded), tags: new Map(), facts: new Map(), ...more };
  }

  function drawn(of: ResultTree): readonly string[] {
    return placedRows(of).map(({ row, shape, position, setSize }) => {
      const fold = shape.expanded === undefined ? ' ' : shape.expanded ? '-' : '+';
      const what = row.kind === 'message' ? row.message.kind : row.key;
      return `${'  '.repeat(shape.level - 1)}${fold} ${what} ${position}/${setSize}`;
    });
  }

  const web = repositoryKey('acme/web');
  const tags = { total: 5, tags: [{ tag: '2.0' }, { tag: '1.0', digest: 'sha256:1' }] };

  it('says below an unfolded row what is waited for, what failed and that there is nothing', () => {
    const failure = { kind: 'offline', text: 'gone' } as const;
    const below = (content: NonNullable<ReturnType<ResultTree['tags']['get']>>) =>
      drawn(tree([web], { tags: new Map([['acme/web', content]]) })).slice(2, -2);
    assert.deepEqual(drawn(tree([web])).slice(2, 3), ['    loading 1/1']);
    assert.deepEqual(below({ kind: 'failed', failure }), ['    failed 1/1']);
    assert.deepEqual(below({ kind: 'there', value: { tags: [], total: 0 } }), ['    empty 1/1']);
    assert.deepEqual(below({ kind: 'there', value: tags }), [
      '  + t acme/web:2.0 1/3',
      '  + t acme/web:1.0 2/3',
      '    more 3/3',
    ]);
  });

  it('shows the platforms of an unfolded tag, those asked for last', () => {
    const platforms = [{ name: 'linux/amd64', size: 1 }, { name: 'linux/arm64' }];
    const facts = new Map([['acme/web:2.0', { kind: 'there', value: { tag: '2.0', platforms } } as const]]);
    const content = { kind: 'there', value: { tags: [{ tag: '2.0' }], total: 1 } } as const;
    const of = tree([web, tagKey('acme/web:2.0')], { tags: new Map([['acme/web', content]]), facts });
    assert.deepEqual(drawn(of).slice(2, 5), [
      '  - t acme/web:2.0 1/1',
      '      p 0 t acme/web:2.0 1/2',
      '      p 1 t acme/web:2.0 2/2',
    ]);
  });
});

describe('what the Search page keeps', () => {
  const view: SearchView = {
    registry: 'docker.io',
    term: 'al',
    filters: { ...noFilters, stars: 10 },
    order: 'pulls',
    found: {
      query: { registry: 'docker.io', term: 'al' },
      asked: 1,
      total: 7,
      repositories: [repository('alpine', { stars: 1, pulls: 2, updated: 3, verified: false })],
      tags: [
        { repository: 'alpine', total: 1, tags: [{ tag: '3', digest: 'd', platforms: [{ name: 'p' }] }] },
      ],
    },
    unfolded: ['r alpine'],
    current: 't alpine:3',
    scrollTop: 44,
  };

  it('comes back as it was', () => {
    const kept = parseSearchView(JSON.parse(JSON.stringify(view)));
    assert.deepEqual(JSON.parse(JSON.stringify(kept)), view);
  });

  const wrong: readonly unknown[] = [
    null,
    {},
    { ...view, order: 'best' },
    { ...view, filters: {} },
    { ...view, scrollTop: -1 },
    { ...view, found: { ...view.found, repositories: [{ name: 1 }] } },
    { ...view, unfolded: 'all' },
  ];
  for (const kept of wrong) {
    it(`is of no use where it is ${JSON.stringify(kept).slice(0, 90)}`, () => {
      assert.throws(() => parseSearchView(kept), { name: 'MessageError' });
    });
  }
});
