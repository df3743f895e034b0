/** What a page finds in its document when it starts, as JSON in `data-boot` of its body. */
export interface Boot<Subject, Strings> {
  /** What the page is about. It comes back to the host, which reads it anew, where the window is restarted. */
  readonly subject: Subject;
  /** The words of the page in the editor's language; `{0}` where something is to be put in. */
  readonly strings: Strings;
}

/** What a page keeps with VS Code, which gives it to the host when the window is restarted. */
export interface KeptState {
  readonly subject: unknown;
  readonly view?: unknown;
}
