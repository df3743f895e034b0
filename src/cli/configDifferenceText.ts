import type { ConfigDifference, ConfigField, ConfigValue } from '../engine/images/compareConfigs.ts';

/** `C env PATH: /bin -> /usr/bin`: the letters of paths, but a path begins with a slash. */
export function configDifferenceText({ field, name, before, after }: ConfigDifference): string {
  const what = [words[field], name].filter((text) => text !== null).join(' ');
  if (before === null) return `A ${what}${behindColon(after)}`;
  if (after === null) return `D ${what}${behindColon(before)}`;
  return `C ${what}: ${valueText(before)} -> ${valueText(after)}`;
}

const words: Record<ConfigField, string> = {
  platform: 'platform',
  user: 'user',
  workingDir: 'workdir',
  entrypoint: 'entrypoint',
  cmd: 'cmd',
  shell: 'shell',
  stopSignal: 'stop signal',
  stopTimeout: 'stop timeout',
  healthcheck: 'healthcheck',
  onBuild: 'onbuild',
  env: 'env',
  port: 'port',
  volume: 'volume',
  label: 'label',
  author: 'author',
  created: 'created',
  dockerVersion: 'docker version',
  history: 'history',
  layer: 'layer',
  mediaType: 'media type',
  artifactType: 'artifact type',
  annotation: 'annotation',
};

function behindColon(value: ConfigValue | null): string {
  return value === null || value === true ? '' : `: ${valueText(value)}`;
}

function valueText(value: ConfigValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
