import assert from 'node:assert/strict';
import { jsonLines, runInProcess } from '../../support/commandLine.ts';
import { type SampleRegistry, startSampleRegistry } from '../../support/sampleRegistry/start.ts';

describe('strata search', function () {
  this.timeout(60_000);
  let registry: SampleRegistry;

  before(async () => {
    registry = await startSampleRegistry();
  });

  after(() => registry?.close());

  function search(...options: readonly string[]) {
    return runInProcess(['search', ...options], { environment: { STRATA_HUB_SEARCH: registry.url } });
  }

  it("prints Docker's table", async () => {
    const { code, stdout, stderr } = await search('acme', '--filter', 'stars=9');
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(
      stdout,
      [
        'NAME         DESCRIPTION                                     STARS     OFFICIAL   AUTOMATED',
        'acme/web     The shop front of Acme: nginx with the pages…   412                  ',
        'acme/api     Orders and stock over HTTP, for linux/amd64 …   187                  ',
        'acme/base    What every image of Acme starts from. Small,…   58                   ',
        'acme/tools   curl, jq and friends for pipelines              23                   [OK]',
        'acme/agent   Watches hosts, Linux and Windows                9                    ',
        'acme/cron    Runs a web hook or a command by the clock       9                    [OK]',
        '',
      ].join('\n'),
    );
  });

  it('prints JSON with null for what is not known', async () => {
    const hub = await search('--json', 'orders');
    assert.deepEqual(jsonLines(hub.stdout), [
      {
        name: 'acme/api',
        description: 'Orders and stock over HTTP, for linux/amd64 and linux/arm64, with provenance.',
        stars: 187,
        official: false,
        automated: false,
        verifiedPublisher: true,
        pulls: 5_000_000,
        updated: '2026-02-20T16:05:12.000Z',
      },
    ]);
    const [legacy] = jsonLines((await search('--json', `${registry.host}/legacy`)).stdout);
    assert.deepEqual(legacy, {
      name: `${registry.host}/acme/legacy`,
      description: null,
      stars: 0,
      official: false,
      automated: false,
      verifiedPublisher: null,
      pulls: null,
      updated: null,
    });
  });

  it("keeps to Docker's fields in JSON by a template, and shows the publisher where it is asked for", async () => {
    const plain = await search('--format', '{{json .}}', 'legacy');
    assert.deepEqual(jsonLines(plain.stdout), [
      { Description: '', IsAutomated: 'false', IsOfficial: 'false', Name: 'acme/legacy', StarCount: '0' },
    ]);
    const asked = await search('--format', '{{.Name}} {{.VerifiedPublisher}}', '-f', 'stars=50', 'acme');
    assert.equal(asked.stdout, 'acme/web [OK]\nacme/api [OK]\nacme/base [OK]\n');
  });

  it('fails with one line for what is wrong', async () => {
    const cases: readonly (readonly [options: readonly string[], says: RegExp])[] = [
      [['--limit', '101', 'a'], /^Error: Limit 101 is outside the range of \[1, 100\]\n$/],
      [['--limit', 'x', 'a'], /^Error: invalid limit "x"[^\n]*\n$/],
      [['--filter', 'is-official=maybe', 'a'], /^Error: Invalid filter 'is-official=\[maybe\]'[^\n]*\n$/],
      [['--json', '--format', '{{.Nope', 'acme'], /^Error: template parsing error: [^\n]*unclosed action\n$/],
      [['--format', '{{.Nope}}', 'acme'], /^Error: template parsing error: [^\n]*field Nope[^\n]*\n$/],
      [['https://quay.io/etcd'], /^Error: Invalid repository name[^\n]*\n$/],
    ];
    for (const [options, says] of cases) {
      const { code, stdout, stderr } = await search(...options);
      assert.deepEqual([code, stdout], [1, ''], stderr);
      assert.match(stderr, says);
    }
  });

  it('names Docker Hub where it cannot be reached', async () => {
    const environment = { STRATA_HUB_SEARCH: 'http://127.0.0.1:1' };
    const { code, stderr } = await runInProcess(['search', 'alpine'], { environment });
    assert.equal(code, 1);
    assert.match(stderr, /^Error: Docker Hub could not be searched: cannot reach [^\n]*\n$/);
  });
});
