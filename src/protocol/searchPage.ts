// What the Search page and the host say to one another.

import type { Validators } from './messages.ts';
import { asSignIn, type SignIn } from './signIn.ts';
import { asBoolean, asCount, asFields, asList, asNothing, asOneOf, asOptional, asText } from './validate.ts';

/** The page is about nothing that it would have to be told. */
export type SearchSubject = Readonly<Record<never, never>>;

/** Where to search for what. */
export interface SearchQuery {
  /** Host of the registry; `docker.io` for Docker Hub. */
  readonly registry: string;
  readonly term: string;
}

export type SearchContract = {
  readonly calls: {
    readonly start: { readonly params: undefined; readonly slice: never; readonly result: SearchStart };
    /** Each slice is all that has been found so far. */
    readonly search: {
      readonly params: SearchQuery;
      readonly slice: FoundRepositories;
      readonly result: undefined;
    };
    /** The tags of a repository, newest first; each slice is all of them that are known so far. */
    readonly tags: {
      readonly params: { readonly repository: string };
      readonly slice: FoundTags;
      readonly result: undefined;
    };
    /** What a tag is today; each slice knows more. */
    readonly tag: {
      readonly params: { readonly reference: string };
      readonly slice: FoundTag;
      readonly result: undefined;
    };
    /** Keeps a search among the recent ones, which are the answer. */
    readonly remember: {
      readonly params: SearchQuery;
      readonly slice: never;
      readonly result: readonly SearchQuery[];
    };
    readonly forgetRecent: { readonly params: undefined; readonly slice: never; readonly result: undefined };
    /** Asks the person for another registry. */
    readonly otherRegistry: {
      readonly params: undefined;
      readonly slice: never;
      readonly result: string | undefined;
    };
    readonly signIn: SignIn;
    readonly act: { readonly params: SearchAction; readonly slice: never; readonly result: SearchNews };
  };
  readonly events: {
    /** Where a `FROM` would be inserted: the name of a Dockerfile that is open; `null` where none is. */
    readonly target: string | null;
  };
};

export interface SearchStart {
  /** That can be chosen from, Docker Hub first. */
  readonly registries: readonly string[];
  readonly recent: readonly SearchQuery[];
  readonly target: string | null;
}

export interface FoundRepositories {
  readonly repositories: readonly FoundRepository[];
  /** How many there are in all, where that is known. */
  readonly total?: number | undefined;
}

export interface FoundRepository {
  /** As one writes it to pull it. */
  readonly name: string;
  readonly description: string;
  readonly official: boolean;
  readonly automated: boolean;
  /** Of a publisher that Docker has verified. */
  readonly verified?: boolean | undefined;
  readonly stars?: number | undefined;
  readonly pulls?: number | undefined;
  /** Milliseconds since 1970. */
  readonly updated?: number | undefined;
}

export interface FoundTags {
  readonly tags: readonly FoundTag[];
  /** How many the repository has, more than are told where they are too many. */
  readonly total: number;
}

export interface FoundTag {
  readonly tag: string;
  /** Of the index, or of the manifest where there is none. */
  readonly digest?: string | undefined;
  readonly platforms?: readonly FoundPlatform[] | undefined;
  /** Milliseconds since 1970: when the registry got it, or else when it was made. */
  readonly updated?: number | undefined;
}

export interface FoundPlatform {
  readonly name: string;
  /** Bytes to download. */
  readonly size?: number | undefined;
}

export const searchActions = ['pull', 'copy', 'copyDigest', 'insert', 'insertPinned', 'inspect'] as const;

/** Something to do with an image. */
export interface SearchAction {
  readonly action: (typeof searchActions)[number];
  readonly reference: string;
  /** `linux/arm64`, where one of several is meant. */
  readonly platform?: string | undefined;
  /** The digest that the page shows for it. */
  readonly shown?: string | undefined;
}

export interface SearchNews {
  /** What has been done; empty where that is plain to see. */
  readonly text: string;
  /** Whether the reference names another image by now than the page shows. */
  readonly hasMoved: boolean;
}

export interface SearchStrings {
  readonly title: string;
  readonly searchName: string;
  readonly placeholder: string;
  readonly registry: string;
  readonly otherRegistry: string;
  readonly filters: string;
  readonly official: string;
  readonly verified: string;
  readonly automated: string;
  readonly stars: string;
  readonly anyStars: string;
  readonly atLeastStars: string;
  readonly order: string;
  readonly orderStars: string;
  readonly orderPulls: string;
  readonly orderUpdated: string;
  readonly orderName: string;
  readonly results: string;
  readonly searching: string;
  readonly found: string;
  readonly foundSome: string;
  readonly foundOne: string;
  readonly asked: string;
  readonly refresh: string;
  readonly homeTitle: string;
  readonly homeText: string;
  readonly listAll: string;
  readonly recent: string;
  readonly clearRecent: string;
  readonly recentIn: string;
  readonly nothingTitle: string;
  readonly nothingText: string;
  readonly filteredTitle: string;
  readonly filteredText: string;
  readonly clearFilters: string;
  readonly showTagsOf: string;
  readonly starCount: string;
  readonly pullCount: string;
  readonly updated: string;
  readonly noDescription: string;
  readonly noTags: string;
  readonly moreTags: string;
  readonly tagCount: string;
  readonly platformCount: string;
  readonly notAsked: string;
  readonly selected: string;
  readonly pull: string;
  readonly copy: string;
  readonly copyDigest: string;
  readonly insert: string;
  readonly insertPinned: string;
  readonly inspect: string;
  readonly insertInto: string;
  readonly noTarget: string;
}

