import type { Memento, SecretStorage } from 'vscode';
import { asObject, asString } from '../../engine/oci/json.ts';
import type { Credentials } from '../../engine/registry/credentials.ts';

const hostsKey = 'registriesSignedIn';
const secretKey = (registry: string) => `registry:${registry}`;

/** User names and passwords in VS Code's secret store, each for exactly one host (with port). */
export class RegistrySecrets {
  readonly #secrets: SecretStorage;
  readonly #state: Memento;

  constructor(secrets: SecretStorage, state: Memento) {
    this.#secrets = secrets;
    this.#state = state;
  }

  /** Hosts that there is a secret for; the secret store itself cannot be listed. */
  get registries(): readonly string[] {
    return this.#state.get<readonly string[]>(hostsKey, []);
  }

  async credentials(registry: string): Promise<Credentials | undefined> {
    const text = await this.#secrets.get(secretKey(registry));
    if (text === undefined) return undefined;
    const secret = asObject(JSON.parse(text), 'the stored credentials');
    const username = asString(secret.username, 'username');
    return { kind: 'password', username, password: asString(secret.password, 'password') };
  }

  async store(registry: string, username: string, password: string): Promise<void> {
    await this.#secrets.store(secretKey(registry), JSON.stringify({ username, password }));
    await this.#state.update(hostsKey, [...new Set([...this.registries, registry])].sort());
  }

  async forget(registry: string): Promise<void> {
    await this.#secrets.delete(secretKey(registry));
    await this.#state.update(
      hostsKey,
      this.registries.filter((host) => host !== registry),
    );
  }
}
