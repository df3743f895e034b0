// What the Compare page and the host say to one another.

import { asImageSource, type ImageSource, type Reading } from './imageSource.ts';
import type { Validators } from './messages.ts';
import { asSignIn, type SignIn } from './signIn.ts';
import { asBoolean, asCount, asFields, asList, asNothing, asOneOf, asOptional, asText } from './validate.ts';

/** One of the two images that a page is about. */
export type ComparedImage = ImageSource;

export interface CompareSubject {
  readonly before: ComparedImage;
  readonly after: ComparedImage;
}

export type CompareContract = {
  readonly calls: {
    /** Reads what has to be read of images that are in a registry, and tells how far it is. */
    readonly read: {
      readonly params: undefined;
      readonly slice: Reading;
      readonly result: undefined;
    };
    /** Both images with their layers. The first time, layers are read and verified. */
    readonly images: Answer<Pair<ComparedFacts>>;
    /** What is otherwise in the configs, layers and history left out. */
    readonly config: Answer<readonly ConfigChange[]>;
    readonly packages: Answer<PackageChanges>;
    /** What differs of the files, in byte order of path, then how many of each kind there are. */
    readonly files: {
      readonly params: undefined;
      readonly slice: FileChanges;
      readonly result: Readonly<Record<ChangeKind, number>>;
    };
    /** Shows the bytes of a changed file in the editor's own diff; of one side where there is no other. */
    readonly open: {
      readonly params: { readonly before?: string | undefined; readonly after?: string | undefined };
      readonly slice: never;
      readonly result: undefined;
    };
    readonly copy: {
      readonly params: { readonly text: string };
      readonly slice: never;
      readonly result: undefined;
    };
    readonly signIn: SignIn;
    /** Opens the comparison the other way round. */
    readonly swap: Answer<undefined>;
  };
  readonly events: Record<never, never>;
};

interface Answer<Result> {
  readonly params: undefined;
  readonly slice: never;
  readonly result: Result;
}

export interface Pair<T> {
  readonly before: T;
  readonly after: T;
}

export interface ComparedFacts {
  readonly platform: string;
  /** In the editor's language; empty where the image does not say. */
  readonly created: string;
  /** Bytes of the layers as distributed. */
  readonly size: number;
  /** Bytes of all layers unpacked; `null` where that is not known of one. */
  readonly unpackedSize: number | null;
  /** Lowest first. */
  readonly layers: readonly ComparedLayer[];
}

export interface ComparedLayer {
  readonly diffId: string;
  readonly digest: string;
  /** As its author wrote it; empty where nothing is known. */
  readonly instruction: string;
  /** Bytes as distributed. */
  readonly size: number;
  /** Bytes of the unpacked tar; `null` of a layer in a registry that is known by its table of contents alone. */
  readonly unpackedSize: number | null;
  /** False where its files are known from a table of contents that nobody vouches for. */
  readonly filesVerified: boolean;
}

export interface ConfigChange {
  /** What it is, in the editor's language. */
  readonly field: string;
  /** Which of several: a variable, a port, a label's key. */
  readonly name: string;
  /** `null` where it is not there; empty of what has no value, as a port. */
  readonly before: string | null;
  readonly after: string | null;
}

export interface PackageChanges {
  /** By name. */
  readonly changes: readonly PackageRow[];
  readonly unchanged: number;
}

export interface PackageRow {
  readonly name: string;
  readonly manager: string;
  readonly before: PackageSide | null;
  readonly after: PackageSide | null;
}

export interface PackageSide {
  readonly version: string;
  /** Empty where it is not known. */
  readonly architecture: string;
  readonly source: string;
}

export const changeKinds = ['added', 'removed', 'modified', 'renamed'] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** Rows as columns: there may be hundreds of thousands. */
export interface FileChanges {
  readonly paths: readonly string[];
  /** Places in {@link changeKinds}. */
  readonly kinds: readonly number[];
  /** Whether there are bytes to show in an editor. */
  readonly openable: readonly boolean[];
  readonly isFolder: readonly boolean[];
  /** Bytes; 0 where it is not there. */
  readonly sizesBefore: readonly number[];
  readonly sizesAfter: readonly number[];
  /** Of a renamed file where it was, of a modified one what is otherwise beside its bytes; else empty. */
  readonly details: readonly string[];
}

