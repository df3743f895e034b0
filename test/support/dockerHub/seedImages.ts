import type { Platform } from '../../../src/engine/oci/platform.ts';
import { randomBytes } from '../randomImage.ts';
import {
  type BuiltImage,
  type BuiltManifest,
  buildIndex,
  buildManifest,
  type Step,
  withoutIndex,
} from '../sampleRegistry/imageBuilder.ts';
import { file } from '../sampleRegistry/layerTar.ts';
import type { SampleImage } from '../sampleRegistry/sampleImages.ts';
import type { HubRepository } from './search.ts';

const linux: Platform = { os: 'linux', architecture: 'amd64' };
const arm: Platform = { os: 'linux', architecture: 'arm64' };
const windows: Platform = { os: 'windows', architecture: 'amd64', osVersion: '10.0.17763.1' };

/** The names, tags and relations of the images that the seed's text works with, each a few kilobytes large. */
export function seedImages(): SampleImage[] {
  const [one, two] = [plan('tu-demo', ['base', 'app'], 1), plan('tu-demo', ['base', 'app', 'fix'], 2)];
  return [
    official('alpine', ['latest', '3.5'], multiPlatform('alpine', ['os'], 3)),
    official('alpine', ['edge'], multiPlatform('alpine', ['os', 'edge'], 4)),
    official('ubuntu', ['latest'], multiPlatform('ubuntu', ['os', 'apt', 'sources', 'lists', 'run'], 5)),
    official('mongo', ['3.3.11'], withoutIndex(plan('mongo', ['os', 'mongod'], 6))),
    official('redis', ['latest'], withoutIndex(plan('redis', ['os', 'redis'], 7))),
    official('python', ['3.4-alpine'], withoutIndex(plan('python', ['os', 'python3.4'], 8))),
    official('nginx', ['latest'], withoutIndex(plan('nginx', ['os', 'nginx'], 9))),
    official(
      'golang',
      ['latest'],
      buildIndex([plan('golang', ['os', 'go'], 10), plan('golang', ['win'], 10, windows)]),
    ),
    { repository: 'nigelpoulton/tu-demo', tags: ['latest', 'v1'], image: withoutIndex(one) },
    { repository: 'nigelpoulton/tu-demo', tags: ['v2'], image: withoutIndex(two) },
    {
      repository: 'microsoft/dotnet',
      tags: ['latest'],
      image: buildIndex([plan('dotnet', ['os', 'net'], 11), plan('dotnet', ['win'], 11, windows)]),
    },
    {
      repository: 'microsoft/powershell',
      tags: ['nanoserver'],
      image: buildIndex([plan('pwsh', ['win'], 12, windows)], 'docker'),
    },
  ];
}

export const seedRepositories: readonly HubRepository[] = [
  {
    name: 'alpine',
    description:
      'A minimal Docker image based on Alpine Linux with a complete package index and only 5 MB in size!',
    star_count: 2988,
    is_official: true,
  },
  { name: 'mhart/alpine-node', description: 'Minimal Node.js built on Alpine Linux', star_count: 332 },
  {
    name: 'anapsix/alpine-java',
    description: 'Oracle Java 8 (and 7) with GLIBC 2.23 over AlpineLinux',
    star_count: 270,
    is_automated: true,
  },
  {
    name: 'nigelpoulton/pluralsight-docker-ci',
    description: 'Web app used in my Docker courses',
    star_count: 8,
    is_automated: true,
  },
  { name: 'nigelpoulton/tu-demo', description: '', star_count: 7 },
  { name: 'nigelpoulton/k8sbook', description: 'Kubernetes Book web app', star_count: 1 },
];

function official(name: string, tags: readonly string[], image: BuiltImage): SampleImage {
  return { repository: `library/${name}`, tags, image };
}

function multiPlatform(name: string, layers: readonly string[], month: number): BuiltImage {
  return buildIndex([plan(name, layers, month), plan(name, layers, month, arm)]);
}

/** @param month of 2025 in which it was made, counted on: no two images are equally old */
function plan(name: string, layers: readonly string[], month: number, platform = linux): BuiltManifest {
  const created = new Date(Date.UTC(2025, month, 1));
  const steps: Step[] = layers.map((layer) => ({
    createdBy: `/bin/sh -c #(nop) ADD file:${layer} in / `,
    created: new Date(Date.UTC(2025, 0, 1)),
    files: [
      file(
        `srv/${name}/${layer}`,
        randomBytes(`${name} ${layer} ${platform.os} ${platform.architecture}`, 3000),
      ),
    ],
  }));
  return buildManifest({
    platform,
    format: 'docker',
    steps: [...steps, { createdBy: '/bin/sh -c #(nop)  CMD ["/bin/sh"]', created }],
    config: { Cmd: ['/bin/sh'], Env: ['PATH=/usr/bin:/bin'], Labels: { maintainer: name } },
  });
}
