import { isEngineError } from '../errors.ts';
import type { StoredImage } from '../image.ts';
import { digestOf } from '../oci/digest.ts';
import { asObject, parseJson } from '../oci/json.ts';
import { openRegularFile } from '../store/regularFile.ts';
import { imagesOfRecords, recordsOf } from './imageRecords.ts';

/** Changed with the format: what another version wrote is not read. */
const version = 1;

/** Ten thousand images take about 3 MB. */
const maxBytes = 256 * 1024 * 1024;

const lineEnd = 0x0a;

/**
 * The list of a store's images as it was for one state of `index.json`, so that a long one need not be read and sorted
 * anew by every process. Its first line is the digest of all that follows, so that whatever happened to it is found out; it
 * is then as if it were not there. The second is JSON, and the images' records follow.
 * @returns `undefined` where there is none for this state
 * @throws `Io`
 */
export async function readImageList(
  path: string,
  state: string,
): Promise<readonly StoredImage[] | undefined> {
  try {
    const opened = await openRegularFile(path);
    if (!opened) return undefined;
    await using file = opened.file;
    return opened.size > maxBytes ? undefined : parseImageList(await file.readFile(), state);
  } catch (error) {
    // What is made again loses nothing.
    if (isEngineError(error) && !isEngineError(error, 'Io')) return undefined;
    throw error;
  }
}

/** @throws `Corrupt` */
function parseImageList(bytes: Uint8Array, state: string): readonly StoredImage[] | undefined {
  const [digest, body] = cutLine(bytes);
  if (digestOf(body) !== digest) return undefined;
  const [line, records] = cutLine(body);
  const facts = asObject(parseJson(line, 'it'), 'it');
  if (facts.version !== version || facts.state !== state) return undefined;
  return imagesOfRecords({ facts, bytes: records });
}

function cutLine(bytes: Uint8Array): [line: string, rest: Uint8Array] {
  const end = Math.max(0, bytes.indexOf(lineEnd));
  return [new TextDecoder().decode(bytes.subarray(0, end)), bytes.subarray(end + 1)];
}

/** @returns `undefined` where the images cannot be kept so */
export function formatImageList(images: readonly StoredImage[], state: string): Uint8Array | undefined {
  const records = recordsOf(images);
  if (!records) return undefined;
  const line = `${JSON.stringify({ version, state, ...records.facts })}\n`;
  const body = Buffer.concat([Buffer.from(line), records.bytes]);
  return Buffer.concat([Buffer.from(`${digestOf(body)}\n`), body]);
}
