import assert from 'node:assert/strict';
import { parseEngineAddress } from '../../../src/engine/dockerEngine/engineAddress.ts';
import { sshArguments } from '../../../src/engine/dockerEngine/sshConnection.ts';

const read = [
  ['unix:///run/user/1000/docker.sock', { kind: 'socket', path: '/run/user/1000/docker.sock' }],
  ['unix://', { kind: 'socket', path: '/var/run/docker.sock' }],
  ['npipe:////./pipe/docker_engine', { kind: 'socket', path: '\\\\.\\pipe\\docker_engine' }],
  ['tcp://build.example:4000', { kind: 'tcp', host: 'build.example', port: 4000, tls: false }],
  ['tcp://127.0.0.1', { kind: 'tcp', host: '127.0.0.1', port: 2375, tls: false }],
  ['tcp://[::1]:2375/', { kind: 'tcp', host: '::1', port: 2375, tls: false }],
  ['https://build.example', { kind: 'tcp', host: 'build.example', port: 2376, tls: true }],
  ['ssh://build.example', { kind: 'ssh', host: 'build.example' }],
  [
    'ssh://ada@build.example:2222/run/docker.sock',
    { kind: 'ssh', host: 'build.example', user: 'ada', port: 2222, socket: '/run/docker.sock' },
  ],
] as const;

const refused = [
  '',
  'build.example:2375',
  'fd://3',
  'tcp://',
  'tcp://host:99999',
  'tcp://user:secret@host:1',
  'tcp://host:2375/path',
  'ssh://ada:secret@host',
  'ssh://-oProxyCommand=evil',
  'ssh://-l@host',
  'ssh://host/run;evil',
  'ssh://host/$(evil)',
  'ssh://ho st',
];

describe('an engine’s address', () => {
  for (const [text, address] of read) {
    it(`is read from ${text}`, () => assert.deepEqual(parseEngineAddress(text, false), address));
  }

  it('has the port of TLS where that is asked for', () => {
    const address = { kind: 'tcp', host: 'host', port: 2376, tls: true };
    assert.deepEqual(parseEngineAddress('tcp://host', true), address);
  });

  for (const text of refused) {
    it(`is refused from ${JSON.stringify(text)}, and no secret shown`, () => {
      assert.throws(() => parseEngineAddress(text, false), { reason: 'Invalid', message: /^(?!.*secret)/ });
    });
  }

  it('is given to ssh as Docker does it', () => {
    const address = { kind: 'ssh', host: 'h', user: 'u', port: 22, socket: '/s' } as const;
    assert.equal(
      sshArguments(address).join(' '),
      '-o ConnectTimeout=30 -T -l u -p 22 -- h docker --host unix:///s system dial-stdio',
    );
  });
});
