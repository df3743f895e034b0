import assert from 'node:assert/strict';
import type { Credentials } from '../../../src/engine/registry/credentials.ts';
import { parseRegistryPlace } from '../../../src/engine/registry/registryPlace.ts';
import { startFakeHarbor } from '../../support/fakeHarbor.ts';
import { type FaultServer, replyError, startFaultServer } from '../../support/registryFaults/faultServer.ts';
import { collect, testClient } from '../../support/registryFaults/testClient.ts';

const ann: Credentials = { kind: 'password', username: 'ann', password: 'secret' };
const robot: Credentials = { kind: 'password', username: 'robot$ours+ci', password: 'token' };
const many = Array.from({ length: 250 }, (_, number) => `app-${String(number).padStart(3, '0')}`);

describe('the repositories of a Harbor', () => {
  let harbor: FaultServer;
  before(async () => {
    harbor = await startFakeHarbor({
      projects: {
        library: { isPublic: true, repositories: ['photon', 'deep/er'] },
        ours: { repositories: many, members: ['ann', 'robot$ours+ci'] },
        theirs: { repositories: ['secret'], members: ['bob'] },
      },
      accounts: { ann: 'secret', robot$ours_ci: 'no', 'robot$ours+ci': 'token' },
    });
  });
  after(() => harbor[Symbol.asyncDispose]());

  async function listed(signIn?: Credentials, namespace = ''): Promise<readonly string[]> {
    await using client = testClient(signIn && { signIn });
    const found = await collect(client.repositories(parseRegistryPlace(harbor.host + namespace)));
    return found.map(({ repository }) => repository);
  }

  const open = ['library/photon', 'library/deep/er'];
  const own = many.map((name) => `ours/${name}`);
  const cases: readonly (readonly [
    who: string,
    signIn: Credentials | undefined,
    names: readonly string[],
  ])[] = [
    ['to nobody what is public', undefined, open],
    ['to a user what that one may see, page by page', ann, [...open, ...own]],
    ['to a robot also what is in its projects', robot, [...open, ...own]],
    ['to a token what is public', { kind: 'identityToken', token: 'x' }, open],
  ];
  for (const [who, signIn, names] of cases) {
    it(`are told ${who}, by its own API where the catalogue is closed`, async () => {
      assert.deepEqual(await listed(signIn), names);
    });
  }

  it('are those of a project where that is the namespace', async () => {
    const before = harbor.requests.length;
    assert.deepEqual(await listed(ann, '/ours'), own);
    assert.deepEqual(await listed(undefined, '/library/deep'), ['library/deep/er']);
    const asked = harbor.requests.slice(before).map(({ url }) => url);
    assert.ok(!asked.some((url) => url.startsWith('/api/v2.0/repositories')), asked.join(' '));
  });

  it('of a project that one may not see are refused', async () => {
    await assert.rejects(listed(ann, '/theirs'), { reason: 'Forbidden' });
    await assert.rejects(listed(undefined, '/theirs'), { reason: 'Unauthorized' });
  });

  it('are searched as the person may see them', async () => {
    await using client = testClient({ signIn: ann });
    const found = await client.search(`${harbor.host}/app-24`);
    assert.equal(found.length, 10);
    assert.ok(found.every(({ name }) => name.startsWith(`${harbor.host}/ours/app-24`)));
  });

  it('cost a question without the password, and the password only once it is a Harbor', async () => {
    await using other = await startFaultServer((_, response) => replyError(response, 403, 'DENIED'));
    await using client = testClient({ signIn: ann });
    await assert.rejects(collect(client.repositories({ registry: other.host })), { reason: 'Forbidden' });
    const [, question, ...more] = other.requests;
    assert.equal(question?.url, '/api/v2.0/systeminfo');
    assert.equal(question?.headers.authorization, undefined);
    assert.deepEqual(more, []);
  });
});
