import { anyOrder, describeParity, type ParityCase } from '../support/parity/sideBySide.ts';

const unordered = (run: string, stdin = ''): ParityCase => ({ run, stdin, comparing: anyOrder });

describeParity('Tagging, removing and pruning beside Docker', {
  tag: [
    'pull -q HOST/acme/base:1.0',
    'pull -q HOST/acme/base:1.1',
    'tag HOST/acme/base:1.0 mine',
    'image tag HOST/acme/base:1.0 team/mine:2',
    'tag ID(HOST/acme/base:1.1) team/mine:3',
    'tag FULLID(HOST/acme/base:1.1) registry.example:5000/a/b_c-d.e:F_1',
    'tag HOST/acme/base@DIGEST(HOST/acme/base:1.0) by-digest',
    'tag mine mine',
    unordered('images --digests'),
    'tag HOST/acme/base:1.1 HOST/acme/base:1.0',
    'tag team/mine:3 mine',
    unordered('images --digests'),
    'images -f dangling=true',
    'tag nosuch other',
    { run: 'tag mine Upper/Case', means: /must be lowercase/ },
    { run: 'tag mine a:b:c', means: /invalid reference format/ },
    {
      run: 'tag mine other@DIGEST(HOST/acme/base:1.0)',
      means: /refusing to create a tag with a digest reference/,
    },
  ],

  'removing one of several names': [
    'pull -q HOST/acme/base:1.0',
    'tag HOST/acme/base:1.0 a:1',
    'tag HOST/acme/base:1.0 a:2',
    'tag HOST/acme/base:1.0 b',
    'rmi a:1',
    'rmi b a:2',
    unordered('images --digests'),
    'rmi HOST/acme/base:1.0',
    unordered('images'),
  ],

  'removing by ID': [
    'pull -q HOST/acme/base:1.0',
    'rmi ID(HOST/acme/base:1.0)',
    'pull -q HOST/acme/base:1.0',
    'tag HOST/acme/base:1.0 a:1',
    'rmi ID(a:1)',
    'rmi -f ID(a:1)',
    'pull -q HOST/acme/base:1.0',
    'rmi FULLID(HOST/acme/base:1.0)',
    'pull -q HOST/acme/cron',
    'rmi HOST/acme/cron@DIGEST(HOST/acme/cron)',
    unordered('images --digests'),
    'rmi HOST/acme/cron',
  ],

  'removing what shares layers': [
    'pull -q HOST/acme/web:1.4.0',
    'pull -q HOST/acme/web:1.4.1',
    'pull -q HOST/acme/base:1.0',
    'rmi HOST/acme/web:1.4.0',
    'rmi HOST/acme/base:1.0',
    'rmi HOST/acme/web:1.4.1',
  ],

  'what cannot be removed': [
    'pull -q HOST/acme/cron',
    'rmi nosuch',
    'rmi nosuch:1 HOST/acme/cron nosuch:2',
    'rmi -f nosuch',
    'rmi deadbeef',
    { run: 'rmi Upper', means: /invalid reference format: .*must be lowercase/ },
  ],

  'pruning what dangles': [
    'pull -q HOST/acme/web:1.4.0',
    'pull -q HOST/acme/web:2.0.0',
    'pull -q HOST/acme/base:1.0',
    'image prune -f',
    'tag HOST/acme/web:2.0.0 HOST/acme/web:1.4.0',
    'images -a --digests',
    { run: 'image prune', stdin: 'n\n' },
    { run: 'image prune', stdin: 'y\n' },
    unordered('images --digests'),
    'image prune -f',
  ],

  'pruning by label and age': [
    'pull -q HOST/acme/web:1.4.0',
    'pull -q HOST/acme/web:2.0.0',
    'pull -q HOST/acme/cron',
    'image prune -a -f --filter label=nosuch',
    'image prune -a -f --filter label=org.opencontainers.image.version=1.4.0',
    unordered('image prune -a -f --filter label!=org.opencontainers.image.title'),
    unordered('images'),
    'image prune -a -f --filter until=2020-01-01',
    unordered('image prune -a -f --filter until=24h'),
    unordered('images'),
    { run: 'image prune -f --filter nosuch=1', means: /invalid filter 'nosuch'/i },
    {
      run: 'image prune -f --filter dangling=maybe',
      accepted: {
        because: 'Docker takes maybe for true; what deletes is better not guessed',
        stdout: /^$/,
        stderr: /^invalid filter 'dangling=\[maybe\]': write true or false$/,
        code: 1,
      },
    },
    { run: 'image prune -f --filter until=yesterday', means: /until|yesterday/ },
  ],

  'pruning everything': [
    'pull -q HOST/acme/web:1.4.0',
    'pull -q HOST/acme/base:1.0',
    'tag HOST/acme/base:1.0 mine:1',
    'pull -q HOST/acme/cron@DIGEST(HOST/acme/cron)',
    unordered('image prune -a', 'y\n'),
    'images -a',
  ],
});
