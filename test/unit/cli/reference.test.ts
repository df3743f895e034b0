import assert from 'node:assert/strict';
import { type CommandResult, jsonLines, runCommandLine } from '../../support/commandLine.ts';

const hex = 'a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4';
const sha256 = `sha256:${hex}`;
const sha512 = `sha512:${hex}${hex}`;

interface Reading {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
  readonly canonical: string;
  readonly familiar: string;
}

/** Input, then registry, repository, tag, digest, and the familiar form. */
const accepted: readonly [string, string, string, string | null, string | null, string][] = [
  ['alpine', 'docker.io', 'library/alpine', 'latest', null, 'alpine:latest'],
  ['alpine:3.20', 'docker.io', 'library/alpine', '3.20', null, 'alpine:3.20'],
  ['library/alpine', 'docker.io', 'library/alpine', 'latest', null, 'alpine:latest'],
  ['docker.io/alpine', 'docker.io', 'library/alpine', 'latest', null, 'alpine:latest'],
  ['docker.io/library/alpine:edge', 'docker.io', 'library/alpine', 'edge', null, 'alpine:edge'],
  ['index.docker.io/alpine', 'docker.io', 'library/alpine', 'latest', null, 'alpine:latest'],
  ['index.docker.io/library/alpine', 'docker.io', 'library/alpine', 'latest', null, 'alpine:latest'],
  [
    'registry-1.docker.io/library/alpine',
    'registry-1.docker.io',
    'library/alpine',
    'latest',
    null,
    'registry-1.docker.io/library/alpine:latest',
  ],
  ['nigelpoulton/tu-demo:v2', 'docker.io', 'nigelpoulton/tu-demo', 'v2', null, 'nigelpoulton/tu-demo:v2'],
  [
    'docker.io/nigelpoulton/tu-demo',
    'docker.io',
    'nigelpoulton/tu-demo',
    'latest',
    null,
    'nigelpoulton/tu-demo:latest',
  ],
  ['a/b/c/d', 'docker.io', 'a/b/c/d', 'latest', null, 'a/b/c/d:latest'],
  ['library/a/b', 'docker.io', 'library/a/b', 'latest', null, 'library/a/b:latest'],
  [
    'gcr.io/nigelpoulton/tu-demo:v2',
    'gcr.io',
    'nigelpoulton/tu-demo',
    'v2',
    null,
    'gcr.io/nigelpoulton/tu-demo:v2',
  ],
  ['ghcr.io/app', 'ghcr.io', 'app', 'latest', null, 'ghcr.io/app:latest'],
  ['localhost/app', 'localhost', 'app', 'latest', null, 'localhost/app:latest'],
  ['localhost:5000/app', 'localhost:5000', 'app', 'latest', null, 'localhost:5000/app:latest'],
  ['localhost:5000/app:1', 'localhost:5000', 'app', '1', null, 'localhost:5000/app:1'],
  ['localhost:5000', 'docker.io', 'library/localhost', '5000', null, 'localhost:5000'],
  ['localhost', 'docker.io', 'library/localhost', 'latest', null, 'localhost:latest'],
  ['127.0.0.1:5000/acme/app:1.0', '127.0.0.1:5000', 'acme/app', '1.0', null, '127.0.0.1:5000/acme/app:1.0'],
  ['127.0.0.1/app', '127.0.0.1', 'app', 'latest', null, '127.0.0.1/app:latest'],
  ['[::1]:5000/app', '[::1]:5000', 'app', 'latest', null, '[::1]:5000/app:latest'],
  ['[2001:db8::1]/app:x', '[2001:db8::1]', 'app', 'x', null, '[2001:db8::1]/app:x'],
  ['[fc00::FF]/app', '[fc00::FF]', 'app', 'latest', null, '[fc00::FF]/app:latest'],
  ['Registry/app', 'Registry', 'app', 'latest', null, 'Registry/app:latest'],
  ['REGISTRY.example/app', 'REGISTRY.example', 'app', 'latest', null, 'REGISTRY.example/app:latest'],
  [
    'my-registry.example.com:443/team/app',
    'my-registry.example.com:443',
    'team/app',
    'latest',
    null,
    'my-registry.example.com:443/team/app:latest',
  ],
  ['host:1/x', 'host:1', 'x', 'latest', null, 'host:1/x:latest'],
  ['a.b/c', 'a.b', 'c', 'latest', null, 'a.b/c:latest'],
  ['xn--n3h.com/myimage', 'xn--n3h.com', 'myimage', 'latest', null, 'xn--n3h.com/myimage:latest'],
  ['test.com:tag', 'docker.io', 'library/test.com', 'tag', null, 'test.com:tag'],
  ['test_com/foo', 'docker.io', 'test_com/foo', 'latest', null, 'test_com/foo:latest'],
  ['a__b', 'docker.io', 'library/a__b', 'latest', null, 'a__b:latest'],
  ['a-----b', 'docker.io', 'library/a-----b', 'latest', null, 'a-----b:latest'],
  ['a.b', 'docker.io', 'library/a.b', 'latest', null, 'a.b:latest'],
  ['a_b-c.d', 'docker.io', 'library/a_b-c.d', 'latest', null, 'a_b-c.d:latest'],
  ['0', 'docker.io', 'library/0', 'latest', null, '0:latest'],
  ['x:_', 'docker.io', 'library/x', '_', null, 'x:_'],
  ['x:_.-', 'docker.io', 'library/x', '_.-', null, 'x:_.-'],
  ['x:UPPER', 'docker.io', 'library/x', 'UPPER', null, 'x:UPPER'],
  ['x:1.2.3-rc.1_amd64', 'docker.io', 'library/x', '1.2.3-rc.1_amd64', null, 'x:1.2.3-rc.1_amd64'],
  [`x:${'t'.repeat(128)}`, 'docker.io', 'library/x', 't'.repeat(128), null, `x:${'t'.repeat(128)}`],
  ['x:latest', 'docker.io', 'library/x', 'latest', null, 'x:latest'],
  [`alpine@${sha256}`, 'docker.io', 'library/alpine', null, sha256, `alpine@${sha256}`],
  [`alpine:3.20@${sha256}`, 'docker.io', 'library/alpine', '3.20', sha256, `alpine:3.20@${sha256}`],
  [`alpine@${sha512}`, 'docker.io', 'library/alpine', null, sha512, `alpine@${sha512}`],
  [`docker.io/library/alpine:1@${sha256}`, 'docker.io', 'library/alpine', '1', sha256, `alpine:1@${sha256}`],
  [`localhost:5000/a/b@${sha256}`, 'localhost:5000', 'a/b', null, sha256, `localhost:5000/a/b@${sha256}`],
  [`[::1]:5000/a:t@${sha256}`, '[::1]:5000', 'a', 't', sha256, `[::1]:5000/a:t@${sha256}`],
  [hex.slice(1), 'docker.io', `library/${hex.slice(1)}`, 'latest', null, `${hex.slice(1)}:latest`],
  [`${hex}a`, 'docker.io', `library/${hex}a`, 'latest', null, `${hex}a:latest`],
  [`${hex}:tag`, 'docker.io', `library/${hex}`, 'tag', null, `${hex}:tag`],
  [`library/${hex}`, 'docker.io', `library/${hex}`, 'latest', null, `${hex}:latest`],
  [
    `x/${'a'.repeat(255 - 'docker.io/x/'.length)}`,
    'docker.io',
    `x/${'a'.repeat(243)}`,
    'latest',
    null,
    `x/${'a'.repeat(243)}:latest`,
  ],
];

