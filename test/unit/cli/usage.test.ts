import assert from 'node:assert/strict';
import { runCommandLine, runInProcess } from '../../support/commandLine.ts';

describe('the command line', () => {
  const refusedUsage: readonly [commandLine: readonly string[], says: RegExp][] = [
    [['nosuchverb'], /unknown command 'nosuchverb'/],
    [['pul'], /unknown command 'pul'.*Did you mean/],
    [['--nosuchoption'], /unknown option '--nosuchoption'/],
    [['--nosuchoption', 'images'], /unknown option '--nosuchoption'/],
    [['image', 'nosuchverb'], /unknown command 'nosuchverb'/],
    [['store', 'nosuchverb'], /unknown command 'nosuchverb'/],
    [['images', '--nosuchoption'], /unknown option '--nosuchoption'/],
    [['images', '-z'], /unknown option '-z'/],
    [['image', 'ls', '--format'], /argument missing/],
    [['images', 'a', 'b'], /too many arguments/],
    [['pull'], /missing required argument/],
    [['pull', '-x'], /unknown option '-x'/],
    [['image', 'pull'], /missing required argument/],
    [['rmi'], /missing required argument/],
    [['image', 'rm', '-f'], /missing required argument/],
    [['reference'], /missing required argument/],
    [['digest'], /missing required argument/],
    [['digest', 'a', 'b'], /too many arguments/],
    [['tags', 'a', 'b'], /too many arguments/],
    [['tags', 'a', '--limit'], /argument missing/],
    [['manifest'], /missing required argument/],
    [['layers'], /missing required argument/],
    [['layers', 'a', 'b'], /too many arguments/],
    [['files'], /missing required argument/],
    [['files', 'a', 'b'], /too many arguments/],
    [['analyze'], /missing required argument/],
    [['analyze', 'a', 'b'], /too many arguments/],
    [['analyze', 'a', '--lowest-efficiency'], /argument missing/],
    [['store', 'info', 'x'], /too many arguments/],
    [['store', 'gc', '--repair'], /unknown option '--repair'/],
    [['reference', 'a', '--store'], /argument missing/],
    [['--json', '--json=x', 'reference', 'a'], /unknown option/],
    [['help', 'nosuchverb'], /unknown command 'nosuchverb'/],
    [['help', 'image', 'nosuchverb'], /unknown command 'nosuchverb'/],
    [['pull'], /see "strata pull --help"$/m],
    [['image', 'ls', '--nosuchoption'], /see "strata image ls --help"$/m],
    [['image', 'nosuchverb'], /see "strata image --help"$/m],
    [['nosuchverb'], /see "strata --help"$/m],
  ];
  for (const [commandLine, says] of refusedUsage) {
    it(`"strata ${commandLine.join(' ')}" is bad usage: ${says.source}`, async () => {
      const { code, stdout, stderr } = await runInProcess(commandLine);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, /^Error: [^\n]+\n$/);
      assert.match(stderr, says);
    });
  }

  const help: readonly (readonly string[])[] = [
    [],
    ['--help'],
    ['-h'],
    ['help'],
    ['help', 'pull'],
    ['image'],
    ['store'],
    ['image', '--help'],
    ['image', 'pull', '--help'],
    ['pull', 'alpine', '--help'],
  ];
  for (const commandLine of help) {
    it(`"strata ${commandLine.join(' ')}" shows help on stdout`, async () => {
      const { code, stdout, stderr } = await runInProcess(commandLine);
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^Usage: strata /);
    });
  }

  const helpOf: readonly [commandLine: readonly string[], usage: RegExp][] = [
    [['help', 'image'], /^Usage: strata image \[/],
    [['help', 'image', 'ls'], /^Usage: strata image ls/],
    [['help', 'image', 'list'], /^Usage: strata image ls/],
    [['help', 'store', 'gc'], /^Usage: strata store gc/],
    [['image', 'help', 'ls'], /^Usage: strata image ls/],
  ];
  for (const [commandLine, usage] of helpOf) {
    it(`"strata ${commandLine.join(' ')}" shows the help of that very verb`, async () => {
      assert.match((await runInProcess(commandLine)).stdout, usage);
    });
  }

  const otherNames: readonly [name: string, alias: string][] = [
    ['image ls', 'image list'],
    ['image rm', 'image rmi'],
    ['image rm', 'image remove'],
  ];
  for (const [name, alias] of otherNames) {
    it(`"strata ${alias}" is "strata ${name}", as in Docker`, async () => {
      const helps = [name, alias].map((verb) => runInProcess([...verb.split(' '), '--help']));
      const [first, second] = await Promise.all(helps);
      assert.match(first?.stdout ?? '', /\nExamples:/);
      assert.deepEqual(second, first);
    });
  }

  const verbs = [
    'pull',
    'images',
    'rmi',
    'image pull',
    'image ls',
    'image rm',
    'digest',
    'search',
    'tags',
    'manifest',
    'reference',
    'layers',
    'files',
    'analyze',
    'store info',
    'store verify',
    'store gc',
  ];
  for (const verb of verbs) {
    it(`"strata ${verb} --help" has an example and names the global options`, async () => {
      const { stdout } = await runInProcess([...verb.split(' '), '--help']);
      assert.match(stdout, /\nExamples:\n {2}\S/);
      for (const option of ['--store', '--insecure-registry', '--json'])
        assert.ok(stdout.includes(option), option);
    });
  }

  for (const flag of ['--version', '-v']) {
    it(`prints its version for ${flag}`, async () => {
      const { code, stdout } = await runInProcess([flag]);
      assert.equal(code, 0);
      assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
    });
  }

  const asJson: readonly (readonly string[])[] = [
    ['--json', 'reference', 'a'],
    ['reference', '--json', 'a'],
    ['reference', 'a', '--json'],
    ['--store', '/nowhere', '--json', 'reference', 'a'],
    ['--store=/nowhere', 'reference', 'a', '--json', '--insecure-registry', 'h:1', '--insecure-registry=i'],
  ];
  for (const commandLine of asJson) {
    it(`takes global options before and behind the verb: ${commandLine.join(' ')}`, async () => {
      const { code, stdout } = await runInProcess(commandLine);
      assert.equal(code, 0);
      assert.equal(JSON.parse(stdout).canonical, 'docker.io/library/a:latest');
    });
  }

  const data: readonly (readonly string[])[] = [
    ['pull', '--', '-x'],
    ['--', 'pull', '-x'],
    ['pull', '-q', '--', '-x'],
    ['image', 'pull', '--', '--json'],
    ['digest', '--', '--store'],
    ['reference', '--', '-x'],
    ['reference', '--', '--'],
  ];
  for (const commandLine of data) {
    it(`takes what follows -- as data: ${commandLine.join(' ')}`, async () => {
      const { code, stderr } = await runInProcess(commandLine);
      assert.equal(code, 1);
      assert.match(stderr, /^Error: .*invalid reference format/);
    });
  }

  it('tells the shell as it tells its caller', async () => {
    for (const [operands, code] of [
      [['--version'], 0],
      [['reference', 'Bad'], 1],
      [['nosuchverb'], 2],
    ] as const) {
      assert.equal((await runCommandLine(operands)).code, code);
    }
  });
});
