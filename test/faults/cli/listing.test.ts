import assert from 'node:assert/strict';
import { join } from 'node:path';
import { runInProcess } from '../../support/commandLine.ts';
import { writeManyImages } from '../../support/store/manyImages.ts';
import { temporaryFolder } from '../../support/store/sampleStore.ts';

/** Nonsense, and the one sentence that it gets; nothing of the list may be printed before. */
const nonsense: readonly [commandLine: readonly string[], says: RegExp][] = [
  [['-f', 'nope'], /^Error: bad format of filter \(expected name=value\): "nope"$/],
  [['-f', 'nope=1'], /^Error: Invalid filter 'nope': write one of dangling, before/],
  [['-f', 'dangling=perhaps'], /^Error: Invalid filter 'dangling=\[perhaps\]': write true or false$/],
  [['-f', 'before=nothing'], /^Error: No such image: nothing/],
  [['-f', 'since=NOTHING'], /^Error: invalid reference format/],
  [['-f', 'until=soon'], /^Error: failed to parse value as time or duration: "soon"$/],
  [['-f', 'reference=['], /^Error: syntax error in pattern/],
  [['['], /^Error: syntax error in pattern/],
  [['--format', '{{'], /^Error: template parsing error: template: :1: /],
  [
    ['--format', '{{.Nothing}}'],
    /^Error: template parsing error: .* can't evaluate field Nothing in type \*formatter/,
  ],
  [['--format', 'table {{.ID}}\\t{{nothing}}'], /^Error: template parsing error: .*"nothing" not defined$/],
  [
    ['--format', '{{range $i, $e := .ID}}{{end}}'],
    /^Error: template parsing error: .*range can't iterate over/,
  ],
];

describe('image ls with nonsense', () => {
  for (const [commandLine, says] of nonsense) {
    it(`${commandLine.join(' ')} is one sentence and exit code 1`, async () => {
      await using folder = await temporaryFolder();
      const store = join(folder.path, 'store');
      await writeManyImages(store, 3);
      const { code, stdout, stderr } = await runInProcess(['image', 'ls', '--store', store, ...commandLine]);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr.trimEnd(), says);
      assert.equal(stderr.split('\n').length, 2);
    });
  }
});
