/** What a registry asks for with a 401: https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1 */
export type Challenge =
  | { readonly scheme: 'basic' }
  | {
      readonly scheme: 'bearer';
      readonly realm: string;
      readonly service?: string;
      /** Space-separated in the header. */
      readonly scopes: readonly string[];
      /** `insufficient_scope`, `invalid_token` */
      readonly error?: string;
    };

interface RawChallenge {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
}

/**
 * Reads `WWW-Authenticate`, several challenges in one header included. Schemes and parameter names in any case,
 * parameters in any order, quoted or not. Schemes that registries do not use, and a `Bearer` without a realm, are left
 * out.
 */
export function parseChallenges(header: string | null): readonly Challenge[] {
  return rawChallenges(header ?? '').flatMap(challengeOf);
}

const word = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const value = /\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;

function rawChallenges(header: string): RawChallenge[] {
  const challenges: RawChallenge[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match) at = pattern.lastIndex;
    return match;
  };
  while (at < header.length) {
    const name = take(word)?.[0].toLowerCase();
    if (name === undefined) {
      at++;
      continue;
    }
    const given = take(value);
    if (!given) challenges.push({ scheme: name, parameters: new Map() });
    else challenges.at(-1)?.parameters.set(name, given[2] ?? (given[1] ?? '').replace(/\\(.)/g, '$1'));
  }
  return challenges;
}

function challengeOf({ scheme, parameters }: RawChallenge): Challenge[] {
  if (scheme === 'basic') return [{ scheme }];
  const realm = parameters.get('realm');
  if (scheme !== 'bearer' || !realm) return [];
  const service = parameters.get('service');
  const error = parameters.get('error');
  return [
    {
      scheme,
      realm,
      ...(service !== undefined && { service }),
      ...(error !== undefined && { error }),
      scopes: (parameters.get('scope') ?? '').split(' ').filter((scope) => scope !== ''),
    },
  ];
}
