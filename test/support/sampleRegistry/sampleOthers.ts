import type { Platform } from '../../../src/engine/oci/platform.ts';
import {
  type BuiltImage,
  buildIndex,
  buildManifest,
  type ImagePlan,
  type Step,
  withoutIndex,
} from './imageBuilder.ts';
import { directory, file, symlink, whiteout } from './layerTar.ts';
import { amd64, arm64, basePath, baseSteps } from './sampleBase.ts';
import { packageFile, packageFiles } from './sampleFiles.ts';

/** One layer packed with zstd, one not packed at all, on those of the base (gzip). */
export function toolsImage(): BuiltImage {
  const created = new Date('2026-05-28T07:15:00Z');
  const steps: Step[] = [
    {
      createdBy: 'COPY node_modules/ /opt/tools/node_modules/ # buildkit',
      created,
      compression: 'zstd',
      files: [
        ...packageFiles('dockerfile-ast', 'opt/tools/node_modules'),
        ...packageFiles('mocha', 'opt/tools/node_modules'),
      ],
    },
    {
      createdBy: 'COPY settings/ /etc/tools/ # buildkit',
      created,
      compression: 'none',
      files: [
        file('etc/tools/settings.json', '{\n  "colour": true,\n  "jobs": 4\n}\n'),
        file('etc/tools/languages.json', packageFile('dockerfile-ast', 'package.json')),
        symlink('usr/local/bin/mocha', '/opt/tools/node_modules/mocha/bin/mocha.js'),
      ],
    },
    { createdBy: 'WORKDIR /work', created, files: [directory('work')] },
  ];
  return buildIndex(
    [amd64, arm64].map((platform) =>
      buildManifest({
        platform,
        steps: [...baseSteps('1.1', platform), ...steps],
        config: { Env: [basePath], WorkingDir: '/work', Labels: { 'acme.example/team': 'developer tools' } },
      }),
    ),
  );
}

/** A tag that names one platform's manifest, as `docker push` of a plain build makes it. */
export function cronImage(): BuiltImage {
  const created = new Date('2026-03-02T05:00:00Z');
  return withoutIndex(
    buildManifest({
      platform: amd64,
      steps: [
        ...baseSteps('1.0', amd64),
        {
          createdBy: 'COPY crontab /etc/crontab # buildkit',
          created,
          files: [
            file('etc/crontab', '*/5 * * * * root /usr/local/bin/sweep\n'),
            file('usr/local/bin/sweep', '#!/bin/sh\nfind /var/spool/acme -mtime +7 -delete\n', 0o755),
            directory('var/spool/acme'),
          ],
        },
      ],
      config: { Env: [basePath], Cmd: ['/usr/local/bin/sweep'] },
    }),
  );
}

/** Docker's own media types throughout: a manifest list over schema 2 manifests. */
export function legacyImage(): BuiltImage {
  const created = new Date('2026-01-29T18:40:00Z');
  const steps: Step[] = [
    {
      createdBy: '/bin/sh -c #(nop) COPY file:8f5c1a9b in /etc/legacy.conf ',
      created,
      files: [file('etc/legacy.conf', 'listen = 0.0.0.0:7000\nworkers = 2\n')],
    },
    {
      createdBy: '/bin/sh -c rm /etc/motd',
      created,
      files: [whiteout('etc/motd')],
    },
    { createdBy: '/bin/sh -c #(nop)  EXPOSE 7000', created },
  ];
  const manifests = [amd64, arm64].map((platform) =>
    buildManifest({
      format: 'docker',
      platform,
      steps: [...baseSteps('1.0', platform), ...steps],
      config: { Env: [basePath], ExposedPorts: { '7000/tcp': {} }, Cmd: ['/usr/bin/hello'] },
    }),
  );
  return buildIndex(manifests, 'docker');
}

/** For Linux and for two builds of Windows. */
export function agentImage(): BuiltImage {
  const plans = [
    linuxAgent(amd64),
    linuxAgent(arm64),
    windowsAgent('10.0.17763.7314'),
    windowsAgent('10.0.20348.3692'),
  ];
  return buildIndex(plans.map(buildManifest));
}

const agentCreated = new Date('2026-06-09T11:00:00Z');
const agentSettings = '{\n  "endpoint": "https://agent.acme.example",\n  "interval": 30\n}\n';

function linuxAgent(platform: Platform): ImagePlan {
  return {
    platform,
    steps: [
      ...baseSteps('1.1', platform),
      {
        createdBy: 'COPY agent.json /etc/agent.json # buildkit',
        created: agentCreated,
        files: [file('etc/agent.json', agentSettings)],
      },
    ],
    config: { Env: [basePath], Entrypoint: ['/usr/bin/hello'] },
  };
}

/** Layers of Windows hold the volume's files below `Files`. */
function windowsAgent(osVersion: string): ImagePlan {
  return {
    platform: { os: 'windows', architecture: 'amd64', osVersion },
    steps: [
      {
        createdBy: `Apply image ${osVersion}`,
        created: new Date('2026-06-02T00:00:00Z'),
        files: [
          directory('Hives'),
          file('Files/License.txt', 'Acme test content, no part of Windows.\r\n'),
          file('Files/Windows/System32/license.rtf', `{\\rtf1 build ${osVersion}}\r\n`),
        ],
      },
      {
        createdBy: 'cmd /S /C #(nop) COPY agent.json C:\\agent\\',
        created: agentCreated,
        files: [directory('Hives'), file('Files/agent/agent.json', agentSettings.replaceAll('\n', '\r\n'))],
      },
    ],
    config: { Entrypoint: ['C:\\agent\\agent.exe'], WorkingDir: 'C:\\agent' },
  };
}
