import assert from 'node:assert/strict';
import { parseName } from '../../../src/engine/oci/reference.ts';
import { parseHubTags } from '../../../src/engine/registry/hubTags.ts';
import type { RepositoryTags } from '../../../src/engine/registry/repositoryTag.ts';
import { repositoryTagList } from '../../../src/engine/remote/repositoryTagList.ts';
import { replyError, replyJson, startFaultServer } from '../../support/registryFaults/faultServer.ts';
import { testClient } from '../../support/registryFaults/testClient.ts';

const digest = `sha256:${'a'.repeat(64)}`;

const page = {
  count: 3,
  results: [
    {
      name: '3.20',
      digest,
      last_updated: '2026-01-02T00:00:00Z',
      tag_last_pushed: '2026-01-01T00:00:00Z',
      images: [
        { os: 'linux', architecture: 'amd64', variant: null, os_version: null, size: 3_000_000, digest },
        { os: 'linux', architecture: 'arm', variant: 'v7', size: 2_500_000, digest },
        { os: 'unknown', architecture: 'unknown', size: 1000, digest },
        { os: null, architecture: 7 },
      ],
    },
    {
      name: 'latest',
      images: [{ os: 'windows', architecture: 'amd64', os_version: '10.0.20348.1', digest }],
    },
    { name: 'no tag!', images: [] },
    { name: '3.9' },
  ],
};

function parsed(value: unknown): RepositoryTags {
  return parseHubTags(Buffer.from(JSON.stringify(value)));
}

async function last(list: AsyncIterable<RepositoryTags>): Promise<RepositoryTags | undefined> {
  let latest: RepositoryTags | undefined;
  for await (const tags of list) latest = tags;
  return latest;
}

describe("Docker Hub's list of tags", () => {
  it('tells digest, platforms with sizes and when each was pushed, as far as it knows', () => {
    assert.deepEqual(parsed(page), {
      total: 3,
      tags: [
        {
          tag: '3.20',
          digest,
          platforms: [
            { platform: { os: 'linux', architecture: 'amd64' }, size: 3_000_000 },
            { platform: { os: 'linux', architecture: 'arm', variant: 'v7' }, size: 2_500_000 },
          ],
          updated: new Date('2026-01-01'),
        },
        {
          tag: 'latest',
          digest,
          platforms: [{ platform: { os: 'windows', architecture: 'amd64', osVersion: '10.0.20348.1' } }],
        },
        { tag: '3.9' },
      ],
    });
  });

  for (const wrong of [null, {}, { results: {} }, { results: [{}] }, { results: [{ name: 7 }] }]) {
    it(`is none where it is ${JSON.stringify(wrong)}`, () => {
      assert.throws(() => parsed(wrong), { reason: 'Corrupt' });
    });
  }
});

describe('the tags of a repository', () => {
  it('come from Docker Hub in one request, newest version first, where those are all', async () => {
    await using server = await startFaultServer((_, response) => replyJson(response, 200, page));
    await using client = testClient({ hubSearch: server.origin });
    const tags = await last(repositoryTagList(client, parseName('alpine')));
    assert.deepEqual(
      tags?.tags.map(({ tag }) => tag),
      ['latest', '3.20', '3.9'],
    );
    assert.deepEqual(
      server.requests.map(({ url }) => url),
      ['/v2/repositories/library/alpine/tags?page_size=100'],
    );
  });

  it('are names in another registry, which alone is asked; what is no tag is left out', async () => {
    await using server = await startFaultServer(({ url }, response) => {
      if (url.startsWith('/v2/acme/app/tags/list'))
        replyJson(response, 200, { tags: ['1.9', '1.10', 'x@sha256:1', '../x', ''] });
      else replyError(response, 404, 'UNSUPPORTED');
    });
    await using hub = await startFaultServer((_, response) => replyError(response, 500, 'UNKNOWN'));
    await using client = testClient({ hubSearch: hub.origin });
    const tags = await last(repositoryTagList(client, parseName(`${server.host}/acme/app`)));
    assert.deepEqual(tags, { tags: [{ tag: '1.10' }, { tag: '1.9' }], total: 2 });
    assert.equal(hub.requests.length, 0);
  });

  it('fail where the repository is not there', async () => {
    await using server = await startFaultServer((_, response) => replyError(response, 404, 'NAME_UNKNOWN'));
    await using client = testClient();
    await assert.rejects(last(repositoryTagList(client, parseName(`${server.host}/acme/app`))), {
      reason: 'NotFound',
    });
  });

  it('are not asked for on behalf of who has left', async () => {
    await using server = await startFaultServer(() => undefined);
    await using client = testClient({ hubSearch: server.origin });
    const cancel = new AbortController();
    const list = last(repositoryTagList(client, parseName('alpine'), cancel.signal));
    cancel.abort();
    await assert.rejects(list, { reason: 'Cancelled' });
  });
});
