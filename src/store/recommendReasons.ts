import type { Interval } from "../statistics/types.ts";

/** What an advice on the batch rests on. Shares are 0–1, times in seconds. */
export type RecommendReason =
  /** The validation loss that pilots train to: what the present setting reaches in `updates` of its `of`. */
  | { readonly kind: "target"; readonly loss: number; readonly updates: number; readonly of: number }
  | { readonly kind: "pilots"; readonly pilots: number; readonly settings: number; readonly spread: number }
  /** The search ended before its end, as its time was up. */
  | { readonly kind: "unfinished"; readonly seconds: number }
  /** The interval of the saving holds 0. */
  | { readonly kind: "alike"; readonly saving: Interval }
  /** Times what the present setting takes. */
  | { readonly kind: "takes"; readonly seconds: number; readonly examples: number; readonly updates: number }
  /** The advised batch is the largest or the smallest that was tried. */
  | { readonly kind: "edge"; readonly end: "smallest" | "largest"; readonly batchSize: number }
  /** An update of the advised batch in `steps` micro-batches takes so many times as long. */
  | { readonly kind: "cut"; readonly steps: number; readonly ratio: number }
  | { readonly kind: "memory"; readonly largestMicroBatch: number; readonly binds: boolean }
  /** Share of an update's time in which devices agree. */
  | { readonly kind: "sync"; readonly devices: number; readonly share: number }
  /** What β₂ by its half-life came to without accumulation: times what the advice takes. Null where it was no other. */
  | {
      readonly kind: "halfLife";
      readonly batchSize: number;
      readonly beta2: number;
      readonly ratio: Interval | null;
      readonly advised: boolean;
    }
  /** Relative error of the model of costs. */
  | { readonly kind: "costs"; readonly error: number }
  | { readonly kind: "mixing"; readonly layer: string; readonly more: number; readonly batchSize: number }
  | { readonly kind: "constantRate"; readonly schedule: string }
  /** Of a run: in examples; null where its interval has no end. */
  | {
      readonly kind: "noiseScale";
      readonly value: number | null;
      readonly lower: number;
      readonly upper: number | null;
    }
  | { readonly kind: "noNoiseScale" }
  /** A run's times are of one batch: an update of another takes between as long, and in proportion. */
  | { readonly kind: "timesUnknown"; readonly batchSize: number; readonly secondsPerUpdate: number }
  | { readonly kind: "runMemory"; readonly batchSize: number; readonly peakBytes: number }
  | { readonly kind: "withoutPilots" };
