import { describeParity, type ParityCase } from '../support/parity/sideBySide.ts';

/**
 * Layers are pushed side by side: which state comes when is the weather, the last one of each is promised. And Docker
 * goes first: what it pushed or mounted is there already when Strata comes.
 */
function pushCompared(stdout: string): unknown {
  const lines = stdout.split('\n').filter((line) => !/: (Preparing|Waiting|Pushing.*)$/.test(line));
  const ends = lines.map((line) =>
    line.replace(/: (Pushed|Mounted from .*|Layer already exists)$/, ': is there'),
  );
  const isLayer = (line: string) => line.endsWith(': is there');
  return [ends.filter((line) => !isLayer(line)), ends.filter(isLayer).toSorted()];
}

const push = (operands: string, more: Partial<ParityCase> = {}): ParityCase => ({
  run: `push ${operands}`,
  comparing: (stdout) => pushCompared(withoutDigest(stdout)),
  ...more,
});

/** Docker packs layers and writes the manifest anew; Strata pushes the bytes that it pulled. */
function withoutDigest(stdout: string): string {
  return stdout.replace(/digest: sha256:[0-9a-f]{64} size: \d+/g, 'digest: DIGEST size: SIZE');
}

describeParity('Pushing beside Docker', {
  push: [
    'pull -q HOST/acme/base:1.0',
    'pull -q HOST/acme/cron',
    'tag HOST/acme/base:1.0 HOST/parity/base:1',
    'tag HOST/acme/cron HOST/parity/base:2',
    'tag HOST/acme/cron HOST/parity/base',
    push('HOST/parity/base:1'),
    push('-q HOST/parity/base:1'),
    push('HOST/parity/base'),
    push('-a HOST/parity/base'),
    'images HOST/parity/base',
    push('HOST/parity/nosuch', { means: /does not exist locally with the tag/ }),
    push('HOST/parity/base:nosuch', { means: /tag does not exist|does not exist locally/ }),
    push('-a HOST/parity/base:1', { means: /tag can't be used with --all-tags/ }),
    push('HOST/parity/base@DIGEST(HOST/acme/base:1.0)', { means: /cannot push a digest reference/ }),
    push('Upper', { means: /must be lowercase/ }),
  ],
});
