import path from 'node:path';

/** The repository's top folder. */
export const repository = path.resolve(import.meta.dirname, '../..');

/** Where tests leave what a person may want to look at afterwards: screenshots, traces, logs. Not in git. */
export const artifacts = path.join(repository, 'artifacts');

/** VS Code itself and what is built to run inside it. Not in git, kept between runs. */
export const vscodeCache = path.join(repository, '.vscode-test');

/** Absolute path of a file given relative to the repository. */
export function inRepository(...segments: string[]): string {
  return path.join(repository, ...segments);
}

/** The JavaScript file behind a tool of `node_modules`, to be run with a Node.js of our choice. */
export function toolScript(...segments: string[]): string {
  return inRepository('node_modules', ...segments);
}
