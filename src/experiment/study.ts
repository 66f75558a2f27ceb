/** How a study is watched and ended. */
export interface StudyMeans<Event> {
  /** Ends it where it aborts; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Is told how far it is. */
  readonly listen?: ((event: Event) => void) | undefined;
}
