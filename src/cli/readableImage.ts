import type { ListedTable, ReadableImage } from '../engine/image.ts';
import { parseReference } from '../engine/oci/reference.ts';
import type { Session } from './session.ts';

const registryPrefix = 'registry:';

/** What IMAGE may be in the verbs that look into one. */
export const readableOperand =
  'IMAGE is a reference or ID in the store, oci:DIR[:NAME], docker-archive:FILE[:REF], oci-archive:FILE[:NAME], ' +
  'docker:REF of a Docker engine, or registry:REF, an image in its registry, of which nothing but an index of its files is kept (REF with a tag or a slash).';

/** The image that an operand names, of the store or from elsewhere. */
export async function readableImage(session: Session, name: string): Promise<ReadableImage> {
  const engine = await session.engine();
  const reference = remoteReference(name);
  if (reference === undefined) return engine.image(name, session.signal);
  const image = await engine.remoteImage(parseReference(reference), {}, session.signal);
  for await (const _ of engine.readLayers(image, session.signal));
  for (const table of engine.tables(image)) session.output.warn(tableText(table));
  return image;
}

function tableText({ layer, verified }: ListedTable): string {
  const word = verified ? 'which the manifest vouches for' : 'which nobody vouches for';
  return `the layer ${layer} was not read: its files are listed as in its table of contents, ${word}`;
}

/** `registry:2` is an image of Docker Hub's, by its tag. */
function remoteReference(name: string): string | undefined {
  const rest = name.startsWith(registryPrefix) ? name.slice(registryPrefix.length) : '';
  return /[/:@]/.test(rest) ? rest : undefined;
}
