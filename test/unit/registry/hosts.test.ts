import assert from 'node:assert/strict';
import { type Reach, reachOf } from '../../../src/engine/registry/addressGuard.ts';
import { endpointHost, hostName, InsecureHosts, registryOfHost } from '../../../src/engine/registry/hosts.ts';
import { networkCode, networkError } from '../../../src/engine/registry/networkError.ts';

describe('reachOf', () => {
  const cases: Record<Reach, readonly string[]> = {
    public: ['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8', '2002:808:808::1'],
    private: [
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '100.64.0.1',
      'fd12::1',
      '::ffff:10.0.0.1',
    ],
    loopback: ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1'],
    linkLocal: [
      '169.254.169.254',
      'fe80::1',
      'fe80::1%eth0',
      '::ffff:a9fe:a9fe',
      '2002:a9fe:a9fe::',
      'fd00:ec2::254',
    ],
    unspecified: ['0.0.0.0', '0.1.2.3', '::', '::ffff:0.0.0.0'],
  };
  for (const [reach, addresses] of Object.entries(cases)) {
    for (const address of addresses) {
      it(`finds that ${address} is ${reach}`, () => assert.equal(reachOf(address), reach));
    }
  }
});

describe('InsecureHosts', () => {
  const hosts = new InsecureHosts(['Registry.Test:5000', 'other.test']);
  const yes = [
    '127.0.0.1',
    '127.1.2.3:5000',
    'localhost',
    'localhost:80',
    '[::1]:5000',
    'registry.test:5000',
    'other.test',
  ];
  const no = [
    'registry.test',
    'other.test:5000',
    'localhost.evil.test',
    '127.0.0.1.evil.test',
    '128.0.0.1',
    '[::2]',
    'ghcr.io',
  ];
  for (const host of yes) it(`has ${host}`, () => assert.ok(hosts.has(host)));
  for (const host of no) it(`does not have ${host}`, () => assert.ok(!hosts.has(host)));
});

describe('a registry host', () => {
  it('is spoken to at its own name, save Docker Hub', () => {
    assert.equal(endpointHost('docker.io'), 'registry-1.docker.io');
    assert.equal(endpointHost('ghcr.io'), 'ghcr.io');
  });

  it('is known to people by its own name, save what serves Docker Hub', () => {
    assert.equal(registryOfHost('registry-1.docker.io'), 'docker.io');
    assert.equal(registryOfHost('ghcr.io'), 'ghcr.io');
  });

  it('may be insecure by the name that people know', () => {
    assert.ok(new InsecureHosts(['docker.io']).has('registry-1.docker.io'));
  });

  it('has a name without port and brackets', () => {
    for (const [host, name] of [
      ['ghcr.io', 'ghcr.io'],
      ['Localhost:5000', 'localhost'],
      ['[::1]:5000', '::1'],
      ['[FE80::1]', 'fe80::1'],
    ] as const) {
      assert.equal(hostName(host), name);
    }
  });
});

describe('networkError', () => {
  it('says what is wrong and keeps the code, but no message of the layers below', () => {
    const secret = Object.assign(new Error('request to https://cdn.test/?signature=secret failed'), {
      code: 'ECONNREFUSED',
    });
    const error = networkError(secret, 'ghcr.io');
    assert.equal(error.message, 'cannot reach ghcr.io: connection refused');
    assert.equal(networkCode(error), 'ECONNREFUSED');
    assert.doesNotMatch(String(error.cause), /secret/);
  });

  it('tells of docker.io where its host cannot be reached', () => {
    assert.equal(networkError(undefined, 'registry-1.docker.io').facts.registry, 'docker.io');
  });
});
