import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Credentials } from '../../../src/engine/registry/credentials.ts';
import { chainCredentials, dockerCredentials } from '../../../src/engine/registry/dockerCredentials.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const ada: Credentials = { kind: 'password', username: 'ada', password: 'love:lace' };
const auth = base64('ada:love:lace');

describe("Docker's credentials", () => {
  let directory: string;
  let warnings: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'strata-docker-'));
    warnings = [];
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function read(config: unknown, registry: string, signal?: AbortSignal) {
    const text = typeof config === 'string' ? config : JSON.stringify(config);
    await writeFile(join(directory, 'config.json'), text);
    const onWarning = (message: string) => void warnings.push(message);
    return dockerCredentials({ configDirectory: directory, onWarning })(registry, signal);
  }

  describe('in auths', () => {
    const cases: [name: string, auths: unknown, registry: string, credentials: Credentials | undefined][] = [
      ['a host', { 'ghcr.io': { auth } }, 'ghcr.io', ada],
      ['a host with port', { 'localhost:5000': { auth } }, 'localhost:5000', ada],
      ['a URL with path', { 'https://ghcr.io/v2/': { auth } }, 'ghcr.io', ada],
      ['an http URL', { 'http://ghcr.io': { auth } }, 'ghcr.io', ada],
      [
        'the exact host first',
        { 'https://ghcr.io/v1': { auth: base64('x:y') }, 'ghcr.io': { auth } },
        'ghcr.io',
        ada,
      ],
      ["Docker Hub's old URL", { 'https://index.docker.io/v1/': { auth } }, 'docker.io', ada],
      ['docker.io', { 'docker.io': { auth } }, 'docker.io', ada],
      ['another port', { 'ghcr.io:5000': { auth } }, 'ghcr.io', undefined],
      ['another host', { 'evil-ghcr.io': { auth }, 'ghcr.io.evil': { auth } }, 'ghcr.io', undefined],
      ['Docker Hub for another', { 'https://index.docker.io/v1/': { auth } }, 'ghcr.io', undefined],
      ['username and password', { 'ghcr.io': { username: 'ada', password: 'love:lace' } }, 'ghcr.io', ada],
      [
        'an identity token',
        { 'ghcr.io': { auth: base64('ada:'), identitytoken: 'refresh' } },
        'ghcr.io',
        { kind: 'identityToken', token: 'refresh' },
      ],
      ['padding of old versions', { 'ghcr.io': { auth: base64('ada:love:lace\0\0') } }, 'ghcr.io', ada],
      ['an empty entry', { 'ghcr.io': {} }, 'ghcr.io', undefined],
      ['auth without a colon', { 'ghcr.io': { auth: base64('ada') } }, 'ghcr.io', undefined],
      ['nothing', {}, 'ghcr.io', undefined],
    ];
    for (const [name, auths, registry, credentials] of cases) {
      it(`are found by ${name}`, async () => {
        assert.deepEqual(await read({ auths }, registry), credentials);
        assert.deepEqual(warnings, []);
      });
    }
  });

  it('are absent, without a warning, where there is no config', async () => {
    const provider = dockerCredentials({
      configDirectory: join(directory, 'none'),
      onWarning: (text) => void warnings.push(text),
    });
    assert.equal(await provider('ghcr.io'), undefined);
    assert.equal(await read('', 'ghcr.io'), undefined);
    assert.deepEqual(warnings, []);
  });

  it('are absent, with a warning that quotes nothing of it, where the config is broken', async () => {
    for (const config of [
      '{"auths": {"ghcr.io": "lovelace',
      '[]',
      '{"auths": 1}',
      '{"auths":{"ghcr.io":{"auth":1}}}',
    ]) {
      warnings = [];
      assert.equal(await read(config, 'ghcr.io'), undefined);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', /^cannot read the credentials for ghcr\.io: /);
      assert.doesNotMatch(warnings[0] ?? '', /lovelace/);
    }
  });

  it('are read anew each time', async () => {
    await read({}, 'ghcr.io');
    const provider = dockerCredentials({ configDirectory: directory });
    assert.equal(await provider('ghcr.io'), undefined);
    await writeFile(join(directory, 'config.json'), JSON.stringify({ auths: { 'ghcr.io': { auth } } }));
    assert.deepEqual(await provider('ghcr.io'), ada);
  });

  it('come from the first provider that has any', async () => {
    const none = async () => undefined;
    const some = async () => ada;
    const fail = async () => {
      throw new Error('must not be asked');
    };
    assert.deepEqual(await chainCredentials(none, some, fail)('ghcr.io'), ada);
    assert.equal(await chainCredentials(none, none)('ghcr.io'), undefined);
  });

  describe('in a helper', () => {
    const path = process.env.PATH;

    beforeEach(() => {
      process.env.PATH = `${directory}${delimiter}${path}`;
    });
    afterEach(() => {
      process.env.PATH = path;
    });

    /** A helper that notes what it is asked and then does what the shell script says. */
    async function install(name: string, script: string): Promise<void> {
      const file = join(directory, `docker-credential-${name}`);
      await writeFile(file, `#!/bin/sh\n{ echo "$1"; cat; } > "${directory}/asked"\n${script}\n`);
      await chmod(file, 0o755);
    }

    const answer = (username: string, secret: string) =>
      `echo '${JSON.stringify({ ServerURL: 'x', Username: username, Secret: secret })}'`;
    const asked = () => readFile(join(directory, 'asked'), 'utf8');

    it('are asked for by the server on its standard input', async () => {
      await install('test', answer('ada', 'love:lace'));
      assert.deepEqual(await read({ credsStore: 'test' }, 'ghcr.io'), ada);
      assert.equal(await asked(), 'get\nghcr.io');
      assert.deepEqual(await read({ credsStore: 'test' }, 'docker.io'), ada);
      assert.equal(await asked(), 'get\nhttps://index.docker.io/v1/');
    });

    it('are taken for an identity token where the user is <token>', async () => {
      await install('test', answer('<token>', 'refresh'));
      assert.deepEqual(await read({ credsStore: 'test' }, 'ghcr.io'), {
        kind: 'identityToken',
        token: 'refresh',
      });
    });

    it("come from a registry's own helper before the common one", async () => {
      await install('own', answer('ada', 'love:lace'));
      await install('common', answer('bob', 'b'));
      const config = { credHelpers: { 'ghcr.io': 'own' }, credsStore: 'common' };
      assert.deepEqual(await read(config, 'ghcr.io'), ada);
      assert.deepEqual(await read(config, 'quay.io'), { kind: 'password', username: 'bob', password: 'b' });
    });

    it('are looked for in auths where the helper has none, without a warning', async () => {
      await install('test', 'echo "credentials not found in native keychain"; exit 1');
      assert.deepEqual(await read({ credsStore: 'test', auths: { 'ghcr.io': { auth } } }, 'ghcr.io'), ada);
      assert.equal(await read({ credsStore: 'test' }, 'quay.io'), undefined);
      assert.deepEqual(warnings, []);
    });

    const failures: [name: string, helper: string, script: string | undefined, warning: RegExp][] = [
      ['is missing', 'absent', undefined, /docker-credential-absent is not installed$/],
      ['fails', 'test', 'echo "secret lovelace"; exit 3', /docker-credential-test failed \(exit 3\)$/],
      [
        'prints nonsense',
        'test',
        'echo "lovelace"',
        /the answer of docker-credential-test is not valid JSON$/,
      ],
      ['prints something else', 'test', 'echo \'{"Username": 1}\'', /Username must be a string$/],
      ['prints without end', 'test', 'yes lovelace', /printed more than/],
      ['has a path for a name', '../../bin/sh', undefined, /is no name of a credential helper$/],
      ['has a name with a space', 'a b', undefined, /is no name of a credential helper$/],
    ];
    for (const [name, helper, script, warning] of failures) {
      it(`are absent, with a warning, where it ${name}`, async () => {
        if (script !== undefined) await install(helper, script);
        assert.equal(await read({ credsStore: helper }, 'ghcr.io'), undefined);
        assert.equal(warnings.length, 1);
        assert.match(warnings[0] ?? '', warning);
        assert.doesNotMatch(warnings[0] ?? '', /lovelace/);
      });
    }

    it('are given up at once where the caller leaves', async () => {
      await install('test', 'exec sleep 30');
      const started = Date.now();
      const reading = read({ credsStore: 'test' }, 'ghcr.io', AbortSignal.timeout(150));
      await assert.rejects(reading, { reason: 'Cancelled' });
      assert.ok(Date.now() - started < 20_000);
      assert.deepEqual(warnings, []);
    });
  });
});
