import {
  ConfigurationTarget,
  l10n,
  ProgressLocation,
  type QuickPickItem,
  ThemeIcon,
  window,
  workspace,
} from 'vscode';
import { settings } from '../../contributions.ts';
import { isEngineError } from '../../engine/errors.ts';
import { dockerConfigRegistries } from '../../engine/registry/dockerCredentials.ts';
import { githubApi } from '../../engine/registry/githubPackages.ts';
import {
  formatRegistryPlace,
  parseRegistryPlace,
  type RegistryPlace,
} from '../../engine/registry/registryPlace.ts';
import { abortOn } from '../abort.ts';
import { dockerConfigDirectory } from '../adapters/dockerConfigDirectory.ts';
import type { RegistrySecrets } from '../adapters/registrySecrets.ts';
import type { EngineHost } from '../engineHost.ts';
import { asksForSignIn, errorText } from '../errorText.ts';
import { warn } from '../notices.ts';
import { registriesSetting } from '../settings.ts';
import { RegistryNode } from '../views/registries/registryNode.ts';
import { type SignInParts, signIn } from './signingIn.ts';

const dockerHub = 'docker.io';
/** The namespace that everybody knows. */
const officialNamespace = 'library';

/**
 * Asks for a registry and puts it into the Registries view. Whatever credentials there are already are tried first;
 * only where the registry wants others is the person asked to sign in.
 * @returns whether the person signed in, so that what was looked up without is out of date
 */
export async function connectRegistry(parts: SignInParts, argument: unknown): Promise<boolean> {
  const place = await askPlace(parts.secrets, startOf(argument));
  if (!place) return false;
  const outcome = await tryRegistry(parts.host, place.registry);
  if (outcome === 'left') return false;
  const signedIn = outcome === 'sign in' && (await signIn(parts, { registry: place.registry }));
  await changeRegistries((places) => [...places, formatRegistryPlace(place)]);
  return signedIn;
}

/** Takes a registry from the view; its credentials stay. */
export async function disconnectRegistry(argument: unknown): Promise<void> {
  if (!(argument instanceof RegistryNode)) return;
  const gone = formatRegistryPlace(argument.place);
  await changeRegistries((places) => places.filter((place) => place !== gone));
}

async function changeRegistries(change: (places: readonly string[]) => readonly string[]): Promise<void> {
  const { id } = settings.registries;
  const changed = [...new Set(change(registriesSetting().map(formatRegistryPlace)))];
  await workspace.getConfiguration().update(id, changed, ConfigurationTarget.Global);
}

function startOf(argument: unknown): string | undefined {
  const start = typeof argument === 'object' && argument !== null && 'place' in argument && argument.place;
  return typeof start === 'string' && start.length <= 300 ? start : undefined;
}

/** From the registries that are known, or typed; `undefined` where the person left. */
async function askPlace(
  secrets: RegistrySecrets,
  start: string | undefined,
): Promise<RegistryPlace | undefined> {
  const known = start === undefined ? await knownPlaces(secrets) : [];
  const other = { label: l10n.t('Another Registry…'), iconPath: new ThemeIcon('edit') };
  const picked: PlaceItem | undefined =
    start === undefined
      ? await window.showQuickPick<PlaceItem>([...known, other], {
          title: l10n.t('Connect Registry'),
          placeHolder: l10n.t('A registry, or a namespace of one'),
        })
      : other;
  if (!picked) return undefined;
  return picked.place ?? typePlace(start);
}

interface PlaceItem extends QuickPickItem {
  readonly place?: RegistryPlace;
}

function placeItem(place: RegistryPlace, description = ''): PlaceItem {
  return { label: formatRegistryPlace(place), description, place };
}

/** Docker Hub, where the person has signed in, and what Docker's configuration names, less what is connected. */
async function knownPlaces(secrets: RegistrySecrets): Promise<readonly PlaceItem[]> {
  const connected = new Set(registriesSetting().map(formatRegistryPlace));
  const others = new Set([...secrets.registries, ...(await dockersRegistries())]);
  // Neither is a registry to be listed as a whole.
  for (const host of [dockerHub, githubApi]) others.delete(host);
  const known = [...(await hubPlaces(secrets)), ...[...others].map((registry) => placeItem({ registry }))];
  return known.filter(({ label }) => !connected.has(label));
}

async function hubPlaces(secrets: RegistrySecrets): Promise<readonly PlaceItem[]> {
  const official = placeItem(hubPlace(officialNamespace), l10n.t('Docker Official Images'));
  const account = await secrets.credentials(dockerHub);
  if (account?.kind !== 'password') return [official];
  return [official, placeItem(hubPlace(account.username), l10n.t('Your repositories, private ones too'))];
}

function hubPlace(namespace: string): RegistryPlace {
  return { registry: dockerHub, namespace };
}

/** What cannot be read names none: whoever needs the file's credentials is told. */
async function dockersRegistries(): Promise<readonly string[]> {
  if (!workspace.isTrusted) return [];
  try {
    return await dockerConfigRegistries(dockerConfigDirectory());
  } catch (error) {
    void warn(l10n.t('Docker’s configuration cannot be read: {0}', errorText(error)));
    return [];
  }
}

async function typePlace(start: string | undefined): Promise<RegistryPlace | undefined> {
  const typed = await window.showInputBox({
    title: l10n.t('Connect Registry'),
    prompt: l10n.t('Host, with its port if it has one, and a namespace or repository if you want only that'),
    placeHolder: 'ghcr.io/acme',
    ignoreFocusOut: true,
    ...(start !== undefined && { value: start, valueSelection: [start.length, start.length] }),
    validateInput: refusalOf,
  });
  return typed === undefined ? undefined : parseRegistryPlace(typed);
}

function refusalOf(text: string): string | undefined {
  try {
    const { registry, namespace } = parseRegistryPlace(text);
    return registry === dockerHub && namespace === undefined
      ? l10n.t('Docker Hub lists repositories by namespace: {0} for example.', `${dockerHub}/library`)
      : undefined;
  } catch (error) {
    if (!isEngineError(error, 'Invalid')) throw error;
    return l10n.t('Type a host, such as registry.example.com:5000 or ghcr.io/acme.');
  }
}

type Outcome = 'open' | 'sign in' | 'left';

/** Whether the registry lets in who asks now; one that cannot be reached is connected only where the person insists. */
async function tryRegistry(host: EngineHost, registry: string): Promise<Outcome> {
  try {
    await checking(host, registry);
    return 'open';
  } catch (error) {
    if (isEngineError(error, 'Cancelled')) return 'left';
    if (asksForSignIn(error)) return 'sign in';
    const anyway = l10n.t('Connect Anyway');
    return (await warn(errorText(error), anyway)) === anyway ? 'open' : 'left';
  }
}

async function checking(host: EngineHost, registry: string): Promise<void> {
  const title = l10n.t('Connecting to {0}', registry);
  const location = ProgressLocation.Notification;
  await window.withProgress({ location, title, cancellable: true }, async (_, token) => {
    using cancel = abortOn(token);
    await host.engine.checkRegistry(registry, cancel.signal);
  });
}
