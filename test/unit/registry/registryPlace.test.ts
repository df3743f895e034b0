import assert from 'node:assert/strict';
import {
  formatRegistryPlace,
  isAtPlace,
  parseRegistryPlace,
} from '../../../src/engine/registry/registryPlace.ts';

describe('A registry to browse', () => {
  const read: readonly (readonly [text: string, shown: string])[] = [
    ['ghcr.io', 'ghcr.io'],
    ['docker.io/library', 'docker.io/library'],
    ['127.0.0.1:5000', '127.0.0.1:5000'],
    ['localhost/team/app', 'localhost/team/app'],
    [' https://registry.example.com:8443/acme/ ', 'registry.example.com:8443/acme'],
    ['[::1]:5000', '[::1]:5000'],
  ];
  for (const [text, shown] of read) {
    it(`is read from ${JSON.stringify(text)}`, () => {
      assert.equal(formatRegistryPlace(parseRegistryPlace(text)), shown);
    });
  }

  const refused = ['', 'acme/app', 'not a host', 'ghcr.io/Acme', 'ghcr.io/acme:1', 'ghcr.io/../x', 'a.b/c d'];
  for (const text of refused) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseRegistryPlace(text), { reason: 'Invalid' });
    });
  }

  it('holds the repositories of its namespace and no other', () => {
    const place = parseRegistryPlace('ghcr.io/acme');
    const isThere = (registry: string, repository: string) => isAtPlace(place, { registry, repository });
    assert.ok(isThere('ghcr.io', 'acme/app') && isThere('ghcr.io', 'acme'));
    assert.ok(!isThere('ghcr.io', 'acmetwo/app') && !isThere('quay.io', 'acme/app'));
  });
});
