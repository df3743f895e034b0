import { anyOrder, describeParity, type ParityCase } from '../support/parity/sideBySide.ts';

/** The file is Docker’s in one run and Strata’s in the next: each side reads what stands there then. */
const load = (file: string): ParityCase => ({ run: `load -i FOLDER/${file}` });

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
});
