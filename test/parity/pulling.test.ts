import {
  describeParity,
  type ParityCase,
  type ParityStep,
  type TagMove,
} from '../support/parity/sideBySide.ts';

/** Docker gives the registry's words, twice; Strata says what is not there. */
const absent = (run: string): ParityCase => ({ run, means: /not found|has no tag/ });

/** As registries of 2015 and 2016 have it, which Docker takes for an image's; the others it does not. */
const oldConfigTypes = ['application/octet-stream', 'application/json', 'text/html', ''];

const configTyped = (configType: string): TagMove => ({
  repository: 'acme/cron',
  tag: 'typed',
  to: 'latest',
  configType,
});

const oldConfig = (type: string): readonly ParityStep[] => [
  configTyped(type),
  'pull HOST/acme/cron:typed',
  'images --digests',
  "inspect -f '{{.Id}} {{.RootFS.Layers}}' HOST/acme/cron:typed",
];

describeParity('Pulling, listing and removing beside Docker', {
  'an empty store': ['images', 'image ls --digests', 'images -q'],

  'tags of one repository': [
    'pull HOST/acme/web',
    'pull HOST/acme/web',
    'pull HOST/acme/web:latest',
    'pull HOST/acme/web:2.0.0',
    'pull -q HOST/acme/web:1.4.1',
    'image pull HOST/acme/web:1.4.0',
    'pull --quiet HOST/acme/cron',
    'pull HOST/acme/api',
    absent('pull HOST/acme/nosuch'),
    absent('pull HOST/acme/web:nosuch'),
    'images',
    'images --digests',
    'image ls --no-trunc',
    'images -q',
    'images -a -q --no-trunc',
    'images HOST/acme/web',
    'images HOST/acme/web:latest',
    "images '*/*/web:1.*'",
    'images --digests HOST/acme/web:2.0.0',
    "images '*'",
    'images nosuch',
    { run: 'images [', means: /^syntax error in pattern/ },
  ],

  'a tag that moves': [
    'pull HOST/acme/web:1.4.0',
    { repository: 'acme/web', tag: 'moving', to: '1.4.0' },
    'pull HOST/acme/web:moving',
    { repository: 'acme/web', tag: 'moving', to: '1.4.1' },
    'pull HOST/acme/web:moving',
    'images --digests',
    'pull HOST/acme/web:latest',
    'rmi HOST/acme/web:latest',
    'images --digests HOST/acme/web',
    'rmi nosuch',
    'rmi -f nosuch',
    'image rm HOST/acme/web:nosuch HOST/acme/web:moving HOST/acme/api:nosuch',
    'images',
    'rmi -f HOST/acme/web:1.4.0 HOST/acme/web:1.4.1',
    'images --digests',
  ],

  'all tags': [
    'pull -a HOST/acme/base',
    'pull -a HOST/acme/base',
    'pull -a -q HOST/acme/base',
    'pull -a HOST/acme/base:1.0',
    'rmi ID(HOST/acme/base:latest)',
    'image rm --force --no-prune ID(HOST/acme/base:1.0)',
    'images --digests',
  ],

  digests: [
    'pull HOST/acme/base@DIGEST(HOST/acme/base:1.1)',
    'pull HOST/acme/base:ignored@DIGEST(HOST/acme/base:1.1)',
    'pull HOST/acme/agent@DIGEST(HOST/acme/agent)',
    'images',
    'images --digests',
    'pull HOST/acme/agent@DIGEST(HOST/acme/agent)',
    'rmi HOST/acme/agent@DIGEST(HOST/acme/agent)',
    'images --digests',
  ],

  ...Object.fromEntries(oldConfigTypes.map((type) => [`a config of the type '${type}'`, oldConfig(type)])),

  'a config that is no image’s': [
    configTyped('application/vnd.example.config.v1+json'),
    {
      run: 'pull HOST/acme/cron:typed',
      accepted: {
        because: 'Docker begins to pull before it looks, and does not say what is wrong with the type',
        stdout: /^$/,
        stderr: /acme\/cron:typed is no image$/,
      },
    },
    'images',
  ],

  'two manifests of one image': [
    configTyped('application/json'),
    'pull HOST/acme/cron:latest',
    'pull HOST/acme/cron:typed',
    'images',
  ],

  'a tag whose manifest is rewritten, about the same image': [
    { repository: 'acme/cron', tag: 'typed', to: 'latest' },
    'pull HOST/acme/cron:latest',
    'pull HOST/acme/cron:typed',
    configTyped('application/json'),
    'pull HOST/acme/cron:typed',
    'pull HOST/acme/cron:typed',
    'images',
    'images --digests',
    "images --format '{{.Tag}} {{.Digest}}'",
    'images -q',
    'images -f dangling=true',
    "images -f reference='*/*/cron:typed'",
    "inspect -f '{{.RepoTags}} {{.RepoDigests}}' HOST/acme/cron:typed",
    "inspect -f '{{.RepoTags}} {{.RepoDigests}}' ID(HOST/acme/cron:typed)",
    'image prune -f',
    'images --digests',
    'rmi HOST/acme/cron:latest',
    'images --digests',
    'images -f dangling=true',
  ],

  'another platform than this machine’s by the environment': [
    { run: 'pull -q HOST/acme/agent:6.0', environment: { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' } },
    "inspect -f '{{.Architecture}}' HOST/acme/agent:6.0",
    { run: 'pull -q HOST/acme/agent:6.0', environment: { DOCKER_DEFAULT_PLATFORM: '' } },
    "inspect -f '{{.Architecture}}' HOST/acme/agent:6.0",
    {
      run: 'pull -q --platform linux/amd64 HOST/acme/agent:6.0',
      environment: { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' },
    },
    "inspect -f '{{.Architecture}}' HOST/acme/agent:6.0",
  ],

  'a digest for one platform after the other': [
    'pull -q HOST/acme/agent@DIGEST(HOST/acme/agent:6.0)',
    {
      run: 'pull -q --platform linux/arm64 HOST/acme/agent@DIGEST(HOST/acme/agent:6.0)',
      accepted: {
        because:
          'of a digest, as of a tag, the last platform asked for counts; Docker keeps the first and fails',
        stdout: /acme\/agent@sha256:/,
        stderr: /^$/,
        code: 0,
      },
    },
  ],

  'another platform than the one there is': [
    'pull --platform linux/arm64 HOST/acme/cron',
    {
      run: 'pull -q --platform linux/arm64 HOST/acme/cron',
      accepted: {
        because: 'who reads only the name must not take another platform for the one asked for unawares',
        stderr: /does not match the specified platform: wanted linux\/arm64, actual: linux\/amd64$/,
      },
    },
    {
      run: 'pull -a --platform linux/arm64 HOST/acme/cron',
      accepted: {
        because: 'Docker warns once of the repository; which of its tags are meant is worth a line each',
        stdout:
          /WARNING: .*cron:latest was found but .*\n(WARNING: .*\n)*WARNING: .*cron:2026\.3 was found but /,
      },
    },
  ],

  'the start of several IDs': [
    'pull -q HOST/acme/web:1.4.0',
    'pull -q HOST/acme/base:1.0',
    { run: 'rmi START(HOST/acme/web:1.4.0,HOST/acme/base:1.0)', means: /No such image|several|ambiguous/i },
    {
      run: 'rmi -f START(HOST/acme/web:1.4.0,HOST/acme/base:1.0)',
      means: /No such image|several|ambiguous/i,
    },
    'images',
  ],

  'a name that no image can have': ['pull scratch', 'pull -q library/scratch'],

  'options in all the forms they may have': [
    'pull -q=true HOST/acme/web:1.4.0',
    'pull --disable-content-trust HOST/acme/web:1.4.1',
    {
      run: 'pull --disable-content-trust=false HOST/acme/web:1.4.1',
      means: /notary|content trust/,
    },
    'pull -q --quiet=false HOST/acme/web:1.4.1',
    "pull --platform '' HOST/acme/cron",
    'images -f=dangling=false -q',
    'images -qf=label=nosuch',
    'images -qaf label=nosuch',
    'images -qafdangling=false',
    'images -q --quiet=false',
    'images --no-trunc --no-trunc=false',
    "image inspect -f='{{.Os}}' HOST/acme/web:1.4.0",
    "inspect -s -f='{{.Os}}' HOST/acme/web:1.4.0",
    "history -H=false --format='{{.Size}}' HOST/acme/web:1.4.0",
    'image prune -f --force=false --force',
    {
      run: 'images -q=maybe',
      accepted: { because: 'wrong usage is 2 everywhere', stderr: /invalid argument "maybe"/, code: 2 },
    },
  ],

  'several names of one image': [
    'pull HOST/acme/legacy',
    'pull HOST/acme/legacy:3.2',
    'rmi ID(HOST/acme/legacy)',
    'rmi -f ID(HOST/acme/legacy)',
    'images --digests',
  ],
});
