import type { Platform } from '../../../src/engine/oci/platform.ts';
import { type BuiltImage, buildIndex, buildManifest, type Step } from './imageBuilder.ts';
import { directory, file, hardlink, type LayerFile, opaque, ownedBy, symlink, whiteout } from './layerTar.ts';
import { amd64, arm64, type BaseVersion, basePath, baseSteps } from './sampleBase.ts';
import { packageFile, packageFiles, passwd } from './sampleFiles.ts';

export type WebVersion = '1.4.0' | '1.4.1' | '2.0.0';

interface Release {
  readonly base: BaseVersion;
  readonly created: Date;
  readonly packages: readonly string[];
  readonly colour: string;
  readonly ports: readonly string[];
}

const released: Record<WebVersion, Release> = {
  '1.4.0': {
    base: '1.0',
    created: new Date('2026-02-03T10:00:00Z'),
    packages: ['commander', 'jsonc-parser', 'yaml'],
    colour: '#0b7285',
    ports: ['8080/tcp'],
  },
  '1.4.1': {
    base: '1.0',
    created: new Date('2026-03-17T16:45:00Z'),
    packages: ['commander', 'jsonc-parser', 'yaml'],
    colour: '#5f3dc4',
    ports: ['8080/tcp'],
  },
  '2.0.0': {
    base: '1.1',
    created: new Date('2026-05-11T12:20:00Z'),
    packages: ['commander', 'node-fetch', 'yaml'],
    colour: '#2b8a3e',
    ports: ['8080/tcp', '8443/tcp'],
  },
};

/** For amd64 and arm64. 1.4.0 and 1.4.1 differ in their topmost layers alone. */
export function webImage(version: WebVersion): BuiltImage {
  return buildIndex([amd64, arm64].map((platform) => buildManifest(webPlan(version, platform))));
}

function webPlan(version: WebVersion, platform: Platform) {
  const { base, ports } = released[version];
  return {
    platform,
    steps: [...baseSteps(base, platform), ...webSteps(version)],
    annotations: { 'org.opencontainers.image.base.name': `acme/base:${base}` },
    config: {
      User: '1000:1000',
      ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])),
      Env: [basePath, 'NODE_ENV=production', `WEB_VERSION=${version}`],
      Entrypoint: ['/srv/web/bin/web.mjs'],
      Cmd: ['--port', '8080'],
      Volumes: { '/var/lib/web': {} },
      WorkingDir: '/srv/web',
      StopSignal: 'SIGINT',
      Labels: {
        'org.opencontainers.image.title': 'Acme web',
        'org.opencontainers.image.version': version,
        'org.opencontainers.image.source': 'https://code.acme.example/web',
        'org.opencontainers.image.licenses': 'MIT',
      },
    },
  };
}

function webSteps(version: WebVersion): Step[] {
  const { created, ports } = released[version];
  const { packages, created: installed } = version === '1.4.1' ? released['1.4.0'] : released[version];
  return [
    {
      createdBy: 'RUN /bin/sh -c adduser -D -u 1000 web # buildkit',
      created: installed,
      files: userFiles(),
    },
    { createdBy: 'WORKDIR /srv/web', created: installed, files: [directory('srv/web')] },
    {
      createdBy: 'RUN /bin/sh -c npm ci --omit=dev # buildkit',
      created: installed,
      files: [
        ...packages.flatMap((name) => packageFiles(name, 'srv/web/node_modules')),
        ...npmCache(packages),
      ],
    },
    {
      createdBy: 'RUN /bin/sh -c rm -rf /root/.npm/_cacache # buildkit',
      created: installed,
      files: cleaned(),
    },
    { createdBy: 'COPY . . # buildkit', created, files: ownedBy(1000, siteFiles(version)) },
    {
      createdBy: `RUN /bin/sh -c ln -s /srv/web/bin/web.mjs /usr/local/bin/web && cd public && ln app.css app.${version}.css && ln -s app.${version}.css latest.css # buildkit`,
      created,
      files: linkFiles(version),
    },
    { createdBy: `ENV NODE_ENV=production WEB_VERSION=${version}`, created },
    { createdBy: `EXPOSE map[${ports.map((port) => `${port}:{}`).join(' ')}]`, created },
    { createdBy: 'VOLUME [/var/lib/web]', created },
    { createdBy: 'USER 1000:1000', created },
    { createdBy: 'ENTRYPOINT ["/srv/web/bin/web.mjs"]', created },
    { createdBy: 'CMD ["--port" "8080"]', created },
  ];
}

