/** A repository that a registry's search found. */
export interface SearchResult {
  /** As a user writes it to pull it: `alpine`, `acme/app`, `ghcr.io/acme/app`. */
  readonly name: string;
  /** As Docker's `search` shows it: a registry's own search names its repositories without the host. */
  readonly listedName: string;
  /** As the registry has it, line breaks included; may be empty. */
  readonly description: string;
  /** Absent where the registry knows no stars (a catalogue). */
  readonly stars?: number;
  readonly official: boolean;
  readonly automated: boolean;
  /** Docker Hub's badge of a publisher that it has verified; absent where that is not known. */
  readonly verifiedPublisher?: boolean;
  /** How often it was pulled, where the registry says so; Docker Hub rounds down (`1B+`). */
  readonly pulls?: number;
  readonly updated?: Date;
}

export interface SearchOptions {
  /** Rows at most, before the other options thin them out, as in Docker: 1 to 100, 25 by default. */
  readonly limit?: number;
  readonly official?: boolean;
  readonly automated?: boolean;
  /** At least so many. */
  readonly stars?: number;
  /**
   * Asks Docker Hub a second time, for what its older search does not tell: verified publishers, pulls, times. Where
   * that fails these are absent.
   */
  readonly details?: boolean;
}

/** What a search has found so far, most stars first. */
export interface SearchSnapshot {
  readonly results: readonly SearchResult[];
  /** How many repositories fit the term in all, filters and limit aside, where that is known. */
  readonly total?: number;
}
