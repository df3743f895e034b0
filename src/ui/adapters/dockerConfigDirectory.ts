import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Docker's own configuration is. */
export function dockerConfigDirectory(): string {
  return process.env.DOCKER_CONFIG || join(homedir(), '.docker');
}
