import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { classicArchive, classicItems, plainImage } from '../support/archives/sampleArchives.ts';
import { anyOrder, describeParity, type GivenFile, type ParityCase } from '../support/parity/sideBySide.ts';
import { file, tarOf } from '../support/tarWriter.ts';

/** The file is Docker’s in one run and Strata’s in the next: each side reads what stands there then. */
const load = (file: string): ParityCase => ({ run: `load -i FOLDER/${file}` });

const sample = plainImage(['base', 'app'], ['acme/odd:1']);
const withList = (list: string) => () => tarOf(file('manifest.json', Buffer.from(list)));

/** The sample, packed by a program that reads and writes pipes. */
function packedWith(program: string): GivenFile {
  const bytes = async () => {
    const child = spawn(program, ['--stdout'], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(classicArchive(sample));
    return await buffer(child.stdout);
  };
  return { file: `${program}.tar`, what: `packed with ${program}`, bytes };
}

function loadRefused(name: string, because: string, stderr: RegExp): ParityCase {
  return { ...load(name), accepted: { because, stderr, stdout: /^$/, code: 1 } };
}

describeParity('Saving and loading beside Docker', {
  save: [
    'pull -q HOST/acme/base:1.0',
    'pull -q HOST/acme/cron',
    'tag HOST/acme/cron mine:1',
    'save -o FOLDER/one.tar HOST/acme/base:1.0',
    'save -o FOLDER/two.tar HOST/acme/base:1.0 mine:1 HOST/acme/cron',
    'save --output FOLDER/id.tar ID(mine:1)',
    'save -o=FOLDER/equals.tar mine:1',
    'save -o FOLDER/nosuch.tar nosuch',
    { run: 'save -o FOLDER/none.tar HOST/acme/base:1.0 nosuch:1', means: /^reference does not exist/ },
    { run: 'save -o FOLDER/no/such/folder.tar mine:1', means: /directory|no such file/ },
    { run: 'save -o FOLDER mine:1', means: /director|file exists/ },
    'rmi HOST/acme/base:1.0 mine:1 HOST/acme/cron',
    load('one.tar'),
    load('one.tar'),
    { run: 'images', comparing: anyOrder },
    load('two.tar'),
    { run: 'images', comparing: anyOrder },
    'rmi -f ID(mine:1)',
    load('id.tar'),
    { run: 'images', comparing: anyOrder },
    'load -q -i FOLDER/one.tar',
    'load -qi=FOLDER/equals.tar',
    { run: 'load -i FOLDER/nosuch.tar', means: /no such file or directory/ },
    { run: 'load -i FOLDER', means: /director/ },
    { run: 'load', stdin: 'not a tar', means: /./ },
  ],
  'odd archives': [
    { file: 'plain.tar', what: 'a sample', bytes: () => classicArchive(sample) },
    load('plain.tar'),
    packedWith('gzip'),
    load('gzip.tar'),
    ...['xz', 'bzip2'].flatMap((program) => [
      packedWith(program),
      loadRefused(
        `${program}.tar`,
        'nobody packs images so, and what unpacks it is not worth its size in the extension',
        new RegExp(`packed with ${program}`),
      ),
    ]),
    { file: 'empty.tar', what: 'an archive of no image', bytes: withList('[]') },
    loadRefused('empty.tar', 'who loads nothing is better told so', /no image/),
    { file: 'null.tar', what: 'an archive with null for its list', bytes: withList('null') },
    loadRefused('null.tar', 'who loads nothing is better told so', /manifest\.json|no image/),
    {
      file: 'evil.tar',
      what: 'the sample and a file beside the archive’s root',
      bytes: () => tarOf(file('../evil', Buffer.from('evil')), ...classicItems(sample)),
    },
    loadRefused(
      'evil.tar',
      'Docker unpacks it elsewhere; an archive made to attack is not to be trusted',
      /\.\.\/evil/,
    ),
    'images',
  ],
});
