import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findText, type TextMatch, type TextQuery } from '../../../src/engine/images/findText.ts';
import { encodePath } from '../../../src/engine/layers/entryText.ts';
import { UnionTree } from '../../../src/engine/layers/unionTree.ts';
import { filesOf, indexOfTar, temporaryFolder } from '../../support/layerReading.ts';
import { directory, file, hardlink, symlink, tarOf } from '../../support/tarWriter.ts';

const many = Array.from(
  { length: 50_000 },
  (_, at) => `line ${at + 1}${at % 10_000 === 0 ? ' Wanted' : ''}\n`,
);
const long = `${'x'.repeat(200_000)}needle${'y'.repeat(200_000)} needle\nneedle`;

const lower = tarOf(
  directory('etc'),
  file('etc/conf', 'first\r\nport = 80\r\nthe Port again: port\r\n'),
  file('etc/gone', 'port'),
  file('etc/replaced', 'port of old'),
  file('many', many.join('')),
  file('long', long),
  file('program', Buffer.concat([Buffer.from('port'), Buffer.alloc(4), Buffer.from('port\n')])),
  hardlink('etc/conf2', 'etc/conf'),
  symlink('etc/link', 'conf'),
);
const upper = tarOf(
  file('etc/.wh.gone', ''),
  file('etc/replaced', 'a new text: größe $HOME (a.b)\nGRÖSSE\n'),
);

describe('finding text in an image', () => {
  const scratch = temporaryFolder();
  const blobs = [join(scratch, 'lower'), join(scratch, 'upper')];
  let tree: UnionTree;

  before(async () => {
    writeFileSync(blobs[0] ?? '', gzipSync(lower));
    writeFileSync(blobs[1] ?? '', upper);
    tree = UnionTree.build([await indexOfTar(lower, scratch), await indexOfTar(upper, scratch)]);
  });

  async function found(query: string | TextQuery, path = '/', signal?: AbortSignal): Promise<TextMatch[]> {
    const source = { tree, open: filesOf(tree, blobs), path: encodePath(path) };
    const asked = typeof query === 'string' ? { text: query } : query;
    const matches: TextMatch[] = [];
    for await (const match of findText(source, path, asked, signal)) matches.push(match);
    return matches;
  }

  const places = (matches: readonly TextMatch[]) =>
    matches.map(({ path, line, column }) => `${path}:${line}:${column}`);

  it('gives each line once, by the first hit in it, of files as the last layer has them', async () => {
    assert.deepEqual(await found('port'), [
      { path: '/etc/conf', line: 2, column: 1, text: 'port = 80' },
      { path: '/etc/conf', line: 3, column: 5, text: 'the Port again: port' },
    ]);
    assert.deepEqual(places(await found({ text: 'port', matchCase: true })), [
      '/etc/conf:2:1',
      '/etc/conf:3:17',
    ]);
  });

  it('takes what is looked for as it stands, in any script', async () => {
    for (const text of ['$HOME (a.b)', 'größe', ': gr']) {
      assert.equal(places(await found(text))[0]?.slice(0, 15), '/etc/replaced:1', text);
    }
    assert.deepEqual(places(await found('GRÖSSE')), ['/etc/replaced:2:1']);
    assert.deepEqual(await found('a.b)x'), []);
  });

  it('counts the lines of a file that comes in many pieces', async () => {
    const lines = [1, 10_001, 20_001, 30_001, 40_001];
    assert.deepEqual(
      places(await found('wanted')),
      lines.map((line) => `/many:${line}:${`line ${line} `.length + 1}`),
    );
  });

  it('finds what stands anywhere in a line of any length, and shows what is around it', async () => {
    const matches = await found('needle');
    assert.deepEqual(places(matches), ['/long:1:200001', '/long:2:1']);
    assert.equal(matches[0]?.text, `${'x'.repeat(100)}needle${'y'.repeat(294)}`);
  });

  it('says how far it is, and ends at all that there is', async () => {
    const told: [number, number][] = [];
    await found({ text: 'port', onProgress: (...figures) => told.push(figures) });
    const [, total] = told[0] ?? [];
    assert.deepEqual(told.at(-1), [total, total]);
    assert.ok(told.every(([looked], at) => looked > (told[at - 1]?.[0] ?? 0)));
  });

  it('fails where a layer is no longer what was indexed', async () => {
    const changed = join(scratch, 'changed');
    writeFileSync(changed, Buffer.from(upper.toString('latin1').replace('a new', 'b new'), 'latin1'));
    const source = { tree, open: filesOf(tree, [blobs[0] ?? '', changed]), path: encodePath('/') };
    await assert.rejects(
      async () => {
        for await (const _ of findText(source, '/', { text: 'text' }));
      },
      { reason: 'DigestMismatch', facts: { path: changed } },
    );
  });

  it('looks only below the path, which may be a file', async () => {
    assert.deepEqual(places(await found('e', '/etc/replaced')), ['/etc/replaced:1:4', '/etc/replaced:2:6']);
    assert.deepEqual(places(await found('port', '/etc/')), ['/etc/conf:2:1', '/etc/conf:3:5']);
    await assert.rejects(found('port', '/nothing'), { reason: 'NotFound' });
  });

  it('refuses text that is none or is more than a line', async () => {
    for (const text of ['', 'a\nb']) await assert.rejects(found(text), { reason: 'Invalid' });
  });

  it('stops when nobody wants it any more', async () => {
    await assert.rejects(found('port', '/', AbortSignal.abort()), { reason: 'Cancelled' });
  });
});
