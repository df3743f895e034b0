import { tooLarge } from '../byteLimit.ts';
import { asObject, type JsonObject, parseJson } from '../oci/json.ts';

/** One message of a long answer; progress and events take a few hundred bytes. */
const maxMessageBytes = 4 * 1024 * 1024;
const newline = 0x0a;

/**
 * The messages of an answer that goes on and on: an object a line. Docker and Podman write none over several lines.
 * @throws `Corrupt`, `TooLarge`, and what the source throws
 */
export async function* jsonMessages(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<JsonObject, void, undefined> {
  let rest: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const line = Buffer.concat([...rest, chunk.subarray(start, end)]);
      [rest, length, start] = [[], 0, end + 1];
      yield* message(line);
    }
    rest.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > maxMessageBytes) {
      throw tooLarge('a message', maxMessageBytes);
    }
  }
  yield* message(Buffer.concat(rest));
}

function* message(line: Buffer): Generator<JsonObject, void, undefined> {
  const text = line.toString().trim();
  if (text !== '') yield asObject(parseJson(text, 'a message'), 'a message');
}
