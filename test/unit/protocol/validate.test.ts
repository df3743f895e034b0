import assert from 'node:assert/strict';
import {
  layersValidators,
  parseLayersSubject,
  parseLayersView,
  parseRowContext,
} from '../../../src/protocol/layersPage.ts';
import {
  asBoolean,
  asCount,
  asFields,
  asList,
  asNothing,
  asOneOf,
  asOptional,
  asText,
  MessageError,
} from '../../../src/protocol/validate.ts';

describe('the validators of messages', () => {
  const accepted: readonly (readonly [value: unknown, read: (value: unknown) => unknown])[] = [
    ['text', (value) => asText(value, 'it')],
    ['', (value) => asText(value, 'it')],
    [0, (value) => asCount(value, 'it')],
    [7, (value) => asCount(value, 'it', 7)],
    [false, (value) => asBoolean(value, 'it')],
    ['size', (value) => asOneOf(value, ['name', 'size'], 'it')],
    [[1, 2], (value) => asList(value, (one) => asCount(one, 'one'), 'it')],
    [{ a: 1 }, (value) => asFields(value, 'it')],
    [undefined, (value) => asOptional(value, () => assert.fail())],
    [undefined, asNothing],
  ];
  for (const [value, read] of accepted) {
    it(`take ${JSON.stringify(value)} as it is`, () => assert.deepEqual(read(value), value));
  }

  const refused: readonly (readonly [what: string, read: () => unknown])[] = [
    ['a number as text', () => asText(1, 'it')],
    ['text that is too long', () => asText('four', 'it', 3)],
    ['a fraction', () => asCount(0.5, 'it')],
    ['a negative number', () => asCount(-1, 'it')],
    ['what is not a number', () => asCount(Number.NaN, 'it')],
    ['a number that is too large', () => asCount(8, 'it', 7)],
    ['text as truth', () => asBoolean('true', 'it')],
    ['a choice that there is not', () => asOneOf('toString', ['name'], 'it')],
    ['a list that is too long', () => asList([1, 2, 3], (one) => one, 'it', 2)],
    ['a list with something else in it', () => asList([1, 'two'], (one) => asCount(one, 'one'), 'it')],
    ['null as an object', () => asFields(null, 'it')],
    ['a list as an object', () => asFields([], 'it')],
    ['something as nothing', () => asNothing({})],
  ];
  for (const [what, read] of refused) {
    it(`refuse ${what}`, () => assert.throws(read, MessageError));
  }
});

describe('the messages of the Layers page', () => {
  it('copy text of a bounded length', () => {
    assert.deepEqual(layersValidators.copy({ text: '/etc' }), { text: '/etc' });
    assert.throws(() => layersValidators.copy({ text: 'x'.repeat(100_000) }), MessageError);
  });

  it('know a subject that comes back after a restart', () => {
    const subject = { manifest: 'sha256:00', name: 'alpine' };
    assert.deepEqual(parseLayersSubject({ ...subject, other: 1 }), subject);
    const remote = { ...subject, from: 'docker.io/library/alpine' };
    assert.deepEqual(parseLayersSubject(remote), remote);
    assert.throws(() => parseLayersSubject({ ...subject, from: 7 }), MessageError);
    assert.throws(() => parseLayersSubject({ name: 'alpine' }), MessageError);
  });

  const view = {
    layer: 2,
    scope: 'image',
    sort: 'size',
    tab: 'map',
    filters: ['wasted'],
    query: '*.so',
    unfolded: ['/usr'],
    current: '/usr/lib',
    scrollTop: 40,
    mapFolder: '/usr/share',
    wasted: '/var/cache/a',
  };

  it('know a view that comes back', () => {
    assert.deepEqual(parseLayersView(view), view);
    const { mapFolder: _folder, wasted: _wasted, ...older } = view;
    assert.deepEqual(parseLayersView(older), { ...older, mapFolder: undefined, wasted: undefined });
  });

  for (const [field, value] of Object.entries({
    layer: 'two',
    scope: 'all',
    filters: ['wasted', 'other'],
    query: 7,
    unfolded: ['usr'],
    scrollTop: -1,
  })) {
    it(`begin anew where ${field} is none`, () => {
      assert.throws(() => parseLayersView({ ...view, [field]: value }), MessageError);
    });
  }

  const layer = { step: 3, number: 2 };

  it('open absolute paths in known layers', () => {
    assert.deepEqual(layersValidators.open({ path: '/etc/motd', layer }), { path: '/etc/motd', layer });
    assert.throws(() => layersValidators.open({ path: 'etc/motd', layer }), MessageError);
    assert.throws(
      () => layersValidators.open({ path: '/etc/motd', layer: { step: -1, number: 1 } }),
      MessageError,
    );
    assert.throws(() => layersValidators.open({ path: '/etc/motd' }), MessageError);
  });

  it('compare a file that is on one side at least', () => {
    const change = { path: '/etc/motd', before: layer, after: undefined };
    assert.deepEqual(layersValidators.openChange(change), change);
    assert.throws(() => layersValidators.openChange({ path: '/etc/motd' }), MessageError);
  });

  it('know the row of a context menu, and what is none', () => {
    const row = {
      webviewSection: 'file',
      path: '/etc/motd',
      image: { manifest: 'sha256:00', name: 'alpine' },
      layer,
      before: undefined,
      after: layer,
    };
    assert.deepEqual(parseRowContext(row), row);
    for (const other of [undefined, null, 'file', { scheme: 'file' }]) {
      assert.equal(parseRowContext(other), undefined);
    }
    assert.throws(() => parseRowContext({ ...row, image: {} }), MessageError);
    assert.throws(() => parseRowContext({ ...row, webviewSection: 'toString' }), MessageError);
  });
});
