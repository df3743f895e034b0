import assert from 'node:assert/strict';
import { Command, Option } from 'commander';
import { takeBooleanValues } from '../../../src/cli/booleanOptions.ts';

function parse(commandLine: readonly string[]): object {
  const command = new Command()
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .addOption(new Option('-H, --human').default(true))
    .addOption(new Option('--no-human'))
    .addOption(new Option('-q, --quiet'))
    .addOption(new Option('--no-trunc'))
    .addOption(new Option('--format <template>'))
    .argument('[words...]');
  takeBooleanValues(command);
  command.parse([...commandLine], { from: 'user' });
  return { ...command.opts(), words: command.args };
}

describe('switches with a value', () => {
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
  ];
  for (const [commandLine, options] of cases) {
    it(commandLine.join(' ') || 'none', () => assert.deepEqual(parse(commandLine), options));
  }

  for (const text of ['--human=perhaps', '--quiet=', '-q=2']) {
    it(`${text} is refused`, () => assert.throws(() => parse([text]), /unknown option/));
  }
});
