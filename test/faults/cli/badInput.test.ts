import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInProcess } from '../../support/commandLine.ts';

async function serve(listener: RequestListener): Promise<Server & { host: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(server, { host: `127.0.0.1:${(server.address() as AddressInfo).port}` });
}

describe('the command line on bad input', function () {
  this.timeout(60_000);
  let store: string;
  let empty: Server & { host: string };

  before(async () => {
    store = await mkdtemp(join(tmpdir(), 'strata-test-'));
    await symlink('loop', join(store, 'loop'));
    await writeFile(join(store, 'file'), '');
    empty = await serve((request, response) => {
      if (request.url === '/v2/') return response.end('{}');
      const message = `nothing \x1b[31mhere\x07 ${request.url}`;
      response.writeHead(404, { 'content-type': 'application/json' });
      return response.end(JSON.stringify({ errors: [{ code: 'NAME_UNKNOWN', message }] }));
    });
  });

  after(async () => {
    empty.close();
    empty.closeAllConnections();
    await rm(store, { recursive: true, force: true });
  });

  const cases: readonly [commandLine: string, says: RegExp, environment?: Record<string, string>][] = [
    ['pull Foo', /repository name must be lowercase/],
    ['pull a@sha256:1', /invalid reference format/],
    ['pull -a alpine:3', /tag can't be used with --all-tags/],
    ['pull --platform a/b/c/d alpine', /invalid platform "a\/b\/c\/d"/],
    ['pull --platform linux:amd64 alpine', /invalid platform/],
    ['pull --insecure-registry http://x alpine', /invalid registry "http:\/\/x"/],
    ['pull 127.0.0.1:1/x/y', /127\.0\.0\.1:1/],
    ['pull EMPTY/x/y', /has no repository "x\/y"/],
    ['pull -a EMPTY/x/y', /has no repository "x\/y"/],
    ['digest EMPTY/x/y:1', /has no repository "x\/y"/],
    ['digest Bad', /repository name must be lowercase/],
    ['tags EMPTY/x/y', /has no repository "x\/y"/],
    ['tags alpine:3', /"alpine:3" names an image; write the repository, alpine/],
    ['tags alpine --limit 0', /invalid limit "0"/],
    ['tags alpine --limit 1.5', /invalid limit "1.5"/],
    ['tags alpine --limit x', /invalid limit "x"/],
    ['manifest EMPTY/x/y', /has no repository "x\/y"/],
    ['manifest alpine --platform /', /invalid platform/],
    ['images [', /syntax error in pattern/],
    ['rmi nosuch', /No such image: nosuch/],
    ['save --format zip alpine', /invalid format "zip": write docker-archive or oci-archive/],
    ['layers nosuch', /No such image: nosuch/],
    ['files nosuch', /No such image: nosuch/],
    ['files nosuch --layer x', /invalid layer "x"/],
    ['files nosuch --layer -1', /invalid layer "-1"/],
    ['layers oci:/nosuch/folder', /\/nosuch\/folder/],
    ['layers oci:LOOP', /cannot read .*loop.*too many symbolic links/],
    ['images --store FILE', /cannot read .*file.*not a directory/],
    ['images --store=', /--store must name a folder/],
    [
      'digest alpine',
      /STRATA_IDLE_TIMEOUT must be a number of seconds above 0/,
      { STRATA_IDLE_TIMEOUT: 'soon' },
    ],
    [
      'digest alpine',
      /STRATA_IDLE_TIMEOUT must be a number of seconds above 0/,
      { STRATA_IDLE_TIMEOUT: '-1' },
    ],
    [
      'digest alpine',
      /STRATA_IDLE_TIMEOUT must be a number of seconds above 0/,
      { STRATA_IDLE_TIMEOUT: '0' },
    ],
  ];
  for (const [commandLine, says, environment] of cases) {
    const setting = Object.entries(environment ?? {}).map(([name, value]) => `${name}=${value} `);
    it(`"${setting.join('')}strata ${commandLine}" says so in one line`, async () => {
      const operands = commandLine
        .replace('EMPTY', empty.host)
        .replace('LOOP', join(store, 'loop'))
        .replace('FILE', join(store, 'file'))
        .split(' ');
      const { code, stdout, stderr } = await runInProcess(['--store', store, ...operands], {
        ...(environment && { environment }),
      });
      assert.equal(code, 1, stderr);
      assert.match(stderr, /^Error: [^\n]+\n$/);
      assert.match(stderr, says);
      assert.doesNotMatch(stderr, /fault in strata|node:|\n {4}at |\.ts\b/);
      assert.match(stdout, /^(Using default tag: latest\n)?$/);
    });
  }

  it('shows control characters of a registry’s answer instead of sending them to the terminal', async () => {
    const { stderr } = await runInProcess(['--store', store, 'digest', `${empty.host}/x/y`]);
    for (const character of stderr.trimEnd()) assert.ok(character >= ' ', JSON.stringify(stderr));
  });

  it('reports "rm -f" of an unknown image and still exits 0', async () => {
    const { code, stderr } = await runInProcess(['--store', store, 'image', 'rm', '-f', 'nosuch']);
    assert.deepEqual([code, stderr], [0, 'Error: No such image: nosuch\n']);
  });

  it('goes on to the next image after one that it cannot remove', async () => {
    const { code, stderr } = await runInProcess(['--store', store, 'rmi', 'one', 'two']);
    assert.equal(code, 1);
    assert.equal(stderr, 'Error: No such image: one\nError: No such image: two\n');
  });

  it('goes on to the next reference after one that it cannot pull', async () => {
    const { code, stderr } = await runInProcess(['--store', store, 'pull', 'Foo', 'Bar']);
    assert.equal(code, 1);
    assert.equal(stderr.split('\n').length, 3);
  });
});
