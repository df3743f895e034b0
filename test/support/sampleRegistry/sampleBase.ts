import { formatPlatform, type Platform } from '../../../src/engine/oci/platform.ts';
import type { HelloArchitecture } from './helloProgram.ts';
import { type BuiltImage, buildIndex, buildManifest, type Step } from './imageBuilder.ts';
import { certificateFiles, distributionFiles } from './sampleFiles.ts';

export const amd64: Platform = { os: 'linux', architecture: 'amd64' };
export const arm64: Platform = { os: 'linux', architecture: 'arm64' };
export const armV7: Platform = { os: 'linux', architecture: 'arm', variant: 'v7' };

export type BaseVersion = '1.0' | '1.1';

const released: Record<BaseVersion, Date> = {
  '1.0': new Date('2026-01-12T09:30:00Z'),
  '1.1': new Date('2026-04-20T14:05:00Z'),
};

export const basePath = 'PATH=/usr/local/bin:/usr/bin';

/** Both versions and all platforms share the layer of certificates. */
export function baseSteps(version: BaseVersion, platform: Platform): Step[] {
  const created = released[version];
  return [
    {
      createdBy: 'COPY ca-certificates.crt /etc/ssl/certs/ # buildkit',
      created: new Date('2026-01-05T08:00:00Z'),
      files: certificateFiles(),
    },
    {
      createdBy: `ADD acme-linux-${version}-${platform.architecture}.tar.xz / # buildkit`,
      created,
      files: distributionFiles(version, platform.architecture as HelloArchitecture),
    },
    { createdBy: `ENV ${basePath}`, created },
    { createdBy: 'CMD ["/usr/bin/hello"]', created },
  ];
}

/** For amd64, arm64 and arm/v7. */
export function baseImage(version: BaseVersion): BuiltImage {
  const manifests = [amd64, arm64, armV7].map((platform) =>
    buildManifest({
      platform,
      steps: baseSteps(version, platform),
      config: {
        Env: [basePath],
        Cmd: ['/usr/bin/hello'],
        Labels: {
          'org.opencontainers.image.title': 'Acme base',
          'org.opencontainers.image.description': `A small Linux for ${formatPlatform(platform)}`,
          'org.opencontainers.image.version': version,
        },
      },
    }),
  );
  return buildIndex(manifests, 'oci', { 'org.opencontainers.image.version': version });
}
