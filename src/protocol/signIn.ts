import { asFields, asText } from './validate.ts';

/** A call: has the person sign in to a registry. Whether they are signed in then. */
export interface SignIn {
  readonly params: { readonly registry: string };
  readonly slice: never;
  readonly result: boolean;
}

/** @throws `MessageError` */
export function asSignIn(params: unknown): SignIn['params'] {
  return { registry: asText(asFields(params, 'signIn').registry, 'registry', 300) };
}
