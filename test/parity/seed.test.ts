import { seedImages, seedRepositories } from '../support/dockerHub/seedImages.ts';
import { type LoopbackDockerHub, startDockerHub } from '../support/dockerHub/start.ts';
import { ParityWorld } from '../support/parity/parityWorld.ts';
import { anyOrder, describeParity } from '../support/parity/sideBySide.ts';

let hub: LoopbackDockerHub | undefined;

/** Both are led to a Docker Hub on this machine by `HTTPS_PROXY` and an authority of its own: the names stay the real ones. */
async function behindProxy(): Promise<ParityWorld> {
  hub = await startDockerHub(seedImages(), seedRepositories);
  return ParityWorld.start(hub.environment, hub.registry.host);
}

after(async () => hub?.[Symbol.asyncDispose]());

/** Every command of the text that the product is built from, in its order and with its names. */
describeParity(
  'The seed’s commands on Docker Hub’s names',
  {
    'pulling official images': [
      'image pull alpine:latest',
      'image pull ubuntu:latest',
      'image pull mongo:3.3.11',
      'image pull redis:latest',
      'image pull alpine',
      'image ls',
    ],
    'pulling from users and other registries': [
      'image pull nigelpoulton/tu-demo:v2',
      { run: 'image pull microsoft/powershell:nanoserver', means: /no matching manifest for linux\/amd64/ },
      'image pull microsoft/dotnet:latest',
      'pull gcr.io/nigelpoulton/tu-demo:v2',
    ],
    'all tags of a repository': [
      'image pull -a nigelpoulton/tu-demo',
      'image ls',
      'image pull -a nigelpoulton/tu-demo',
    ],
    'filters and formats': [
      'image pull alpine:latest',
      'image pull python:3.4-alpine',
      'image pull nginx:latest',
      'image ls --filter dangling=true',
      'image ls --filter=reference="*:latest"',
      'image ls --format "{{.Size}}"',
      'image ls --format "{{.Repository}}: {{.Tag}}: {{.Size}}"',
      'image ls --filter before=nginx',
      'image ls --filter since=alpine',
      'image ls --filter label=maintainer=python',
      'image tag alpine:latest dodge:challenger',
      'image tag nginx:latest dodge:challenger',
      'image rm alpine:latest',
      'image ls --filter dangling=true',
      'image prune -f',
      { run: 'image prune -a -f', comparing: anyOrder },
    ],
    searching: [
      'search nigelpoulton',
      'search alpine',
      'search alpine --filter "is-official=true"',
      'search alpine --filter "is-automated=true"',
      'search --limit 100 alpine',
      'search --limit 2 --no-trunc alpine',
    ],
    'layers and history': [
      'image pull ubuntu:latest',
      "image inspect -f '{{.Id}} {{.RepoTags}} {{json .RootFS}}' ubuntu:latest",
      'history ubuntu:latest',
    ],
    digests: [
      'image pull alpine',
      'image ls --digests alpine',
      'image rm alpine:latest',
      'image pull alpine@DIGEST(HUB/library/alpine:latest)',
      'image ls --digests alpine',
      'image pull golang',
      "image inspect -f '{{.Os}}/{{.Architecture}}' golang",
    ],
  },
  behindProxy,
);
