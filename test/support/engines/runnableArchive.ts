import { digestOf } from '../../../src/engine/oci/digest.ts';
import { classicArchive, type PlainImage } from '../archives/sampleArchives.ts';
import { waitingProgram } from '../sampleRegistry/helloProgram.ts';
import { directory, file, tarOf } from '../tarWriter.ts';

/** An image whose containers go on running, and that differs from another by what is in `/etc/release`. */
export function runnableImage(tag: string, release: string): PlainImage {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const program = waitingProgram(architecture);
  const layers = [
    tarOf(directory('bin/'), file('bin/wait', program, { mode: 0o755 })),
    tarOf(directory('etc/'), file('etc/release', `${release}\n`)),
  ];
  const diffIds = layers.map((layer) => digestOf(layer));
  const created = '2026-01-02T03:04:05Z';
  const config = Buffer.from(
    JSON.stringify({
      architecture,
      os: 'linux',
      created,
      config: { Entrypoint: ['/bin/wait'] },
      history: ['COPY wait /bin/', `RUN echo ${release} > /etc/release`].map((created_by) => ({
        created,
        created_by,
      })),
      rootfs: { type: 'layers', diff_ids: diffIds },
    }),
  );
  return { tags: [tag], layers, config, id: digestOf(config), diffIds };
}

export function runnableArchive(tag: string, release: string): Buffer {
  return classicArchive(runnableImage(tag, release));
}