export interface CompareStrings {
  readonly title: string;
  readonly before: string;
  readonly after: string;
  readonly swap: string;
  readonly reading: string;
  readonly readingLayers: string;
  readonly sizeChange: string;
  readonly sizeSame: string;
  readonly distributed: string;
  readonly distributedOnly: string;
  readonly sections: string;
  readonly packages: string;
  readonly config: string;
  readonly layers: string;
  readonly files: string;
  readonly counting: string;
  readonly unknown: string;
  readonly alike: string;
  readonly changedCount: string;
  readonly addedCount: string;
  readonly removedCount: string;
  readonly modifiedCount: string;
  readonly renamedCount: string;
  readonly commonCount: string;
  readonly differentCount: string;
  readonly noPackageChanges: string;
  readonly noPackages: string;
  readonly noPackagesText: string;
  readonly packagesAlike: string;
  readonly noConfigChanges: string;
  readonly noFileChanges: string;
  readonly noMatch: string;
  readonly noMatchText: string;
  readonly noLayers: string;
  readonly unverified: string;
  readonly commonLayer: string;
  readonly layerNumber: string;
  readonly noInstruction: string;
  readonly absent: string;
  readonly present: string;
  readonly changeCount: string;
  readonly from: string;
  readonly source: string;
  readonly search: string;
  readonly show: string;
  readonly added: string;
  readonly removed: string;
  readonly modified: string;
  readonly renamed: string;
  readonly openDiff: string;
  readonly copyPath: string;
  readonly copy: string;
  readonly details: string;
  readonly arrow: string;
  readonly copied: string;
}

/** Longest path that a page may ask for or copy, in UTF-16 units: what the engine reads at most. */
const longestPath = 10_000;
const longestCopy = 100_000;

export const compareValidators: Validators<CompareContract> = {
  read: asNothing,
  images: asNothing,
  config: asNothing,
  packages: asNothing,
  files: asNothing,
  open: (params) => {
    const { before, after } = asFields(params, 'open');
    return { before: asOptional(before, asPath), after: asOptional(after, asPath) };
  },
  copy: (params) => ({ text: asText(asFields(params, 'copy').text, 'text', longestCopy) }),
  signIn: asSignIn,
  swap: asNothing,
};

function asPath(value: unknown): string {
  return asText(value, 'path', longestPath);
}

/** @throws `MessageError` */
export function parseCompareSubject(kept: unknown): CompareSubject {
  const { before, after } = asFields(kept, 'the subject');
  return {
    before: asImageSource(asFields(before, 'the image')),
    after: asImageSource(asFields(after, 'the image')),
  };
}

export const compareTabs = ['packages', 'config', 'layers', 'files'] as const;
export type CompareTab = (typeof compareTabs)[number];

export type TabNumbers = Readonly<Partial<Record<CompareTab, number>>>;

/** What the page keeps for when it comes back. */
export interface CompareView {
  /** The one that the person has chosen. */
  readonly tab?: CompareTab | undefined;
  /** Current row of each list. */
  readonly rows?: TabNumbers | undefined;
  /** Pixels that each is scrolled by. */
  readonly scroll?: TabNumbers | undefined;
  readonly search?: string | undefined;
  readonly hidden?: readonly ChangeKind[] | undefined;
  /** Folders of the file tree that are otherwise than they are at first. */
  readonly toggled?: readonly string[] | undefined;
  /** Path of the current row of the file tree. */
  readonly path?: string | undefined;
  /** The person has stopped the reading, and not wanted it again. */
  readonly isStopped?: boolean | undefined;
}

/** Folders whose state is kept: more than anybody unfolds by hand. */
export const mostToggled = 500;

export function parseCompareView(kept: unknown): CompareView {
  const { tab, rows, scroll, search, hidden, toggled, path, isStopped } = asFields(kept, 'the view');
  return {
    tab: asOptional(tab, (value) => asOneOf(value, compareTabs, 'tab')),
    rows: asOptional(rows, asTabNumbers),
    scroll: asOptional(scroll, asTabNumbers),
    search: asOptional(search, (value) => asText(value, 'search', longestPath)),
    hidden: asOptional(hidden, (value) =>
      asList(value, (one) => asOneOf(one, changeKinds, 'kind'), 'hidden', changeKinds.length),
    ),
    toggled: asOptional(toggled, (value) => asList(value, asPath, 'toggled', mostToggled)),
    path: asOptional(path, asPath),
    isStopped: asOptional(isStopped, (value) => asBoolean(value, 'isStopped')),
  };
}

function asTabNumbers(value: unknown): TabNumbers {
  const fields = asFields(value, 'numbers');
  const known = compareTabs.filter((tab) => fields[tab] !== undefined);
  return Object.fromEntries(known.map((tab) => [tab, asCount(fields[tab], tab)]));
}
