/** The words that every page has. */
export interface CommonStrings {
  readonly loading: string;
  /** How much of how much has come. */
  readonly received: string;
  readonly cancel: string;
  readonly cancelled: string;
  readonly tryAgain: string;
  readonly signIn: string;
  readonly notFoundTitle: string;
  readonly signInTitle: string;
  readonly offlineTitle: string;
  readonly rateLimitedTitle: string;
  readonly errorTitle: string;
}
