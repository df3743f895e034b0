/** What a registry is told of the user: a name and password, or a token that the token realm exchanges. */
export type Credentials = PasswordCredentials | { readonly kind: 'identityToken'; readonly token: string };

export interface PasswordCredentials {
  readonly kind: 'password';
  readonly username: string;
  readonly password: string;
}

/**
 * Gives what is known for a registry's host (with port; `docker.io` for Docker Hub), `undefined` where nothing is.
 * Never asks a person. Failing must not block anonymous access: a provider that fails says so through its own log.
 */
export type CredentialProvider = (registry: string, signal?: AbortSignal) => Promise<Credentials | undefined>;
