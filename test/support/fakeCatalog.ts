import { type FaultServer, startFaultServer } from './registryFaults/faultServer.ts';

export interface FakeCatalog {
  readonly repositories: readonly string[];
  readonly tags?: Readonly<Record<string, readonly string[]>>;
}

/** A registry that knows names and nothing else, page by page as it is asked: for lists longer than real ones. */
export function startFakeCatalog({ repositories, tags = {} }: FakeCatalog): Promise<FaultServer> {
  return startFaultServer(({ url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://registry.invalid');
    const name = /^\/v2\/(.+)\/tags\/list$/.exec(pathname)?.[1];
    const names = pathname === '/v2/_catalog' ? repositories : name === undefined ? undefined : tags[name];
    if (pathname === '/v2/') response.end('{}');
    else if (names === undefined) response.writeHead(404).end('{"errors":[{"code":"NAME_UNKNOWN"}]}');
    else {
      const page = pageOf(names, searchParams);
      if (page.next !== undefined) response.setHeader('Link', `<${pathname}?${page.next}>; rel="next"`);
      response.end(JSON.stringify({ [pathname === '/v2/_catalog' ? 'repositories' : 'tags']: page.names }));
    }
  });
}

function pageOf(names: readonly string[], asked: URLSearchParams) {
  const count = Number(asked.get('n') ?? names.length);
  const start = names.indexOf(asked.get('last') ?? '') + 1;
  const page = names.slice(start, start + count);
  const isLast = start + page.length >= names.length;
  const next = new URLSearchParams({ n: String(count), last: page.at(-1) ?? '' }).toString();
  return { names: page, next: isLast ? undefined : next };
}
