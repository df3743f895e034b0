import { Position, Uri } from 'vscode';
import { isEngineError } from '../../engine/errors.ts';
import { type Digest, isDigest } from '../../engine/oci/digest.ts';
import { formatPlatform, hostPlatform, type Platform } from '../../engine/oci/platform.ts';
import { isRegistry, parseReference, type Reference } from '../../engine/oci/reference.ts';
import { platformIn } from '../referenceText.ts';
import { ImageNode } from '../views/images/imageNode.ts';
import { RemotePlatformNode } from '../views/registries/remotePlatformNode.ts';
import { RemoteTagNode } from '../views/registries/remoteTagNode.ts';
import { MentionNode } from '../views/workspace/mentionNode.ts';

/** What links carry to commands. It comes back through a URI, so it is read as anything might be. */
export interface ReferenceArgument {
  readonly reference: string;
  readonly platform?: string;
}

/** Two images to compare: what a link says of a pin and of what its tag names now. */
export interface PairArgument {
  readonly before: ReferenceArgument;
  readonly after: ReferenceArgument;
}

/** A place in a document; the mention that stands there is looked for anew. */
export interface PlaceArgument {
  readonly uri: string;
  readonly line: number;
  readonly character: number;
}

/** An image to do something with, and for which platform if not this machine's. */
export interface WantedImage {
  readonly reference: Reference;
  readonly platform?: Platform;
}

/** A row of one of the trees, or a link's argument. */
export function wantedImage(argument: unknown): WantedImage | undefined {
  if (argument instanceof ImageNode) return imageOfNode(argument);
  if (argument instanceof MentionNode) return imageOfMention(argument);
  if (argument instanceof RemoteTagNode) return { reference: argument.reference };
  if (argument instanceof RemotePlatformNode) return imageOfPlatform(argument);
  const { reference, platform } = fields(argument);
  if (typeof reference !== 'string' || reference.length > 500) return undefined;
  return withPlatform(parsed(reference), typeof platform === 'string' ? platformIn(platform) : undefined);
}

/** The two images of a link. */
export function pairArgument(argument: unknown): readonly [WantedImage, WantedImage] | undefined {
  if (argument instanceof ImageNode || argument instanceof MentionNode) return undefined;
  const { before, after } = fields(argument);
  const [left, right] = [wantedImage(before), wantedImage(after)];
  return left && right && [left, right];
}

export interface Place {
  readonly uri: Uri;
  readonly position: Position;
}

export function placeArgument(argument: unknown): Place | undefined {
  if (argument instanceof MentionNode) return argument.place;
  const { uri, line, character } = fields(argument);
  if (typeof uri !== 'string' || !isCount(line) || !isCount(character)) return undefined;
  return { uri: Uri.parse(uri, true), position: new Position(line, character) };
}

export function digestArgument(argument: unknown): Digest | undefined {
  const { digest } = fields(argument);
  return typeof digest === 'string' && isDigest(digest) ? digest : undefined;
}

export function registryArgument(argument: unknown): string | undefined {
  const { registry } = fields(argument);
  return typeof registry === 'string' && isRegistry(registry) ? registry : undefined;
}

function imageOfNode({ reference, image }: ImageNode): WantedImage | undefined {
  const isHosts = formatPlatform(image.platform) === formatPlatform(hostPlatform());
  return withPlatform(reference, isHosts ? undefined : image.platform);
}

function imageOfPlatform({ reference, platform }: RemotePlatformNode): WantedImage {
  return { reference, platform };
}

function imageOfMention({ mention }: MentionNode): WantedImage | undefined {
  return withPlatform(mention.reference, platformIn(mention.platform));
}

function withPlatform(
  reference: Reference | undefined,
  platform: Platform | undefined,
): WantedImage | undefined {
  return reference && { reference, ...(platform && { platform }) };
}

function parsed(text: string): Reference | undefined {
  try {
    return parseReference(text);
  } catch (error) {
    if (isEngineError(error, 'Invalid')) return undefined;
    throw error;
  }
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
