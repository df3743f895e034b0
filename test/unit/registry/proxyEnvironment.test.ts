import assert from 'node:assert/strict';
import { proxyFromEnvironment } from '../../../src/engine/registry/proxyEnvironment.ts';

const proxies = { HTTPS_PROXY: 'http://proxy.example:3128', http_proxy: 'plain.example:8080' };

interface Case {
  readonly url: string;
  readonly noProxy?: string;
  /** Of the proxy; null for none. */
  readonly host: string | null;
}

const cases: readonly Case[] = [
  { url: 'https://registry-1.docker.io/v2/', host: 'proxy.example:3128' },
  { url: 'http://registry.example/v2/', host: 'plain.example:8080' },
  { url: 'https://127.0.0.1:5000/v2/', host: null },
  { url: 'https://localhost/v2/', host: null },
  { url: 'http://[::1]:5000/v2/', host: null },
  { url: 'https://ghcr.io/v2/', noProxy: '*', host: null },
  { url: 'https://ghcr.io/v2/', noProxy: 'quay.io, ghcr.io', host: null },
  { url: 'https://pkg.ghcr.io/v2/', noProxy: 'ghcr.io', host: null },
  { url: 'https://notghcr.io/v2/', noProxy: 'ghcr.io', host: 'proxy.example:3128' },
  { url: 'https://ghcr.io/v2/', noProxy: '.ghcr.io', host: 'proxy.example:3128' },
  { url: 'https://pkg.ghcr.io/v2/', noProxy: '.ghcr.io', host: null },
  { url: 'https://pkg.ghcr.io/v2/', noProxy: '*.ghcr.io', host: null },
  { url: 'https://GHCR.io/v2/', noProxy: 'Ghcr.IO', host: null },
  { url: 'https://ghcr.io:8443/v2/', noProxy: 'ghcr.io:443', host: 'proxy.example:3128' },
  { url: 'https://ghcr.io/v2/', noProxy: 'ghcr.io:443', host: null },
  { url: 'https://10.1.2.3/v2/', noProxy: '10.0.0.0/8', host: null },
  { url: 'https://11.1.2.3/v2/', noProxy: '10.0.0.0/8', host: 'proxy.example:3128' },
  { url: 'https://[fd00::5]/v2/', noProxy: 'fd00::/8', host: null },
  { url: 'https://10.1.2.3/v2/', noProxy: '10.0.0.0/99', host: 'proxy.example:3128' },
  { url: 'https://10.1.2.3/v2/', noProxy: '10.1.2.3', host: null },
];

describe('The proxy that the environment names', () => {
  for (const { url, noProxy, host } of cases) {
    it(`is ${host ?? 'none'} for ${url}${noProxy ? ` without ${noProxy}` : ''}`, () => {
      const choose = proxyFromEnvironment({ ...proxies, ...(noProxy && { NO_PROXY: noProxy }) });
      assert.equal(choose?.(new URL(url))?.host ?? null, host);
    });
  }

  it('is none where no variable is set, or one that is no address', () => {
    assert.equal(proxyFromEnvironment({ NO_PROXY: '*' }), undefined);
    assert.equal(proxyFromEnvironment({ HTTPS_PROXY: 'http://[' }), undefined);
  });
});