/** No reference is longer: https://github.com/distribution/reference, with room for a host. */
const longestReference = 600;
const longestPlatform = 200;
const longestTerm = 300;

/** @throws `MessageError` */
export function parseQuery(value: unknown): SearchQuery {
  const { registry, term } = asFields(value, 'the query');
  return { registry: asText(registry, 'registry', 300), term: asText(term, 'term', longestTerm) };
}

export const searchValidators: Validators<SearchContract> = {
  start: asNothing,
  search: parseQuery,
  tags: (params) => ({ repository: asText(asFields(params, 'tags').repository, 'repository') }),
  tag: (params) => ({ reference: asText(asFields(params, 'tag').reference, 'reference', longestReference) }),
  remember: parseQuery,
  forgetRecent: asNothing,
  otherRegistry: asNothing,
  signIn: asSignIn,
  act: (params) => {
    const { action, reference, platform, shown } = asFields(params, 'act');
    return {
      action: asOneOf(action, searchActions, 'action'),
      reference: asText(reference, 'reference', longestReference),
      platform: asOptional(platform, (text) => asText(text, 'platform', longestPlatform)),
      shown: asOptional(shown, (text) => asText(text, 'shown')),
    };
  },
};

export const searchOrders = ['stars', 'pulls', 'updated', 'name'] as const;
export type SearchOrder = (typeof searchOrders)[number];

/** Which of the results are shown. The kinds add up: of several that are chosen any will do. */
export interface SearchFilters {
  readonly official: boolean;
  readonly verified: boolean;
  readonly automated: boolean;
  /** At least so many. */
  readonly stars: number;
}

/** What the page keeps for when it comes back: it shows that again and asks nobody. */
export interface SearchView extends SearchQuery {
  readonly filters: SearchFilters;
  readonly order: SearchOrder;
  readonly found?: KeptResults | undefined;
  /** Keys of the rows that are unfolded. */
  readonly unfolded: readonly string[];
  /** Key of the row that keys act on. */
  readonly current?: string | undefined;
  readonly scrollTop: number;
}

export interface KeptResults extends FoundRepositories {
  readonly query: SearchQuery;
  /** When the registry was asked, milliseconds since 1970. */
  readonly asked: number;
  /** By repository, of those that are unfolded. */
  readonly tags: readonly KeptTags[];
}

export interface KeptTags extends FoundTags {
  readonly repository: string;
  /** They were being asked for, or did not all come: they are asked for again. */
  readonly isPart?: boolean | undefined;
}

const mostKept = 20_000;

/** @throws `MessageError` */
export function parseSearchView(kept: unknown): SearchView {
  const view = asFields(kept, 'the view');
  return {
    ...parseQuery(view),
    filters: parseFilters(view.filters),
    order: asOneOf(view.order, searchOrders, 'order'),
    found: asOptional(view.found, parseResults),
    unfolded: asList(view.unfolded, (key) => asText(key, 'key', longestReference), 'unfolded', mostKept),
    current: asOptional(view.current, (key) => asText(key, 'key', longestReference)),
    scrollTop: asCount(view.scrollTop, 'scrollTop'),
  };
}

function parseFilters(value: unknown): SearchFilters {
  const { official, verified, automated, stars } = asFields(value, 'filters');
  return {
    official: asBoolean(official, 'official'),
    verified: asBoolean(verified, 'verified'),
    automated: asBoolean(automated, 'automated'),
    stars: asCount(stars, 'stars'),
  };
}

function parseResults(value: unknown): KeptResults {
  const { query, asked, tags, repositories, total } = asFields(value, 'results');
  return {
    query: parseQuery(query),
    asked: asCount(asked, 'asked'),
    repositories: asList(repositories, parseRepository, 'repositories'),
    total: asOptional(total, (count) => asCount(count, 'total')),
    tags: asList(tags, parseTags, 'tags'),
  };
}

function parseRepository(value: unknown): FoundRepository {
  const { name, description, official, automated, verified, stars, pulls, updated } = asFields(value, 'row');
  return {
    name: asText(name, 'name'),
    description: asText(description, 'description', longestDescription),
    official: asBoolean(official, 'official'),
    automated: asBoolean(automated, 'automated'),
    verified: asOptional(verified, (given) => asBoolean(given, 'verified')),
    stars: asOptional(stars, (count) => asCount(count, 'stars')),
    pulls: asOptional(pulls, (count) => asCount(count, 'pulls')),
    updated: asOptional(updated, (time) => asCount(time, 'updated')),
  };
}

/** The host cuts what a registry tells; nobody reads more of it in a list. */
export const longestDescription = 1000;

function parseTags(value: unknown): KeptTags {
  const { repository, tags, total, isPart } = asFields(value, 'tags');
  return {
    repository: asText(repository, 'repository'),
    tags: asList(tags, parseTag, 'tags', mostKept),
    total: asCount(total, 'total'),
    isPart: asOptional(isPart, (given) => asBoolean(given, 'isPart')),
  };
}

function parseTag(value: unknown): FoundTag {
  const { tag, digest, platforms, updated } = asFields(value, 'tag');
  return {
    tag: asText(tag, 'tag'),
    digest: asOptional(digest, (text) => asText(text, 'digest')),
    platforms: asOptional(platforms, (list) => asList(list, parsePlatform, 'platforms')),
    updated: asOptional(updated, (time) => asCount(time, 'updated')),
  };
}

function parsePlatform(value: unknown): FoundPlatform {
  const { name, size } = asFields(value, 'platform');
  return { name: asText(name, 'name'), size: asOptional(size, (bytes) => asCount(bytes, 'size')) };
}
