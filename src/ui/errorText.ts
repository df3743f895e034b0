import { l10n, workspace } from 'vscode';
import { assertNever, type EngineError, firstFailure, isEngineError } from '../engine/errors.ts';
import { hasBrokenOff } from '../engine/registry/networkError.ts';
import { inertText } from './foreignText.ts';
import { formatMoment } from './format.ts';

/** What went wrong and what to do about it, in one or two short sentences: the one place where errors are worded for people. */
export function errorText(thrown: unknown): string {
  const error = firstFailure(thrown);
  if (isEngineError(error)) return inertText(engineErrorText(error), 300);
  return l10n.t('Something unexpected went wrong: {0}', inertText(messageOf(error), 200));
}

/** Whether signing in may help. */
export function asksForSignIn(error: unknown): boolean {
  return isEngineError(error, 'Unauthorized', 'Forbidden');
}

function engineErrorText(error: EngineError): string {
  const { reason, facts } = error;
  // Docker engines say themselves what is the matter.
  if (facts.engine !== undefined) return sentence(error.message);
  const what = facts.reference ?? facts.path ?? l10n.t('it');
  const registry = registryName(facts.registry);
  switch (reason) {
    case 'Invalid':
      return sentence(error.message);
    case 'NotFound':
      return facts.registry === undefined
        ? sentence(error.message)
        : l10n.t('{0} was not found. Check the name and the tag.', facts.reference ?? registry);
    case 'NoSuchPlatform':
      return facts.available?.length
        ? l10n.t('{0} is not built for this platform. It has {1}.', what, facts.available.join(', '))
        : l10n.t('{0} is not built for this platform.', what);
    case 'Unauthorized':
      return withTrust(
        facts.reference === undefined
          ? l10n.t('{0} asks you to sign in.', registry)
          : l10n.t('{0} does not give {1} without signing in, or it does not exist.', registry, what),
      );
    case 'Forbidden':
      return withTrust(l10n.t('{0} does not let you use {1}. Another account may.', registry, what));
    case 'RateLimited':
      return facts.retryAt
        ? l10n.t('{0} limits requests; try again after {1}.', registry, formatMoment(facts.retryAt))
        : l10n.t('{0} limits requests; try again later, or sign in.', registry);
    case 'DigestMismatch':
      return facts.path === undefined
        ? l10n.t('The bytes of {0} are not what their digest says; nothing was kept.', what)
        : l10n.t('{0} is damaged on the disk; pulling the image again mends it.', what);
    case 'Corrupt':
      return l10n.t('The image is broken: {0}.', withoutStop(error.message));
    case 'TooLarge':
    case 'Unsupported':
    case 'InUse':
    case 'Ambiguous':
    case 'Conflict':
    case 'Insecure':
    case 'Io':
      return sentence(error.message);
    case 'Offline':
      return hasBrokenOff(error)
        ? l10n.t('The connection to {0} broke off. Try again.', registry)
        : l10n.t('{0} cannot be reached. Check the connection and the name.', registry);
    case 'TimedOut':
      return l10n.t('{0} stopped answering. Try again.', registry);
    case 'RegistryError':
      return facts.registry !== undefined && error.message.includes(facts.registry)
        ? sentence(error.message)
        : l10n.t('{0} failed: {1}.', registry, withoutStop(error.message));
    case 'Cancelled':
      return l10n.t('Cancelled.');
    default:
      return assertNever(reason);
  }
}

/** Where nobody is signed in because the workspace is not trusted, that is the reason. */
function withTrust(text: string): string {
  return workspace.isTrusted ? text : `${text} ${l10n.t('No credentials are used in Restricted Mode.')}`;
}

/** Docker Hub answers at another host than the one that people write. */
function registryName(host: string | undefined): string {
  if (host === undefined) return l10n.t('The registry');
  return host === 'registry-1.docker.io' || host === 'docker.io' ? 'Docker Hub' : host;
}

function sentence(message: string): string {
  const text = withoutStop(message);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function withoutStop(message: string): string {
  return message.replace(/\.$/, '');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
