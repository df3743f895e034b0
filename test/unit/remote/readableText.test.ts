import assert from 'node:assert/strict';
import { isEngineError } from '../../../src/engine/errors.ts';
import { layOutJson } from '../../../src/engine/remote/layOutJson.ts';
import { readableText } from '../../../src/engine/remote/readableText.ts';

const json = 'application/json';
const read = (text: string | Uint8Array, mediaType = json) => readableText(Buffer.from(text), mediaType);
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('the text of a document', () => {
  const laidOut: readonly (readonly [json: string, lines: string])[] = [
    ['{}', '{}\n'],
    ['[ ]', '[]\n'],
    [
      '{"a":[1,{"b":[]}],"c":"x,{}\\""}',
      '{\n  "a": [\n    1,\n    {\n      "b": []\n    }\n  ],\n  "c": "x,{}\\""\n}\n',
    ],
    ['{"n":12345678901234567890.50,"n":1e2}', '{\n  "n": 12345678901234567890.50,\n  "n": 1e2\n}\n'],
    ['\n[null,true]\r\n', '[\n  null,\n  true\n]\n'],
  ];
  for (const [text, lines] of laidOut) {
    it(`lays out ${JSON.stringify(text)} without touching a token`, () => {
      assert.deepEqual(read(text), { text: lines, language: 'json' });
    });
  }

  it('is what JSON.stringify makes of it, for any value', () => {
    const value = { a: [[], {}, [[1]], 'é\u2028"\\'], b: { c: null, d: [{ e: -1.5 }, ''] } };
    assert.equal(layOutJson(JSON.stringify(value), 10_000), `${JSON.stringify(value, undefined, 2)}\n`);
  });

  const statement = '{"_type":"https://in-toto.io/Statement/v1","predicate":{"big":12345678901234567890}}';
  const envelope = {
    payloadType: 'application/vnd.in-toto+json',
    payload: base64(statement),
    signatures: [],
  };

  it('shows the payload of a signed envelope in the clear, digit for digit', () => {
    const { text } = read(JSON.stringify(envelope));
    assert.match(text, /"payload": \{\n {4}"_type": "https:\/\/in-toto\.io\/Statement\/v1",/);
    assert.match(text, /"big": 12345678901234567890\n/);
    assert.match(text, /"signatures": \[\]/);
  });

  it('shows that of a sigstore bundle too', () => {
    const { text } = read(JSON.stringify({ mediaType: 'x', dsseEnvelope: envelope }));
    assert.match(text, /"payload": \{\n {6}"_type"/);
  });

  it('shows the header and the payload of a signature of Notation', () => {
    const url = (text: string) => Buffer.from(text).toString('base64url');
    const jws = { payload: url(statement), protected: url('{"alg":"PS256"}'), header: {}, signature: 'x' };
    const { text } = read(JSON.stringify(jws));
    assert.match(text, /"payload": \{\n {4}"_type": "https:\/\/in-toto\.io\/Statement\/v1",/);
    assert.match(
      text,
      /"protected": \{\n {4}"alg": "PS256"\n {2}\},\n {2}"header": \{\},\n {2}"signature": "x"/,
    );
    const { protected: _, ...unsigned } = jws;
    assert.deepEqual(JSON.parse(read(JSON.stringify(unsigned)).text), unsigned);
  });

  const untouched: readonly (readonly [what: string, value: object])[] = [
    ['is no JSON', { ...envelope, payload: base64('hello') }],
    ['is no text', { ...envelope, payload: Buffer.from([0xff, 0xfe]).toString('base64') }],
    ['belongs to no envelope', { payload: base64(statement) }],
    ['is a number', { ...envelope, payload: 7 }],
  ];
  for (const [what, value] of untouched) {
    it(`leaves a payload as it is that ${what}`, () => {
      assert.deepEqual(JSON.parse(read(JSON.stringify(value)).text), value);
    });
  }

  const others: readonly (readonly [text: string, mediaType: string, language: string])[] = [
    ['{"a":', json, 'plaintext'],
    ['SPDXVersion: SPDX-2.3\n', 'text/spdx', 'plaintext'],
    ['<bom/>', 'application/vnd.cyclonedx+xml', 'xml'],
    ['<?xml version="1.0"?><bom/>', 'text/plain', 'xml'],
    ['', json, 'plaintext'],
  ];
  for (const [text, mediaType, language] of others) {
    it(`is ${JSON.stringify(text)} as ${language}`, () => {
      assert.deepEqual(read(text, mediaType), { text, language });
    });
  }

  for (const bytes of [Buffer.from([0xff, 0x00]), Buffer.from('a\0b')]) {
    it(`is refused where the bytes are ${bytes.toString('hex')}`, () => {
      assert.throws(
        () => read(bytes, 'application/cose'),
        (error) => isEngineError(error, 'Unsupported'),
      );
    });
  }

  it('is not blown up by nesting', () => {
    const deep = `${'['.repeat(900)}${'1,'.repeat(50_000)}1${']'.repeat(900)}`;
    assert.ok(read(deep).text === deep);
    const deeper = '['.repeat(200_000) + ']'.repeat(200_000);
    assert.equal(read(deeper).language, 'plaintext');
  });

  it('may be one long string', () => {
    const text = JSON.stringify({ a: 'x\\"'.repeat(600_000) });
    assert.ok(read(text).text === `{\n  "a": ${text.slice(5, -1)}\n}\n`);
  });
});
