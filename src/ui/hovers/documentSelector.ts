import type { DocumentFilter } from 'vscode';
import { documentGlob } from '../../documents/documentKind.ts';

/** Files that may mention images. By name as well, for those whose language nobody has told. */
export const documentSelector: readonly DocumentFilter[] = [
  { language: 'dockerfile' },
  { language: 'dockercompose' },
  { language: 'dockerbake' },
  { pattern: documentGlob },
];
