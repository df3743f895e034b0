import { seedRepositories } from '../support/dockerHub/seedImages.ts';
import { type LoopbackDockerHub, startDockerHub } from '../support/dockerHub/start.ts';
import { ParityWorld } from '../support/parity/parityWorld.ts';
import { describeParity } from '../support/parity/sideBySide.ts';

let hub: LoopbackDockerHub | undefined;

async function behindProxy(): Promise<ParityWorld> {
  hub = await startDockerHub([], seedRepositories);
  return ParityWorld.start(hub.environment, hub.registry.host);
}

after(async () => hub?.[Symbol.asyncDispose]());

describeParity(
  'Searching Docker Hub beside Docker',
  {
    search: [
      'search alpine',
      'search nigelpoulton',
      'search nothing-of-the-kind',
      'search --no-trunc alpine',
      'search --limit 1 alpine',
      'search --limit 100 alpine',
      'search -f is-official=true alpine',
      'search -f is-official=false alpine',
      'search -f is-automated=true alpine',
      'search -f is-automated=false nigelpoulton',
      'search -f stars=300 alpine',
      'search -f stars=300 -f is-official=true alpine',
      "search --format '{{.Name}}: {{.StarCount}}' alpine",
      "search --format '{{.Name}} {{.IsOfficial}} {{.IsAutomated}} {{.Description}}' alpine",
      "search --format 'table {{.Name}}\\t{{.IsOfficial}}\\t{{.IsAutomated}}' alpine",
      "search --format '{{json .}}' nigelpoulton",
      ...['0x1', '0b1', '0o1', '01', '+1', '1_0'].map((limit) => `search --limit ${limit} alpine`),
      ...['many', '1e1', '99999999999999999999', '08'].map((limit) => ({
        run: `search --limit ${limit} alpine`,
        means: /limit/i,
        accepted: { because: 'CLI.md: bad input exits 1, Docker’s client 125', code: 1 },
      })),
      { run: 'search --limit 0 alpine', means: /./ },
      { run: 'search --limit 101 alpine', means: /limit 101 is outside the range of \[1, 100\]/i },
      { run: 'search -f is-official=maybe alpine', means: /invalid filter 'is-official=\[maybe\]'/i },
      { run: 'search -f stars=many alpine', means: /invalid filter 'stars=many'/i },
      { run: 'search -f nosuch=1 alpine', means: /invalid filter 'nosuch'/i },
    ],
  },
  behindProxy,
);
