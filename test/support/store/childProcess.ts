import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface StoreChild extends AsyncDisposable {
  readonly process: ChildProcess;
  /** Waits for the child to say so. */
  said(message: string): Promise<void>;
  /** Rejects where the child failed. */
  finished(): Promise<void>;
  kill(): Promise<void>;
}

/** Another process working on the store: one of the works in `storeWork.ts`. Killed at the latest when disposed of. */
export function startStoreChild(work: string, directory: string, ...args: string[]): StoreChild {
  const script = fileURLToPath(new URL('./storeWork.ts', import.meta.url));
  const child = fork(script, [work, directory, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [],
  });
  const heard = new Set<string>();
  child.on('message', (message) => heard.add(String(message)));
  const exit = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
  };
  return {
    process: child,
    async said(message) {
      while (!heard.has(message)) {
        const [event] = await Promise.race([once(child, 'message'), exit.then(() => ['exit'])]);
        if (event === 'exit' && !heard.has(message))
          throw new Error(`the child ended before it said ${message}`);
      }
    },
    async finished() {
      const [code, signal] = await exit;
      if (code !== 0) throw new Error(`the child ended with ${code ?? signal}`);
    },
    kill,
    [Symbol.asyncDispose]: kill,
  };
}
