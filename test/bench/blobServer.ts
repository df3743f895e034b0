// Gives one file over HTTP on loopback, in a process of its own: what serving costs is not the pull's.
//
//   fork('blobServer.ts', [FILE]), which sends its port and ends with its parent

import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const [file = ''] = process.argv.slice(2);

const server = createServer((_, response) => {
  response.setHeader('content-length', statSync(file).size);
  createReadStream(file, { highWaterMark: 256 * 1024 }).pipe(response);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
