import { EngineError } from '../errors.ts';
import { asArray, asObject, type JsonObject, parseJson } from '../oci/json.ts';
import { mediaType } from '../oci/mediaType.ts';
import { entryFromJson, type StoreEntry } from './entries.ts';

/** `index.json`, read. https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md#indexjson-file */
export interface IndexDocument {
  readonly entries: readonly StoreEntry[];
  /** Everything beside `manifests`, kept as it is. */
  readonly rest: JsonObject;
}

/** Far above any real store (10,000 images take about 8 MB), far below what hurts. */
export const maxIndexBytes = 256 * 1024 * 1024;

export const emptyIndex: IndexDocument = {
  entries: [],
  rest: { schemaVersion: 2, mediaType: mediaType.ociIndex },
};

/** @throws `Corrupt`, saying what to do */
export function parseIndexDocument(bytes: Uint8Array, path: string): IndexDocument {
  try {
    const { manifests, ...rest } = asObject(parseJson(bytes, 'it'), 'it');
    if (rest.schemaVersion !== 2) throw new EngineError('Corrupt', 'its schemaVersion must be 2');
    const list = manifests === null ? [] : asArray(manifests, 'manifests');
    return { entries: list.map((json, at) => entryFromJson(json, `manifests[${at}]`)), rest };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new EngineError(
      'Corrupt',
      `${path} is broken (${why}); it was left as it is: repair it or put a copy back, or move it away to begin with an empty store`,
      { path },
      error,
    );
  }
}

export function formatIndexDocument({ entries, rest }: IndexDocument): string {
  return JSON.stringify({ ...rest, manifests: entries.map(({ json }) => json) });
}
