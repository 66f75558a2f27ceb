/** What studies and workers tell of a queue of trials, as data whose words stand in `text/`. */

/** What befalls the connection to a queue. */
export type ConnectionEvent =
  /** It is gone, and is tried again for so many seconds. */
  | { readonly kind: "lost"; readonly place: string; readonly seconds: number }
  | { readonly kind: "back"; readonly place: string };

/** What a study tells of its queue. */
export type QueueEvent =
  | ConnectionEvent
  /** Nobody takes trials from it yet. */
  | { readonly kind: "noWorkers"; readonly place: string; readonly queue: string }
  /** A worker cannot train what it was given, which waits for another. */
  | { readonly kind: "refused"; readonly reason: string };

/** A trial by what people call it. */
interface NamedTrial {
  readonly study: string;
  readonly arm: string;
  readonly seed: number;
}

/** What a worker tells while it works. */
export type WorkerEvent =
  | ConnectionEvent
  /** It waits for trials. */
  | { readonly kind: "ready"; readonly place: string; readonly queue: string; readonly jobs: number }
  | ({ readonly kind: "taken" } & NamedTrial)
  | ({
      readonly kind: "ended";
      readonly state: "done" | "diverged" | "failed" | "stopped";
      readonly run: string | null;
      readonly reason: string | null;
    } & NamedTrial)
  /** It ends, and another worker goes on with the trial. */
  | ({ readonly kind: "returned" } & NamedTrial)
  /** It cannot train what is in the queue, which goes back. */
  | { readonly kind: "refused"; readonly reason: string }
  /** Something that only a person can judge. */
  | { readonly kind: "trouble"; readonly reason: string };
