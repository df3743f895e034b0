import type { ServerResponse } from 'node:http';
import type { Descriptor } from '../../../src/engine/oci/descriptor.ts';
import { digestOf } from '../../../src/engine/oci/digest.ts';
import { mediaType } from '../../../src/engine/oci/mediaType.ts';
import { reply, type SeenRequest } from './faultServer.ts';

/** Bytes that look random and are the same each time. */
export function sampleBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at++) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

export function blobDescriptor(bytes: Uint8Array, type: string = mediaType.ociLayerGzip): Descriptor {
  return { mediaType: type, digest: digestOf(bytes), size: bytes.length };
}

const config = Buffer.from('{}');

/** A small manifest's bytes and descriptor. */
export const sampleManifest = manifestOf(config);

function manifestOf(configBytes: Uint8Array): { bytes: Buffer; descriptor: Descriptor } {
  const document = {
    schemaVersion: 2,
    mediaType: mediaType.ociManifest,
    config: blobDescriptor(configBytes, mediaType.ociConfig),
    layers: [],
  };
  const bytes = Buffer.from(JSON.stringify(document));
  return { bytes, descriptor: blobDescriptor(bytes, mediaType.ociManifest) };
}

/** As a registry gives the sample manifest, for GET and HEAD. */
export function replyManifest(
  response: ServerResponse,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { bytes, descriptor } = sampleManifest;
  const own = {
    'Content-Type': descriptor.mediaType,
    'Content-Length': String(bytes.length),
    'Docker-Content-Digest': descriptor.digest,
  };
  reply(response, 200, { ...own, ...headers }, bytes);
}

/** First and last byte that a request asks for; `undefined` without a range. */
export function askedRange(request: SeenRequest): { first: number; last: number } | undefined {
  const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  return match ? { first: Number(match[1]), last: Number(match[2]) } : undefined;
}

/** As a registry that knows ranges gives a blob; `cutAfter` bytes of the answer's body the connection breaks. */
export function replyBlob(
  request: SeenRequest,
  response: ServerResponse,
  bytes: Uint8Array,
  cutAfter = Number.POSITIVE_INFINITY,
): void {
  const range = askedRange(request);
  const body = range ? bytes.subarray(range.first, range.last + 1) : bytes;
  response.statusCode = range ? 206 : 200;
  response.setHeader('Content-Length', body.length);
  if (range) response.setHeader('Content-Range', `bytes ${range.first}-${range.last}/${bytes.length}`);
  if (cutAfter >= body.length) {
    response.end(body);
    return;
  }
  response.flushHeaders();
  response.write(body.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 5));
}
