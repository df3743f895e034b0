import assert from 'node:assert/strict';
import { manifestAccept } from '../../../src/engine/oci/mediaType.ts';

/**
 * Makes a tag of any registry on loopback name what another tag or digest of the repository names now.
 * @param change makes another manifest of its bytes, which the tag then names
 */
export async function moveTag(
  host: string,
  repository: string,
  tag: string,
  to: string,
  change: (manifest: Buffer) => Buffer = (manifest) => manifest,
): Promise<void> {
  const address = `http://${host}/v2/${repository}/manifests/`;
  const answer = await fetch(address + to, { headers: { Accept: manifestAccept } });
  assert.equal(answer.status, 200, `no ${repository}:${to} at ${host}`);
  const type = answer.headers.get('content-type') ?? '';
  const put = await fetch(address + tag, {
    method: 'PUT',
    headers: { 'Content-Type': type },
    body: new Uint8Array(change(Buffer.from(await answer.arrayBuffer()))),
  });
  assert.equal(put.status, 201, `${host} refused ${repository}:${tag}: ${put.status}`);
}
