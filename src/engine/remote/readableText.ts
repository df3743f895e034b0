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
 * An envelope with what is base64 in it in the clear; `undefined` where the value is none, or nothing in it is JSON. DSSE
 * (https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md) by itself or in a sigstore bundle
 * (https://github.com/sigstore/protobuf-specs/blob/v0.4.0/protos/sigstore_bundle.proto), and JWS as Notation writes it
 * (https://www.rfc-editor.org/rfc/rfc7515#section-7.2.2).
 */
function openEnvelope(value: JsonObject): string | undefined {
  const { dsseEnvelope } = value;
  const envelope = isObject(dsseEnvelope) ? dsseEnvelope : value;
  const opened = encodedFields(envelope).flatMap((name) => {
    const text = encodedJson(envelope[name]);
    return text === undefined ? [] : [{ name, text, place: randomUUID() }];
  });
  if (opened.length === 0) return undefined;
  // What was encoded keeps its own spelling of numbers and its own order.
  const whole = { ...envelope, ...Object.fromEntries(opened.map(({ name, place }) => [name, place])) };
  const around = JSON.stringify(envelope === value ? whole : { ...value, dsseEnvelope: whole });
  return opened.reduce((result, { place, text }) => result.replace(`"${place}"`, () => text), around);
}

function encodedFields({
  payloadType,
  signatures,
  protected: header,
  signature,
}: JsonObject): readonly string[] {
  if (typeof payloadType === 'string' && Array.isArray(signatures)) return ['payload'];
  return typeof header === 'string' && typeof signature === 'string' ? ['payload', 'protected'] : [];
}

function encodedJson(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = utf8(Buffer.from(value, 'base64'));
  return text !== undefined && parsed(text) !== undefined ? text : undefined;
}