const lowercase = 'repository name must be lowercase';
const format = 'invalid reference format';

/** Input, and a part of the error. */
const refused: readonly [string, string][] = [
  ['Alpine', lowercase],
  ['ALPINE:3', lowercase],
  ['docker.io/Library/alpine', lowercase],
  ['localhost:5000/App', lowercase],
  ['acme/App:1', lowercase],
  [hex, 'cannot specify 64-byte hexadecimal strings'],
  [':tag', format],
  ['@', format],
  [`@${sha256}`, format],
  [':', format],
  ['/', format],
  ['/alpine', format],
  ['alpine/', format],
  ['//', format],
  ['a//b', format],
  ['alpine:', format],
  ['alpine@', format],
  ['alpine:3:4', format],
  ['alpine:3.20@', format],
  ['alpine:-x', format],
  ['alpine:.x', format],
  ['alpine:a b', format],
  ['alpine:ä', format],
  [`x:${'t'.repeat(129)}`, format],
  ['al pine', format],
  [' alpine', format],
  ['alpine ', format],
  ['\talpine', format],
  ['-x', format],
  ['--', format],
  ['-', format],
  ['_x', format],
  ['.x', format],
  ['x.', format],
  ['x-', format],
  ['x_', format],
  ['a..b', format],
  ['a___b', format],
  ['a._b', format],
  ['a-_b', format],
  ['a/-b', format],
  ['a/b-', format],
  ['-host.com/x', format],
  ['host-.com/x', format],
  ['.host/x', format],
  ['host..com/x', format],
  ['host:port/x', format],
  ['host:/x', format],
  ['host.com:99x/x', format],
  ['[::1/x', format],
  ['[::1]x/x', format],
  ['[g::1]/x', format],
  ['[::1%eth0]/x', format],
  ['user@host.com/x', format],
  ['https://host.com/x', format],
  ['http://localhost:5000/x', format],
  ['docker://alpine', format],
  ['alpine@sha256', format],
  ['alpine@sha256:', format],
  ['alpine@sha256:abc', format],
  [`alpine@sha256:${hex.slice(1)}`, format],
  [`alpine@sha256:${hex}0`, format],
  [`alpine@sha256:${hex.toUpperCase()}`, format],
  [`alpine@SHA256:${hex}`, format],
  [`alpine@md5:${hex}`, format],
  [`alpine@sha512:${hex}`, format],
  [`alpine@${sha256}@${sha256}`, format],
  [`alpine@${sha256}:tag`, format],
  ['alpine\u0000', format],
  ['al\u001b[31mpine', format],
  ['ålpine', format],
  ['アルパイン', format],
  ['$IMAGE', format],
  [`\${IMAGE:-alpine}`, format],
  ['alpine;ls', format],
  ['alpine\\x', format],
  ['alpine?', format],
  ['*', format],
  ['docker.io/', format],
  ['localhost:5000/', format],
  ['x/'.repeat(40).concat('a'.repeat(200)), 'must not be more than 255 characters'],
  [`x/${'a'.repeat(254)}`, 'must not be more than 255 characters'],
];

