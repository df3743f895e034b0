import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const module = fileURLToPath(new URL('../../../src/engine/listing/goTimeText.ts', import.meta.url));
const program = `
  const { goTimeText, localRfc3339 } = await import(process.argv[1]);
  for (const text of process.argv.slice(2)) console.log(goTimeText(new Date(text)) + '|' + localRfc3339(new Date(text)));
`;

/** A process knows one zone only. */
function inZone(zone: string, ...times: readonly string[]): string[] {
  const environment = { ...process.env, TZ: zone };
  const flags = ['--input-type=module', '-e', program, module];
  return execFileSync(process.execPath, [...flags, ...times], { env: environment, encoding: 'utf8' })
    .trim()
    .split('\n');
}

describe('a time as Go prints it', () => {
  const summer = '2026-07-02T15:04:05.600Z';
  const winter = '2026-01-02T15:04:05Z';
  const zones: readonly [zone: string, summer: string, winter: string][] = [
    [
      'UTC',
      '2026-07-02 15:04:05 +0000 UTC|2026-07-02T15:04:05Z',
      '2026-01-02 15:04:05 +0000 UTC|2026-01-02T15:04:05Z',
    ],
    [
      'Europe/Berlin',
      '2026-07-02 17:04:05 +0200 CEST|2026-07-02T17:04:05+02:00',
      '2026-01-02 16:04:05 +0100 CET|2026-01-02T16:04:05+01:00',
    ],
    [
      'America/New_York',
      '2026-07-02 11:04:05 -0400 EDT|2026-07-02T11:04:05-04:00',
      '2026-01-02 10:04:05 -0500 EST|2026-01-02T10:04:05-05:00',
    ],
    [
      'America/Sao_Paulo',
      '2026-07-02 12:04:05 -0300 -03|2026-07-02T12:04:05-03:00',
      '2026-01-02 12:04:05 -0300 -03|2026-01-02T12:04:05-03:00',
    ],
  ];
  for (const [zone, ...lines] of zones) {
    it(`in ${zone}`, () => assert.deepEqual(inZone(zone, summer, winter), lines));
  }

  it('long ago', () => {
    assert.deepEqual(inZone('UTC', '0001-01-01T00:00:00Z'), [
      '0001-01-01 00:00:00 +0000 UTC|0001-01-01T00:00:00Z',
    ]);
  });
});
