import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { EngineError, type Reason } from '../../src/engine/errors.ts';
import type { Descriptor } from '../../src/engine/oci/descriptor.ts';
import { mediaType } from '../../src/engine/oci/mediaType.ts';
import type { ByteRange, Target } from '../../src/engine/target.ts';
import {
  type Blob,
  type BuiltImage,
  type BuiltManifest,
  blob,
  buildIndex,
  buildManifest,
} from '../support/sampleRegistry/imageBuilder.ts';
import { file } from '../support/sampleRegistry/layerTar.ts';
import { amd64, arm64 } from '../support/sampleRegistry/sampleBase.ts';

/** An empty target with all that the contract needs to look behind it. */
export interface TargetFixture extends AsyncDisposable {
  readonly target: Target & Required<Pick<Target, 'push' | 'tag' | 'list'>>;
  /** How the target spells the name of a tag. */
  name(tag: string): string;
  /** Where the target's place keeps a blob's bytes: for damage. */
  blobFile(descriptor: Descriptor): string;
}

export type CreateTarget = () => Promise<TargetFixture>;

/** A blob that no other test has. */
export function freshBlob(size: number): Blob {
  return blob(mediaType.ociLayer, randomBytes(size));
}

export function freshManifest(platform = amd64): BuiltManifest {
  const files = [file('etc/serial', randomBytes(16).toString('hex'))];
  return buildManifest({
    platform,
    steps: [{ createdBy: 'COPY serial /etc/', created: new Date(0), files }],
  });
}

export function freshIndex(): BuiltImage {
  return buildIndex([freshManifest(amd64), freshManifest(arm64)]);
}

/** Pieces of an odd size, as a network gives them. */
export async function* pieces(bytes: Uint8Array, size = 65_521): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

export async function pushBlob({ target }: TargetFixture, { descriptor, bytes }: Blob): Promise<void> {
  await target.push(descriptor, pieces(bytes));
}

export async function pushManifest(fixture: TargetFixture, manifest: BuiltManifest): Promise<void> {
  for (const part of [...manifest.blobs, manifest]) await pushBlob(fixture, part);
}

export async function pushIndex(fixture: TargetFixture, index: BuiltImage): Promise<void> {
  for (const manifest of index.manifests) await pushManifest(fixture, manifest);
  await pushBlob(fixture, index);
}

/** Everything that a fetch gives, its errors from the call and from the stream alike. */
export async function fetchAll(
  { target }: TargetFixture,
  descriptor: Descriptor,
  range?: ByteRange,
  signal?: AbortSignal,
): Promise<Buffer> {
  return await buffer(await target.fetch(descriptor, range, signal));
}

export async function namesOf({ target }: TargetFixture): Promise<string[]> {
  const names: string[] = [];
  for await (const name of target.list()) names.push(name);
  return names.sort();
}

export async function rejectsWith(reason: Reason, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof EngineError, `not an EngineError: ${error}`);
    assert.equal(error.reason, reason, error.message);
    return true;
  });
}
