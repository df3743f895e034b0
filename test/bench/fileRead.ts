// Times the opening of files deep in one layer of about 600 MB, packed with gzip: the first time, the second, in another
// process, and beside what Node needs to inflate the same bytes.
//
//   node test/bench/fileRead.ts [MEGABYTES]

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { fileContent } from '../../src/engine/layers/fileContent.ts';
import { LayerIndex } from '../../src/engine/layers/layerIndex.ts';
import { LayerPass } from '../../src/engine/layers/layerPass.ts';
import { SeekableLayer } from '../../src/engine/layers/seekableLayer.ts';
import { TarChunks } from '../../src/engine/layers/tarChunks.ts';
import { layerDescriptor } from '../support/layerDescriptor.ts';
import { programPieces } from './programLayer.ts';

const megabytes = Number(process.argv[2] ?? 600);
/** What the issue promises of the second time, ms. */
const limit = 150;

const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
try {
  process.exitCode = await bench();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function bench(): Promise<number> {
  const blob = join(folder, 'layer');
  await pipeline(Readable.from(programPieces(megabytes)), createGzip({ level: 6 }), createWriteStream(blob));
  const index = await indexOf(blob);
  const inflate = await timed(async () => {
    const gunzip = createGunzip({ chunkSize: 1024 * 1024 });
    await pipeline(createReadStream(blob, { highWaterMark: 256 * 1024 }), gunzip, async (bytes) => {
      for await (const _ of bytes);
    });
  });
  console.log(`${megabytes} MB unpacked, ${index.length} entries; one inflate of it all: ${ms(inflate)}`);
  const open = opener(blob, index);
  const near = `/data/${Math.floor(megabytes * 0.1)}`;
  const end = `/data/${megabytes - 1}`;
  const rows: readonly (readonly [string, number, number])[] = [
    ['near the start, first time', await timed(() => open(near)), inflate],
    ['near the start, second time', await timed(() => open(near)), limit],
    ['near the end, first time', await timed(() => open(end)), inflate * 1.5],
    ['near the end, second time', await timed(() => open(end)), limit],
    ['in the middle, passed already', await timed(() => open(`/data/${megabytes >> 1}`)), limit],
    ['near the end, another process', await timed(() => opener(blob, index)(end)), limit],
    [
      'near the end, remembering nothing',
      await timed(() => drain(fileContent({ file: blob }, index, place(index, end)))),
      Number.POSITIVE_INFINITY,
    ],
  ];
  for (const [what, time, most] of rows)
    console.log(`${time <= most ? ' ' : '✗'} ${what.padEnd(36)} ${ms(time).padStart(8)}`);
  return rows.every(([, time, most]) => time <= most) ? 0 : 1;
}

async function indexOf(blob: string): Promise<LayerIndex> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const bytes of createReadStream(blob)) {
    hash.update(bytes);
    size += bytes.length;
  }
  const digest = `sha256:${hash.digest('hex')}`;
  const descriptor = { ...layerDescriptor(Buffer.alloc(0)), digest, size } as ReturnType<
    typeof layerDescriptor
  >;
  const indexFile = join(folder, 'index');
  const pass = new LayerPass({ descriptor, indexFile });
  for await (const bytes of createReadStream(blob, { highWaterMark: 256 * 1024 }))
    await pass.push(Uint8Array.from(bytes));
  await pass.finish();
  return LayerIndex.open(indexFile);
}

function opener(blob: string, index: LayerIndex): (path: string) => Promise<void> {
  const chunks = new TarChunks({ folder: join(folder, 'chunks'), minFreeBytes: 0 });
  const layer = new SeekableLayer({ file: blob }, index.diffId, chunks);
  return (path) => drain(fileContent(layer, index, place(index, path)));
}

function place(index: LayerIndex, path: string): number {
  const at = index.find(Buffer.from(path));
  if (at === undefined) throw new RangeError(path);
  return at;
}

async function drain(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of bytes);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function ms(time: number): string {
  return `${time.toFixed(0)} ms`;
}
