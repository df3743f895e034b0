import { open, readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const pollMilliseconds = 250;

/**
 * Runs `work` while holding a lock file that other processes of this machine respect. A lock whose process is
 * gone is taken over. Rejects when the lock stays held for longer than `timeout` milliseconds.
 */
export async function withLock<T>(file: string, timeout: number, work: () => Promise<T>): Promise<T> {
  await acquire(file, Date.now() + timeout);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(file: string, deadline: number): Promise<void> {
  while (!(await tryCreate(file))) {
    if (await isAbandoned(file)) await rm(file, { force: true });
    else if (Date.now() > deadline) throw new Error(`another process holds ${file}`);
    else await delay(pollMilliseconds);
  }
}

async function tryCreate(file: string): Promise<boolean> {
  try {
    await using handle = await open(file, 'wx');
    await handle.writeFile(String(process.pid));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** An empty file is one whose owner has created it and not yet written its process id: leave it a moment. */
async function isAbandoned(file: string): Promise<boolean> {
  try {
    const pid = Number(await readFile(file, 'utf8'));
    return pid > 0 && !isAlive(pid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
