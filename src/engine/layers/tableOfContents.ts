import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, isDigest } from '../oci/digest.ts';

/** Where a layer lists its own files, so that they can be told without reading it. */
export interface TableOfContents {
  readonly kind: 'estargz' | 'zstd:chunked';
  /** In the layer as distributed. */
  readonly offset: number;
  /** Bytes there. */
  readonly size: number;
  /** What the manifest says of it: of the JSON (eStargz), of the bytes as they are there (zstd:chunked). */
  readonly digest?: Digest;
}

/** https://github.com/containerd/stargz-snapshotter/blob/v0.16.3/docs/estargz.md#toc-and-footer */
const stargzDigest = 'containerd.io/snapshot/stargz/toc.digest';
/** https://github.com/containers/storage/blob/v1.57.1/pkg/chunked/internal/minimal/compression.go */
const chunkedDigest = 'io.github.containers.zstd-chunked.manifest-checksum';
const chunkedPosition = 'io.github.containers.zstd-chunked.manifest-position';

/** Bytes at the end of a layer in which the footers of all kinds are found. */
export const footerBytes = 72;

/** Of zstd:chunked: CRFS, the only one there is. */
const manifestType = 1;

/** Where the manifest says that the table is; `undefined` where the layer itself has to be asked. */
export function tableInAnnotations({ annotations, size }: Descriptor): TableOfContents | undefined {
  const position = annotations?.[chunkedPosition] ?? '';
  const [, offset, length, type] = /^(\d{1,15}):(\d{1,15}):\d{1,15}:(\d{1,3})$/.exec(position) ?? [];
  if (Number(type) !== manifestType) return undefined;
  return within(size, {
    kind: 'zstd:chunked',
    offset: Number(offset),
    size: Number(length),
    ...digestIn(annotations?.[chunkedDigest]),
  });
}

/**
 * Where the end of a layer says that the table is.
 * @param tail the layer's last {@link footerBytes} bytes, or all of a shorter one
 */
export function tableInFooter(descriptor: Descriptor, tail: Uint8Array): TableOfContents | undefined {
  const bytes = Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength);
  return stargzFooter(descriptor, bytes) ?? chunkedFooter(descriptor, bytes);
}

/** Lengths of today's footer and of the one before extra fields had IDs, and where in each the offset stands. */
const stargzFooters: readonly (readonly [length: number, extra: number, offsetAt: number])[] = [
  [51, 26, 16],
  [47, 22, 12],
];

/** An empty gzip member whose extra field has the offset in hex, then `STARGZ`. */
function stargzFooter({ size, annotations }: Descriptor, tail: Buffer): TableOfContents | undefined {
  for (const [length, extra, offsetAt] of stargzFooters) {
    const footer = tail.subarray(Math.max(0, tail.length - length));
    if (footer.length < length || footer.readUInt32BE(0) !== 0x1f8b0804) continue;
    const field = footer.toString('latin1', offsetAt, offsetAt + 22);
    const [, hex] = /^([0-9a-f]{16})STARGZ$/.exec(field) ?? [];
    if (footer.readUInt16LE(10) !== extra || hex === undefined) continue;
    const offset = Number.parseInt(hex, 16);
    return within(size, {
      kind: 'estargz',
      offset,
      size: size - length - offset,
      ...digestIn(annotations?.[stargzDigest]),
    });
  }
  return undefined;
}

const skippableMagic = 0x184d2a50;
const chunkedMagic = 'GNUlInUx';

/** A skippable frame of numbers, the last eight bytes of which are the magic; those of the tar's own headers came later. */
function chunkedFooter({ size, annotations }: Descriptor, tail: Buffer): TableOfContents | undefined {
  for (const length of [64, 40]) {
    const frame = tail.subarray(Math.max(0, tail.length - length - 8));
    if (frame.length < length + 8 || frame.readUInt32LE(0) !== skippableMagic) continue;
    if (frame.readUInt32LE(4) !== length || frame.toString('latin1', length) !== chunkedMagic) continue;
    const [offset = 0, compressed = 0, , type] = [0, 1, 2, 3]
      .map((at) => frame.readBigUInt64LE(8 + at * 8))
      .map(Number);
    if (type !== manifestType) continue;
    return within(size, {
      kind: 'zstd:chunked',
      offset,
      size: compressed,
      ...digestIn(annotations?.[chunkedDigest]),
    });
  }
  return undefined;
}

function digestIn(text: string | undefined): { readonly digest?: Digest } {
  return text !== undefined && isDigest(text) ? { digest: text } : {};
}

function within(layerSize: number, table: TableOfContents): TableOfContents | undefined {
  const { offset, size } = table;
  const isInside = Number.isSafeInteger(offset) && offset > 0 && size > 0 && offset + size <= layerSize;
  return isInside ? table : undefined;
}