function expected([, registry, repository, tag, digest, familiar]: (typeof accepted)[number]): Reading {
  const canonical = `${registry}/${repository}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
  return { registry, repository, tag, digest, canonical, familiar };
}

describe('strata reference', () => {
  describe('--json -, a reference a line', () => {
    const inputs = [...accepted.map(([input]) => input), ...refused.map(([input]) => input)];
    let result: CommandResult;
    let rows: Record<string, unknown>[];

    before(async () => {
      result = await runCommandLine(['reference', '--json', '-'], { stdin: `${inputs.join('\n')}\n` });
      rows = jsonLines(result.stdout) as Record<string, unknown>[];
    });

    it('gives a row a line, in order', () => {
      assert.deepEqual(
        rows.map(({ input }) => input),
        inputs,
      );
    });

    for (const [place, entry] of accepted.entries()) {
      it(`reads ${JSON.stringify(entry[0])} as ${expected(entry).canonical}`, () => {
        assert.deepEqual(rows[place], { input: entry[0], ...expected(entry) });
      });
    }

    for (const [place, [input, why]] of refused.entries()) {
      it(`refuses ${JSON.stringify(input)}: ${why}`, () => {
        const row = rows[accepted.length + place];
        assert.deepEqual(Object.keys(row ?? {}), ['input', 'error']);
        assert.ok(String(row?.error).includes(why), String(row?.error));
      });
    }

    it('exits 1 and says on one line that some were refused', () => {
      assert.equal(result.code, 1);
      assert.match(result.stderr, /^Error: .*\n$/);
    });
  });

  const stdinCases: readonly [what: string, stdin: string, inputs: readonly string[]][] = [
    ['no line', '', []],
    ['blank lines', '\n\n  \n\t\n', []],
    ['a last line without an end', 'a\nb', ['a', 'b']],
    ['the line ends of Windows', 'a\r\n\r\nb\r\n', ['a', 'b']],
    ['the same line twice', 'a\na\n', ['a', 'a']],
  ];
  for (const [what, stdin, inputs] of stdinCases) {
    it(`reads ${what} from stdin`, async () => {
      const { code, stdout, stderr } = await runCommandLine(['reference', '-', '--json'], { stdin });
      const rows = jsonLines(stdout) as { input: string }[];
      assert.deepEqual([code, stderr], [0, '']);
      assert.deepEqual(
        rows.map(({ input }) => input),
        inputs,
      );
    });
  }

  it('has a table for people, and an error line for each that it refuses', async () => {
    const { code, stdout, stderr } = await runCommandLine(['reference', 'alpine', 'Bad', `a@${sha256}`]);
    assert.equal(code, 1);
    assert.deepEqual(stdout.split('\n'), [
      `${'INPUT'.padEnd(76)}REGISTRY    REPOSITORY       TAG       DIGEST`,
      `${'alpine'.padEnd(76)}docker.io   library/alpine   latest    <none>`,
      `${`a@${sha256}`.padEnd(76)}docker.io   library/a        <none>    ${sha256}`,
      '',
    ]);
    assert.equal(stderr, 'Error: "Bad": invalid reference format: repository name must be lowercase\n');
  });
});
