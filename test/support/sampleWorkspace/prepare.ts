import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { composeFile, multiStageDockerfile, readme, smallDockerfile } from './files.ts';
import { sessionScript } from './session.ts';

export interface SampleWorkspaceOptions {
  /** Host (with port) of a running sample registry. */
  readonly host: string;
  /** Made where it is missing; files of the same names are written anew. */
  readonly directory: string;
}

/** Writes a folder whose files mention the sample registry's images in every way that counts. */
export async function prepareSampleWorkspace({ host, directory }: SampleWorkspaceOptions): Promise<void> {
  const pinned = await digestOfTag(host, 'acme/base', '1.0');
  const files = {
    'README.md': readme(host),
    Dockerfile: multiStageDockerfile(host, pinned),
    'tools/Dockerfile': smallDockerfile(host),
    'compose.yaml': composeFile(host, pinned),
    'session.sh': sessionScript(host),
    'site/index.html': '<!doctype html>\n<title>Acme</title>\n<h1>Acme</h1>\n',
    'site/settings.json': '{\n  "colour": "#2b8a3e"\n}\n',
  };
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

/** What the registry itself says, so that the pin is true. */
async function digestOfTag(host: string, repository: string, tag: string): Promise<string> {
  const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, { method: 'HEAD' });
  const digest = answer.headers.get('docker-content-digest');
  if (!answer.ok || digest === null) throw new Error(`${host} has no ${repository}:${tag}: ${answer.status}`);
  return digest;
}