function userFiles(): LayerFile[] {
  return [
    file('etc/passwd', passwd('web:x:1000:1000:Acme web:/home/web:/usr/sbin/nologin')),
    file('etc/group', 'root:x:0:\nnobody:x:65534:\nweb:x:1000:\n'),
    { ...directory('home/web', 0o750), uid: 1000, gid: 1000 },
    { ...directory('var/lib/web', 0o750), uid: 1000, gid: 1000 },
  ];
}

/** What an install leaves lying about and a later step takes away again: bytes that are shipped for nothing. */
function npmCache(packages: readonly string[]): LayerFile[] {
  const archives = packages.map((name) =>
    file(`root/.npm/_cacache/content/${name}.json`, packageFile(name, 'package.json')),
  );
  return [
    directory('root', 0o700),
    ...archives,
    file('root/.npm/_cacache/toolkit.js', packageFile('@vscode/webview-ui-toolkit', 'dist/toolkit.js')),
    file('var/cache/web/warm/index', packageFile('yaml', 'package.json')),
  ];
}

/** The cache by a whiteout, and a folder made anew by an opaque one. */
function cleaned(): LayerFile[] {
  return [
    directory('root', 0o700),
    whiteout('root/.npm/_cacache'),
    whiteout('etc/motd'),
    opaque('var/cache/web'),
    file('var/cache/web/ready', 'ready\n'),
  ];
}

function siteFiles(version: WebVersion): LayerFile[] {
  const { colour } = released[version];
  const manifest = { name: '@acme/web', version, type: 'module', bin: { web: 'bin/web.mjs' } };
  return [
    file('srv/web/package.json', `${JSON.stringify(manifest, undefined, 2)}\n`),
    file('srv/web/bin/web.mjs', serverSource, 0o755),
    file('srv/web/public/index.html', page(version)),
    file('srv/web/public/app.css', `:root { --accent: ${colour}; }\nbody { font: 16px/1.5 system-ui; }\n`),
    file(
      'srv/web/public/toolkit.js',
      packageFile(
        '@vscode/webview-ui-toolkit',
        version === '2.0.0' ? 'dist/toolkit.min.js' : 'dist/toolkit.js',
      ),
    ),
    file('srv/web/public/Änderungen.txt', `Version ${version}: neue Farbe ${colour}\n`),
  ];
}

function linkFiles(version: WebVersion): LayerFile[] {
  const styles = `:root { --accent: ${released[version].colour}; }\nbody { font: 16px/1.5 system-ui; }\n`;
  return [
    symlink('usr/local/bin/web', '/srv/web/bin/web.mjs'),
    ...ownedBy(1000, [
      file('srv/web/public/app.css', styles),
      hardlink(`srv/web/public/app.${version}.css`, 'srv/web/public/app.css'),
    ]),
    symlink('srv/web/public/latest.css', `app.${version}.css`),
  ];
}

function page(version: WebVersion): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Acme ${version}</title>
    <link rel="stylesheet" href="app.css">
    <script type="module" src="toolkit.js"></script>
  </head>
  <body><h1>Acme ${version}</h1></body>
</html>
`;
}

const serverSource = `#!/usr/bin/env node
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { port: { type: 'string', default: '8080' } } });
const pages = new Map([
  ['/', 'index.html'],
  ['/app.css', 'app.css'],
  ['/toolkit.js', 'toolkit.js'],
]);

createServer((request, response) => {
  const page = pages.get(request.url ?? '/');
  if (page) createReadStream(new URL(\`../public/\${page}\`, import.meta.url)).pipe(response);
  else response.writeHead(404).end('not found');
}).listen(Number(values.port));
`;
