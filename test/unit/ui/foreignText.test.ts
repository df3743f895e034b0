import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { foreignText, inert, inertText } from '../../../src/ui/foreignText.ts';

describe('text from outside', () => {
  const cases: readonly (readonly [what: string, text: string, shown: string])[] = [
    ['plain text', 'nginx: master', 'nginx: master'],
    ['lines and tabs', 'one\r\n\ttwo\n', 'one two '],
    ['a right-to-left override', 'user\u202enimda', 'user\\u202enimda'],
    ['a bell', 'ding\u0007', 'ding\\x07'],
    ['an emoji', 'ship 🚢', 'ship 🚢'],
    ['a byte that is no UTF-8', 'caf\udce9', 'caf\\xe9'],
  ];
  for (const [what, text, shown] of cases) {
    it(`shows ${what}`, () => assert.equal(foreignText(text), shown));
  }

  it('is cut at its longest, the ellipsis counted', () => {
    assert.equal(foreignText('abcdefgh', 5), 'abcd…');
    assert.equal(foreignText('abcde', 5), 'abcde');
  });

  it('is never cut within a character', () => {
    assert.equal(foreignText('abc🚢def', 5), 'abc…');
  });
});

/** What VS Code finds in the texts of its lists and notifications (`ThemeIcon`, `parseLinkedText` in its source). */
const icon = /\$\([a-z0-9-]+(?:~[a-z]+)?\)/i;
const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

describe('text from outside in lists and notifications', () => {
  const texts: readonly (readonly [what: string, text: string])[] = [
    ['a command of a shell, not an icon', 'cd "$(pwd)" && echo $(date) $(loading~spin)'],
    ['a link that runs a command', '[Sign in again](command:workbench.action.closeWindow)'],
    ['a link with a title', '[a](https://example.com "title")[b](file:///etc)'],
  ];
  for (const [what, text] of texts) {
    it(`is drawn as it is: ${what}`, () => {
      assert.ok(icon.test(text) || link.test(text), 'VS Code would make something of it');
      const shown = inertText(text);
      assert.doesNotMatch(shown, icon);
      assert.doesNotMatch(shown, link);
      assert.equal(shown.replaceAll('\u2060', ''), text);
      assert.equal(inert(shown), shown);
    });
  }

  it('is told by one file alone, which makes it so', async () => {
    const folder = path.resolve(import.meta.dirname, '../../../src');
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts'));
    const telling: string[] = [];
    for (const file of files) {
      const text = await readFile(path.join(folder, file), 'utf8');
      if (/\.(?:show(?:Information|Warning|Error)Message|setStatusBarMessage)\(/.test(text))
        telling.push(file);
    }
    assert.deepEqual(telling, [path.join('ui', 'notices.ts')]);
  });
});
