import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { Reason } from '../../../src/engine/errors.ts';
import type { Credentials } from '../../../src/engine/registry/credentials.ts';
import {
  replyError,
  replyJson,
  type SeenRequest,
  startFaultServer,
} from '../../support/registryFaults/faultServer.ts';
import { testClient } from '../../support/registryFaults/testClient.ts';

const ada: Credentials = { kind: 'password', username: 'ada', password: 'lovelace' };
const bob: Credentials = { kind: 'password', username: 'bob', password: 'wrong' };
const basicOfAda = `Basic ${Buffer.from('ada:lovelace').toString('base64')}`;

type Handler = (request: SeenRequest, response: ServerResponse) => void;

/** Lets in whom the header names. */
const basicRegistry: Handler = (request, response) =>
  request.headers.authorization === basicOfAda
    ? replyJson(response, 200, {})
    : replyError(response, 401, 'UNAUTHORIZED', { 'WWW-Authenticate': 'Basic realm="test"' });

const isForAda = ({ headers }: SeenRequest) => headers.authorization === basicOfAda;

/** Token server and registry in one; a token for those who name nobody as well, as Docker Hub gives. */
const tokenRegistry: Handler = (request, response) => {
  if (request.url.startsWith('/token')) {
    const refused = request.headers.authorization !== undefined && !isForAda(request);
    return refused ? replyError(response, 401, 'UNAUTHORIZED') : replyJson(response, 200, { token: 'good' });
  }
  if (request.headers.authorization === 'Bearer good') return replyJson(response, 200, {});
  const realm = `http://${request.headers.host}/token`;
  return replyError(response, 401, 'UNAUTHORIZED', {
    'WWW-Authenticate': `Bearer realm="${realm}",service="test"`,
  });
};

const open: Handler = (_, response) => replyJson(response, 200, {});
const forbidding: Handler = (_, response) => replyError(response, 403, 'DENIED');

describe('asking a registry to be let in', function () {
  this.timeout(60_000);

  const cases: readonly (readonly [what: string, registry: Handler, who: Credentials, refused?: Reason])[] = [
    ['takes the right password', basicRegistry, ada],
    ['refuses a wrong password', basicRegistry, bob, 'Unauthorized'],
    ['takes an account that the token server knows', tokenRegistry, ada],
    ['refuses an account that the token server does not know', tokenRegistry, bob, 'Unauthorized'],
    ['takes anybody where nobody is asked for', open, bob],
    ['tells a refusal of the account from a wrong password', forbidding, ada, 'Forbidden'],
  ];
  for (const [what, registry, signIn, refused] of cases) {
    it(what, async () => {
      await using server = await startFaultServer(registry);
      await using client = testClient({ signIn });
      if (refused === undefined) await client.ping(server.host);
      else await assert.rejects(client.ping(server.host), { name: 'EngineError', reason: refused });
    });
  }
});
