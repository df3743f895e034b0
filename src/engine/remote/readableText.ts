import { randomUUID } from 'node:crypto';
import { EngineError } from '../errors.ts';
import type { ReferrerText } from '../image.ts';
import { type JsonObject, parseJson } from '../oci/json.ts';
import { layOutJson } from './layOutJson.ts';

/** Characters of JSON that are laid out, and that they may become: it is done in one go, on the thread of the editor's extensions. */
const maxToLayOut = 4 * 1024 * 1024;
const maxLaidOut = 4 * maxToLayOut;

/**
 * A document's bytes as text. JSON is laid out on lines without touching a token, and a signed envelope's payload, which is
 * base64 where it lies, is put there as what it is.
 * @throws `Unsupported` where the bytes are no text
 */
export function readableText(bytes: Uint8Array, mediaType: string): ReferrerText {
  const text = textOf(bytes, mediaType);
  const json = jsonText(text);
  if (json !== undefined) return { text: json, language: 'json' };
  return { text, language: /[/+]xml$/.test(mediaType) || text.startsWith('<?xml') ? 'xml' : 'plaintext' };
}

function textOf(bytes: Uint8Array, mediaType: string): string {
  const text = utf8(bytes);
  if (text !== undefined && !text.includes('\0')) return text;
  throw new EngineError(
    'Unsupported',
    `a document of type ${JSON.stringify(mediaType.slice(0, 200))} is no text`,
  );
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** `undefined` where it is no JSON object or array. */
function jsonText(text: string): string | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  const value = parsed(text);
  if (value === undefined) return undefined;
  const opened = isObject(value) ? (openEnvelope(value) ?? text) : text;
  return opened.length > maxToLayOut ? opened : (layOutJson(opened, maxLaidOut) ?? opened);
}

function parsed(text: string): unknown {
  try {
    return parseJson(text, 'the document');
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md, by itself or in a sigstore bundle
 * (https://github.com/sigstore/protobuf-specs/blob/v0.4.0/protos/sigstore_bundle.proto). `undefined` where it is neither,
 * or the payload is no JSON.
 */
function openEnvelope(value: JsonObject): string | undefined {
  const { dsseEnvelope } = value;
  const isBundle = isObject(dsseEnvelope);
  const payload = payloadOf(isBundle ? dsseEnvelope : value);
  if (payload === undefined) return undefined;
  // The payload keeps its own spelling of numbers and its own order.
  const place = randomUUID();
  const opened = isBundle
    ? { ...value, dsseEnvelope: { ...dsseEnvelope, payload: place } }
    : { ...value, payload: place };
  return JSON.stringify(opened).replace(`"${place}"`, () => payload);
}

function payloadOf({ payload, payloadType, signatures }: JsonObject): string | undefined {
  if (typeof payload !== 'string' || typeof payloadType !== 'string' || !Array.isArray(signatures))
    return undefined;
  const text = utf8(Buffer.from(payload, 'base64'));
  return text !== undefined && parsed(text) !== undefined ? text : undefined;
}
