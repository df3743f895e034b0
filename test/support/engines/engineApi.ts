import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** Asks an engine for what Strata never does: to make, start and remove containers. Rejects where it will not. */
export async function engineApi(
  socket: string,
  method: 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json' };
    const outgoing = request({ socketPath: socket, method, path: `/v1.40${path}`, headers }, (answer) => {
      text(answer).then((said) => {
        if ((answer.statusCode ?? 500) < 400) resolve(said);
        else reject(new Error(`${method} ${path}: ${answer.statusCode} ${said}`));
      }, reject);
    });
    outgoing.once('error', reject);
    outgoing.end(body && JSON.stringify(body));
  });
}

/** A container that is not started. */
export async function createContainer(socket: string, name: string, image: string): Promise<void> {
  await engineApi(socket, 'POST', `/containers/create?name=${name}`, { Image: image, Cmd: ['/hello'] });
}

/** A container of an image of `runnableArchive`, running. */
export async function startContainer(socket: string, name: string, image: string): Promise<void> {
  const body = { Image: image, HostConfig: { NetworkMode: 'none' } };
  await engineApi(socket, 'POST', `/containers/create?name=${name}`, body);
  await engineApi(socket, 'POST', `/containers/${name}/start`);
}

export async function removeContainer(socket: string, name: string): Promise<void> {
  await engineApi(socket, 'DELETE', `/containers/${name}?force=1`);
}
