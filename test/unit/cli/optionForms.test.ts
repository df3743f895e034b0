import assert from 'node:assert/strict';
import { Command, Option } from 'commander';
import { takeDockerForms } from '../../../src/cli/optionForms.ts';

function parse(commandLine: readonly string[]): object {
  const command = new Command()
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addOption(new Option('-H, --human').default(true))
    .addOption(new Option('--no-human'))
    .addOption(new Option('-q, --quiet'))
    .addOption(new Option('--no-trunc'))
    .addOption(new Option('-f, --format <template>'))
    .argument('[words...]');
  takeDockerForms(command);
  command.parse([...commandLine], { from: 'user' });
  return { ...command.opts(), words: command.args };
}

describe('options in the forms of Docker', () => {
  const plain = { human: true, trunc: true, words: [] };
  const cases: readonly [commandLine: readonly string[], options: object][] = [
    [[], plain],
    [['-H=false'], { ...plain, human: false }],
    [['--human=false'], { ...plain, human: false }],
    [['--human=0'], { ...plain, human: false }],
    [['--human=true'], plain],
    [['-q=T'], { ...plain, quiet: true }],
    [['--quiet=F'], plain],
    [['--no-trunc=true'], { ...plain, trunc: false }],
    [['--no-trunc=false'], plain],
    [['--format=true'], { ...plain, format: 'true' }],
    [['--', '-H=false'], { ...plain, words: ['-H=false'] }],
    [['-f=a=b'], { ...plain, format: 'a=b' }],
    [['-f='], { ...plain, format: '' }],
    [['-fab'], { ...plain, format: 'ab' }],
    [['-f', '-q'], { ...plain, format: '-q' }],
    [['-f', '--', '-q'], { ...plain, format: '--', quiet: true }],
    [['--format', '-q=true', 'word'], { ...plain, format: '-q=true', words: ['word'] }],
    [['--format='], { ...plain, format: '' }],
    [['--format=a\nb'], { ...plain, format: 'a\nb' }],
    [['-qf=x'], { ...plain, quiet: true, format: 'x' }],
    [['-qfx', 'word'], { ...plain, quiet: true, format: 'x', words: ['word'] }],
    [['-qf', 'x', 'word'], { ...plain, quiet: true, format: 'x', words: ['word'] }],
    [['-qH=false'], { ...plain, quiet: true, human: false }],
    [['-q', '--quiet=false'], plain],
    [['-q=false', '--quiet'], { ...plain, quiet: true }],
    [['--human=false', '-H'], plain],
    [['-', 'a=b', '=c'], { ...plain, words: ['-', 'a=b', '=c'] }],
  ];
  for (const [commandLine, options] of cases) {
    it(commandLine.join(' ') || 'none', () => assert.deepEqual(parse(commandLine), options));
  }

  const refused: readonly [text: string, why: RegExp][] = [
    ['--human=perhaps', /invalid argument "perhaps" for "-H, --human"/],
    ['--quiet=', /invalid argument "" for "-q, --quiet"/],
    ['-q=2', /invalid argument "2" for "-q, --quiet"/],
    ['-qx=2', /unknown option '-x=2'/],
    ['-x=2', /unknown option '-x=2'/],
    ['--other=2', /unknown option '--other=2'/],
    ['-qf', /argument missing/],
    ['--format', /argument missing/],
  ];
  for (const [text, why] of refused) {
    it(`${text} is refused`, () => assert.throws(() => parse([text]), why));
  }
});
