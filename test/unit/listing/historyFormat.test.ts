import assert from 'node:assert/strict';
import { formatRows } from '../../../src/engine/listing/formatRows.ts';
import { type HistoryStep, historyRowKind } from '../../../src/engine/listing/historyFormat.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';

const now = Date.UTC(2026, 0, 31);
const id = digestOf('config');
const steps: readonly HistoryStep[] = [
  { id, created: new Date(now - 3_600_000), createdBy: 'CMD ["sh"]', size: 0, comment: 'made\there' },
  { created: new Date(now - 90_000), createdBy: `RUN\t${'x'.repeat(60)}`, size: 1_234_567, comment: '' },
  { createdBy: '', size: 12, comment: '' },
];

describe('image history', () => {
  it('has Docker’s table', async () => {
    const text = await formatRows(steps, historyRowKind({ human: true, full: false, now }));
    assert.deepEqual(text.split('\n'), [
      'IMAGE          CREATED              CREATED BY                                      SIZE      COMMENT',
      `${id.slice(7, 19)}   About an hour ago    CMD ["sh"]                                      0B        made      here`,
      `<missing>      About a minute ago   RUN ${'x'.repeat(40)}…   1.23MB    `,
      '<missing>      292 years ago                                                        12B       ',
      '',
    ]);
  });

  it('has bytes, times and whole instructions', async () => {
    const format = '{{.ID}} {{.CreatedAt}} {{.CreatedSince}} {{.CreatedBy}} {{.Size}}';
    const kind = historyRowKind({ human: false, full: true, now });
    const [first, second, third] = (await formatRows(steps, kind, { format })).split('\n');
    const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:Z|[+-]\\d\\d:\\d\\d)';
    assert.match(first ?? '', new RegExp(`^${id} (${time}) \\1 CMD \\["sh"\\] 0$`));
    assert.match(second ?? '', new RegExp(`^<missing> (${time}) \\1 RUN x{60} 1234567$`));
    assert.match(third ?? '', /^<missing> 000\d-.* {2}12$/);
  });

  it('has <missing> where only IDs are asked for', async () => {
    const kind = historyRowKind({ human: true, full: true, now });
    assert.equal(await formatRows(steps, kind, { quiet: true }), `${id}\n<missing>\n<missing>\n`);
  });
});
