import type { DocumentKind } from './mention.ts';

/** Every file name that {@link documentKindOf} may know, as a glob of VS Code's; it has the last word. */
export const documentGlob =
  '**/{[Dd]ockerfile,[Dd]ockerfile[.-]*,*.[Dd]ockerfile,[Cc]ontainerfile,[Cc]ontainerfile[.-]*,*.[Cc]ontainerfile,' +
  '*.yml,*.yaml,devcontainer.json,.devcontainer.json,docker-bake*.json,docker-bake*.hcl}';

/**
 * What a file is read as, by its path; `undefined` where it mentions no images. A YAML file that nothing else claims may
 * hold Kubernetes objects: that is decided by its content, and any other YAML gives no mentions.
 * @param path with `/` or `\`, relative or absolute
 * @param languageId the editor's, which a person may have set by hand
 */
export function documentKindOf(path: string, languageId?: string): DocumentKind | undefined {
  const parts = path.split(/[\\/]/);
  return kindByPath(parts.at(-1) ?? '', parts.slice(0, -1)) ?? kindByLanguage(languageId);
}

function kindByPath(name: string, folders: readonly string[]): DocumentKind | undefined {
  const folder = folders.at(-1);
  if (isDockerfile(name)) return 'dockerfile';
  if (isDevcontainer(name, folders)) return 'devcontainer';
  if (/^docker-bake(\.[\w-]+)*\.(json|hcl)$/i.test(name)) return 'bake';
  if (!/\.ya?ml$/i.test(name)) return undefined;
  if (folder === 'workflows' && isCiFolder(folders.at(-2))) return 'workflow';
  if (/^action\.ya?ml$/i.test(name)) return 'workflow';
  if (/(^|\.)gitlab-ci\.ya?ml$/i.test(name)) return 'gitlab';
  if (/^(docker-)?compose([.-][\w.-]+)?\.ya?ml$/i.test(name)) return 'compose';
  return 'kubernetes';
}

function isDockerfile(name: string): boolean {
  return /^(docker|container)file([.-].*)?$|\.(docker|container)file$/i.test(name) && !/ignore$/i.test(name);
}

function isDevcontainer(name: string, folders: readonly string[]): boolean {
  return name === '.devcontainer.json' || (name === 'devcontainer.json' && folders.includes('.devcontainer'));
}

/** GitHub's folder, and those of the forges that run the same workflows. */
function isCiFolder(name: string | undefined): boolean {
  return name === '.github' || name === '.gitea' || name === '.forgejo';
}

function kindByLanguage(languageId: string | undefined): DocumentKind | undefined {
  switch (languageId) {
    case 'dockerfile':
      return 'dockerfile';
    case 'dockercompose':
      return 'compose';
    case 'dockerbake':
      return 'bake';
    case 'github-actions-workflow':
      return 'workflow';
    case 'yaml':
      return 'kubernetes';
    default:
      return undefined;
  }
}
