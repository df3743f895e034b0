/** A repository that a registry's search found. */
export interface SearchResult {
  /** As a user writes it: `alpine`, `acme/app`, `ghcr.io/acme/app`. */
  readonly name: string;
  readonly description: string;
  /** Absent where the registry knows no stars (a catalogue). */
  readonly stars?: number;
  readonly official: boolean;
  readonly automated: boolean;
  /** Docker Hub's badge of a publisher that it has verified. */
  readonly verifiedPublisher: boolean;
  /** How often it was pulled, where the registry says so. */
  readonly pulls?: number;
  readonly updated?: Date;
}

export interface SearchOptions {
  /** Rows at most: 1 to 100, 25 by default. */
  readonly limit?: number;
  readonly official?: boolean;
  readonly automated?: boolean;
  /** At least so many. */
  readonly stars?: number;
}
