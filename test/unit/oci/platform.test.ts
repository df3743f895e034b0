import assert from 'node:assert/strict';
import {
  bestMatch,
  formatPlatform,
  hostPlatform,
  isUnknownPlatform,
  normalizePlatform,
  type Platform,
  parsePlatform,
  platformFromJson,
  platformToJson,
} from '../../../src/engine/oci/platform.ts';
import { compareWindowsVersions, windowsRuns } from '../../../src/engine/oci/windowsVersion.ts';

const host: Platform = { os: 'linux', architecture: 'riscv64' };

describe('A platform', () => {
  const parsed: [text: string, formatted: string][] = [
    ['linux/amd64', 'linux/amd64'],
    ['Linux/X86_64', 'linux/amd64'],
    ['linux/x86-64', 'linux/amd64'],
    ['linux/amd64/v1', 'linux/amd64'],
    ['linux/amd64/v3', 'linux/amd64/v3'],
    ['linux/i386', 'linux/386'],
    ['linux/aarch64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm64/8', 'linux/arm64'],
    ['linux/arm64/v9.0', 'linux/arm64/v9'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/arm/6', 'linux/arm/v6'],
    ['linux/armhf', 'linux/arm/v7'],
    ['linux/armel', 'linux/arm/v6'],
    ['macos/arm64', 'darwin/arm64'],
    ['windows(10.0.20348.1)/amd64', 'windows/amd64'],
    ['plan10/z80', 'plan10/z80'],
    ['linux', 'linux/riscv64'],
    ['windows', 'windows/riscv64'],
    ['arm64', 'linux/arm64'],
    ['amd64', 'linux/amd64'],
    ['aarch64', 'linux/arm64'],
    ['armel', 'linux/arm/v6'],
    ['s390x', 'linux/s390x'],
  ];
  for (const [text, formatted] of parsed) {
    it(`${text} is ${formatted}`, () => {
      assert.equal(formatPlatform(parsePlatform(text, host)), formatted);
    });
  }

  for (const text of [
    '',
    '/',
    'linux/',
    '/amd64',
    'linux//v7',
    'a/b/c/d',
    'linux/amd64/',
    '*',
    'linux/*',
    'lin ux/amd64',
    'linux/am d64',
    'z80',
    'amd65',
    'linux/amd64\n',
    'linux\u0000/amd64',
    'windows(1/amd64',
    'windows)/amd64',
    'linux/amd64(1)',
    'ünix/amd64',
  ]) {
    it(`is refused: ${JSON.stringify(text)}`, () => {
      assert.throws(() => parsePlatform(text, host), { reason: 'Invalid' });
    });
  }

  it('keeps the Windows version it is asked for', () => {
    assert.deepEqual(parsePlatform('windows(10.0.17763.1)/amd64', host), {
      os: 'windows',
      architecture: 'amd64',
      osVersion: '10.0.17763.1',
    });
  });

  it('goes to JSON and back', () => {
    const json = { architecture: 'arm', os: 'linux', variant: 'v6', 'os.version': '1', 'os.features': ['x'] };
    assert.deepEqual(platformToJson(platformFromJson(json, 'p')), json);
    assert.deepEqual(platformToJson({ os: 'linux', architecture: 'amd64' }), {
      architecture: 'amd64',
      os: 'linux',
    });
  });

  it('of other types than the specification’s is corrupt', () => {
    for (const json of [
      null,
      1,
      'linux',
      [],
      { os: 1 },
      { architecture: {} },
      { 'os.features': 'x' },
      { variant: [] },
    ]) {
      assert.throws(() => platformFromJson(json, 'p'), { reason: 'Corrupt' });
    }
    assert.equal(isUnknownPlatform(platformFromJson({}, 'p')), true);
    assert.equal(isUnknownPlatform({ os: 'unknown', architecture: 'unknown' }), true);
    assert.equal(isUnknownPlatform({ os: 'linux', architecture: 'amd64' }), false);
  });

  it('is normalised once and for all', () => {
    for (const [text] of parsed) {
      const once = normalizePlatform(parsePlatform(text, host));
      assert.deepEqual(normalizePlatform(once), once);
    }
  });

  it('of the host is one that images are made for', () => {
    const platform = hostPlatform();
    assert.equal(platform.os, 'linux');
    assert.deepEqual(normalizePlatform(platform), platform);
    assert.equal(formatPlatform(parsePlatform(formatPlatform(platform))), formatPlatform(platform));
  });
});

describe('The best match of an index', () => {
  const cases: [wanted: string, offered: string, chosen: string | undefined][] = [
    ['linux/amd64', 'linux/arm64 linux/amd64 linux/386', 'linux/amd64'],
    ['linux/amd64', 'linux/386', 'linux/386'],
    ['linux/amd64', 'linux/amd64/v2', undefined],
    ['linux/amd64', 'linux/amd64/v1', 'linux/amd64/v1'],
    ['linux/amd64', 'windows/amd64', undefined],
    ['linux/amd64', '', undefined],
    ['linux/amd64/v3', 'linux/amd64 linux/amd64/v2 linux/amd64/v4', 'linux/amd64/v2'],
    ['linux/amd64/v3', 'linux/386 linux/amd64', 'linux/amd64'],
    ['linux/arm64', 'linux/arm/v7 linux/arm64/v8', 'linux/arm64/v8'],
    ['linux/arm64', 'linux/arm/v5 linux/arm/v6 linux/arm/v7', 'linux/arm/v7'],
    ['linux/arm64', 'linux/arm/v8 linux/arm/v7', 'linux/arm/v8'],
    ['linux/arm64', 'linux/arm64/v9 linux/amd64', undefined],
    ['linux/arm64/v8.2', 'linux/arm64 linux/arm64/v8.1 linux/arm64/v8.3', 'linux/arm64/v8.1'],
    ['linux/arm64/v9', 'linux/arm64 linux/arm64/v8.5 linux/arm64/v8.6', 'linux/arm64/v8.5'],
    ['linux/arm64/v9.2', 'linux/arm64/v8.7 linux/arm64/v9.1 linux/arm64/v9', 'linux/arm64/v9.1'],
    ['linux/arm64/v9', 'linux/arm', 'linux/arm'],
    ['linux/arm/v7', 'linux/arm/v6 linux/arm/v5', 'linux/arm/v6'],
    ['linux/arm/v7', 'linux/arm', 'linux/arm'],
    ['linux/arm/v6', 'linux/arm/v7 linux/arm64', undefined],
    ['linux/arm/v6', 'linux/arm/v5', 'linux/arm/v5'],
    ['linux/386', 'linux/amd64', undefined],
    ['linux/s390x', 'unknown/unknown linux/s390x', 'linux/s390x'],
  ];
  for (const [wanted, offered, chosen] of cases) {
    it(`for ${wanted} of ${offered || 'nothing'} is ${chosen ?? 'none'}`, () => {
      const candidates = offered
        .split(' ')
        .filter(Boolean)
        .map((text) => ({ text, platform: raw(text) }));
      assert.equal(bestMatch(candidates, parsePlatform(wanted, host))?.text, chosen);
    });
  }

  it('passes over manifests that name no platform, and takes the first of equals', () => {
    const first = { id: 1, platform: raw('linux/amd64') };
    const candidates: { id: number; platform?: Platform }[] = [{ id: 0 }, first, { ...first, id: 2 }];
    assert.equal(bestMatch(candidates, raw('linux/amd64'))?.id, 1);
  });

  it('on Windows is the newest version that the host runs', () => {
    const image = (osVersion?: string) => ({
      osVersion,
      platform: { os: 'windows', architecture: 'amd64', ...(osVersion !== undefined && { osVersion }) },
    });
    const images = ['10.0.17763.99', '10.0.20348.5', '10.0.20348.10', '10.0.26100.1', undefined].map(image);
    const chosenFor = (osVersion: string) =>
      bestMatch(images, { ...raw('windows/amd64'), osVersion })?.osVersion;
    assert.equal(chosenFor('10.0.17763.1'), '10.0.17763.99');
    assert.equal(chosenFor('10.0.20348.1'), '10.0.20348.10');
    assert.equal(chosenFor('10.0.26100.9'), '10.0.26100.1');
    assert.equal(chosenFor('10.0.14393.1'), undefined);
  });

  it('on Windows follows the version compatibility of containers', () => {
    const rows: [string | undefined, string | undefined, boolean][] = [
      ['10.0.17763', '10.0.17763.1', true],
      ['10.0.17763', '10.0.17764', false],
      ['10.0.19041', '10.0.17763', false],
      ['10.0.22621', '10.0.20348', true],
      ['10.0.20348', '10.0.19041', false],
      ['10.0.26100', '10.0.20348', true],
      ['10.0.26200', '10.0.20348', false],
      ['10.0.26200', '10.0.26100', true],
      ['10.0.20348', '10.0.22621', false],
      ['10.1.20348', '10.0.20348', false],
      [undefined, '10.0.1', true],
      ['10.0.20348', undefined, true],
      ['10.0.20348', 'nonsense', false],
      ['nonsense', '10.0.20348', true],
    ];
    for (const [on, of, expected] of rows) assert.equal(windowsRuns(on, of), expected, `${of} on ${on}`);
    assert.ok(compareWindowsVersions('10.0.20348.10', '10.0.20348.9') > 0);
    assert.ok(compareWindowsVersions(undefined, '10.0.1') < 0);
    assert.equal(compareWindowsVersions('10.0.1', '10.0.1.0'), 0);
  });
});

/** As an index would have it, not normalised. */
function raw(text: string): Platform {
  const [os = '', architecture = '', variant] = text.split('/');
  return { os, architecture, ...(variant !== undefined && { variant }) };
}
