import assert from 'node:assert/strict';
import { isEngineError } from '../../../src/engine/errors.ts';
import {
  checkFormat,
  type FormatOptions,
  formatRows,
  type RowKind,
} from '../../../src/engine/listing/formatRows.ts';

interface Ship {
  readonly id: string;
  readonly name: string;
  readonly ready: boolean;
}

const id = { name: 'ID', header: 'SHIP ID', value: (ship: Ship) => ship.id };
const name = { name: 'Name', header: 'NAME', value: (ship: Ship) => ship.name };
const ready = {
  name: 'Ready',
  header: 'READY',
  value: (ship: Ship) => (ship.ready ? '[OK]' : ''),
  json: (ship: Ship) => String(ship.ready),
};
const kind: RowKind<Ship> = {
  goType: '*formatter.shipContext',
  fields: [id, name, ready],
  table: [id, name, ready],
  raw: { all: 'id: {{.ID}}\nname: {{.Name}}\n', quiet: 'id: {{.ID}}' },
};
const ships: readonly Ship[] = [
  { id: 'aa11', name: 'a <rather> long name', ready: true },
  { id: 'bb22', name: 'b', ready: false },
];

const lines = (...parts: string[]) => `${parts.join('\n')}\n`;

describe('rows as Docker’s formatter shows them', () => {
  const table = lines(
    'SHIP ID   NAME                   READY',
    'aa11      a <rather> long name   [OK]',
    'bb22      b                      ',
  );
  const json = lines(
    '{"ID":"aa11","Name":"a \\u003crather\\u003e long name","Ready":"true"}',
    '{"ID":"bb22","Name":"b","Ready":"false"}',
  );
  const cases: readonly [what: string, options: FormatOptions, text: string][] = [
    ['the default table', {}, table],
    ['an empty format', { format: '' }, table],
    ['table alone', { format: 'table' }, table],
    ['IDs alone', { quiet: true }, lines('aa11', 'bb22')],
    ['table beside quiet', { format: 'table', quiet: true }, lines('aa11', 'bb22')],
    ['a template beside quiet', { format: '{{.Name}}', quiet: true }, lines('a <rather> long name', 'b')],
    ['json', { format: 'json' }, json],
    ['json beside quiet', { format: 'json', quiet: true }, json],
    ['a template of json', { format: '{{json .}}' }, json],
    ['a field of json', { format: '{{json .Name}}' }, lines('"a <rather> long name"', '"b"')],
    [
      'raw',
      { format: 'raw' },
      lines('id: aa11', 'name: a <rather> long name', '', 'id: bb22', 'name: b', ''),
    ],
    ['raw beside quiet', { format: 'raw', quiet: true }, lines('id: aa11', 'id: bb22')],
    ['a word that stands for nothing', { format: 'pretty' }, lines('pretty', 'pretty')],
    ['blanks alone', { format: '  ' }, lines('', '')],
    ['escapes of a shell', { format: '{{.ID}}\\t{{.Ready}}\\n-' }, lines('aa11\t[OK]', '-', 'bb22\t', '-')],
    ['blanks before table make it text', { format: ' table {{.ID}}' }, lines('table aa11', 'table bb22')],
    ['table with nothing behind it', { format: 'table ' }, lines('', '', '')],
    ['table without a blank', { format: 'table{{.ID}}' }, lines('SHIP ID', 'aa11', 'bb22')],
    [
      'headers that functions leave as they are',
      { format: 'table {{upper .ID}}\\t{{json .Ready}}\\t{{pad .ID 1 1}}|' },
      lines('SHIP ID   READY      SHIP ID |', 'AA11      "[OK]"     aa11 |', 'BB22      ""         bb22 |'),
    ],
    [
      'a header of which a part is no field',
      { format: 'table {{if .Ready}}{{.ID}}{{else}}none{{end}}' },
      lines('SHIP ID', 'aa11', 'none'),
    ],
  ];
  for (const [what, options, text] of cases) {
    it(what, async () => assert.equal(await formatRows(ships, kind, options), text));
  }

  it('a header that fails where its rows do not ends there', async () => {
    const format = 'table {{.ID}}\\t{{index (split .Name " ") 0 | printf "%s"}}{{len (slice .ID 0 4)}}';
    const [, ...rows] = (await formatRows(ships, kind, { format })).split('\n');
    assert.deepEqual(rows, ['aa11      a4', 'bb22      b4', '']);
  });

  it('a table of no rows has its headers, and <no value> for what is no field', async () => {
    assert.equal(await formatRows([], kind), 'SHIP ID   NAME      READY\n');
    const header = await formatRows([], kind, { format: 'table {{.ID}}\\t{{.Nothing}}' });
    assert.equal(header, 'SHIP ID   <no value>\n');
    assert.equal(await formatRows([], kind, { format: '{{.Nothing}}' }), '');
  });

  it('control characters from outside are shown, line ends aside', async () => {
    const hostile: Ship = { id: 'x', name: 'a\x1b[31m\nb\r\u202e', ready: true };
    const shown = 'a\\x1b[31m\nb\\r\\u202e';
    assert.equal(await formatRows([hostile], kind, { format: '{{.Name}}' }), `${shown}\n`);
    assert.match(await formatRows([hostile], kind), /a\\x1b\[31m\nb\\r/);
  });

  it('a pipe gets every character as it is', async () => {
    const joined: Ship = { id: 'x', name: 'a\r\u{1f468}\u200d\u{1f469}', ready: true };
    const options = { format: '{{.Name}}', isForTerminal: false };
    assert.equal(await formatRows([joined], kind, options), `${joined.name}\n`);
    assert.ok((await formatRows([joined], kind, { isForTerminal: false })).includes(joined.name));
  });

  const refusals: readonly [format: string, message: string][] = [
    [
      '{{.Nothing}}',
      'template: :1:2: executing "" at <.Nothing>: can\'t evaluate field Nothing in type *formatter.shipContext',
    ],
    [
      'table {{.ID}}\\t{{.Nothing}}',
      'template: :1:10: executing "" at <.Nothing>: can\'t evaluate field Nothing in type *formatter.shipContext',
    ],
    ['{{.ID.Part}}', 'template: :1:5: executing "" at <.ID.Part>: can\'t evaluate field Part in type string'],
    ['{{.ID', 'template: :1: unclosed action'],
    ['{{nonsense .ID}}', 'template: :1: function "nonsense" not defined'],
    ['{{end}}', 'template: :1: unexpected {{end}}'],
  ];
  for (const [format, message] of refusals) {
    it(`${format} is refused in Go’s words`, async () => {
      await assert.rejects(
        formatRows(ships, kind, { format }),
        (error) => isEngineError(error, 'Invalid') && error.message === `template parsing error: ${message}`,
      );
    });
  }

  it('checks a template without rows', async () => {
    for (const right of [undefined, '', 'json', 'table', 'table {{.ID}}', '{{.Nosuch}}', 'raw'])
      await checkFormat(right);
    for (const wrong of ['{{.ID', 'table {{nosuch}}', '{{end}}']) {
      await assert.rejects(checkFormat(wrong), (error) => isEngineError(error, 'Invalid'));
    }
  });
});
