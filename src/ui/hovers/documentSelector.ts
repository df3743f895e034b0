import type { DocumentFilter } from 'vscode';

/** Files that may mention images. By name as well, for those whose language nobody has told. */
export const documentSelector: readonly DocumentFilter[] = [
  { language: 'dockerfile' },
  {
    pattern:
      '**/{[Dd]ockerfile,[Dd]ockerfile[.-]*,*.[Dd]ockerfile,[Cc]ontainerfile,[Cc]ontainerfile[.-]*,*.[Cc]ontainerfile}',
  },
];
