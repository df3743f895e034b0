import { sprint } from '../../../../src/engine/listing/goTemplate/formatValue.ts';
import { namedType } from '../../../../src/engine/listing/goTemplate/goType.ts';
import {
  GoCallError,
  type GoStruct,
  type GoValue,
  goFromJson,
  goFunction,
  goInt64,
  goInterface,
  goMap,
  goNil,
  goSlice,
  goStrings,
  goStruct,
  goTyped,
} from '../../../../src/engine/listing/goTemplate/goValue.ts';

const wordsType = namedType('main.Words', '[]string');
const waitType = namedType('main.Wait', 'int64');

const document = {
  name: 'web',
  tags: ['a', 'b', 'c'],
  count: 3,
  ratio: 1.5,
  big: 123456789,
  ok: true,
  no: false,
  nothing: null,
  empty: '',
  none: [],
  map: { z: 1, a: 'x', m: null },
  list: [
    { k: 'v1', n: 1 },
    { k: 'v2', n: 2 },
  ],
  'with space': 's',
  uni: 'héllo→世界',
  html: '<a href="x">&\'b\'</a>',
  deep: { er: { est: 'bottom' } },
  mixed: [1, 'two', null, true, [1], { a: 1 }],
};

const config = goStruct('*main.Config', [
  { name: 'Env', value: goStrings(['PATH=/bin', 'A=b']) },
  { name: 'Cmd', value: goSlice(wordsType, ['sh', '-c']), json: ',omitempty' },
  { name: 'Labels', value: goMap('map[string]string', { b: '2', a: '1' }), json: 'labels' },
  {
    name: 'Ports',
    value: goMap('map[string]struct {}', { '80/tcp': goStruct('struct {}', []) }),
  },
  { name: 'User', value: '', json: 'user,omitempty' },
  { name: 'Tty', value: true },
  { name: 'hidden', value: 0n },
]);

function image(type: 'main.Image' | '*main.Image'): GoValue {
  return goStruct(
    type,
    [
      { name: 'ID', value: 'sha256:abc', json: 'Id' },
      { name: 'RepoTags', value: goStrings(['web:1', 'web:latest']) },
      { name: 'Size', value: goInt64(7340032) },
      { name: 'Config', value: config },
      {
        name: 'Missing',
        value: goNil('*main.Config', ['Env', 'Cmd', 'Labels', 'Ports', 'User', 'Tty', 'hidden']),
      },
      { name: 'Empty', value: goNil('[]string') },
      { name: 'NoMap', value: goNil('map[string]string') },
      { name: 'Ratio', value: 0.25 },
      { name: 'Any', value: goInterface('any') },
      { name: 'AnyNil', value: goInterface(undefined) },
      { name: 'Count', value: 42n },
      { name: 'Small', value: goTyped('uint8', 200n) },
      { name: 'F32', value: goTyped('float32', Math.fround(0.1)) },
      { name: 'Bytes', value: goSlice('[]uint8', [goTyped('uint8', 104n), goTyped('uint8', 105n)]) },
      {
        name: 'Wait',
        value: goTyped(waitType, 5n, { String: () => '5ms' }),
      },
      {
        name: 'Root',
        value: goStruct('main.Root', [
          { name: 'Type', value: 'layers' },
          { name: 'Layers', value: goStrings(['l1', 'l2']), json: ',omitempty' },
        ]),
      },
      { name: 'Secret', value: 's', json: '-' },
    ],
    {
      Name: (receiver) => `name of ${(receiver as GoStruct).fields[0]?.value}`,
      Join: goFunction(['string', 'int'], (by, count) => String(by).repeat(Number(count))),
      Fail: () => {
        throw new GoCallError('it failed');
      },
      Many: goFunction(['...string'], (...items) => items.join('+')),
      Half: goFunction(['float64'], (value) => Number(value) / 2, 'float64'),
      Not: goFunction(['bool'], (value) => !value, 'bool'),
      Show: goFunction(['interface {}'], (value) => `<${sprint([value])}>`),
      Un: goFunction(['uint'], (value) => goTyped('uint', value as bigint), 'uint'),
      Pick: goFunction(['[]string', 'int'], (words, at) => pick(words, at as bigint)),
    },
  );
}

function pick(words: GoValue, at: bigint): GoValue {
  const { items } = words as { items: readonly GoValue[] };
  if (at < 0n || at >= items.length)
    throw new GoCallError(
      at < 0n
        ? `runtime error: index out of range [${at}]`
        : `runtime error: index out of range [${at}] with length ${items.length}`,
    );
  return items[Number(at)];
}

/** The values that the cases of `test/fixtures/goTemplate` are about, by their names there. */
export const sampleValues: Readonly<Record<string, GoValue>> = {
  image: image('main.Image'),
  pointer: image('*main.Image'),
  json: goFromJson(document),
  strict: goFromJson(document),
  number: goFromJson(document, true),
  nil: undefined,
  text: 'hello, wörld',
  int: 42n,
  float: 3.25,
  words: goStrings(['one', 'two', 'three']),
  labels: goMap('map[string]string', { b: '2', a: '1' }),
  true: true,
};
