/** What `landscape` can measure, each alone if asked. */
export const landscapeParts = ["verdict", "trace", "density", "sharpness", "critical", "slice"] as const;
export type LandscapePart = (typeof landscapeParts)[number];

/** Parts of the network that are looked at alone. */
export type GroupKind = "layer" | "block";

/** What the loss is drawn along. */
export type SliceKind = "line" | "plane" | "path" | "between";

/** What progress is told of. */
export type MeteredPart = LandscapePart | "history" | "twin" | GroupKind | "preconditioned";

/** Who is told how far a measurement is. */
export interface Meter {
  /** Passes over the examples that the next part takes at most. */
  start(part: MeteredPart, passes: number): void;
  /** Examples that went through the network since the last call. */
  passed(examples: number): void;
}

/** No part begins after this share of the time. */
export const LATEST = 0.95;

/** A measurement that ends early says what it has. */
export interface Budget {
  /** Whether this share of the time is over. */
  isOver(share: number): boolean;
  /** Numbers that vectors beside the network may take. */
  readonly numbers: number;
}

/** `seconds` from now, measured by `clock` in milliseconds; a quarter of the memory is for vectors. */
export function budgetOf(
  { seconds, memoryBudget }: { readonly seconds?: number | undefined; readonly memoryBudget: number },
  clock: () => number = () => performance.now(),
): Budget {
  const begun = clock();
  return {
    isOver: (share) => seconds !== undefined && clock() - begun > share * seconds * 1000,
    numbers: memoryBudget / 4 / Float64Array.BYTES_PER_ELEMENT,
  };
}

/** Ends a measurement that has nothing to say before it is whole, once the time is over. */
export interface Limit {
  /** Told what went through the network. */
  passed(examples: number): void;
  /** What is measured, or "time" where that was over before. */
  during<T>(measure: () => Promise<T>): Promise<T | "time">;
}

class TimeIsOver extends Error {}

/** After each run of the engine it is looked at the time. */
export function limitOf(budget: Budget, passed: Meter["passed"]): Limit {
  let isOn = false;
  return {
    passed(examples) {
      passed(examples);
      if (isOn && budget.isOver(1)) throw new TimeIsOver();
    },
    async during(measure) {
      isOn = true;
      try {
        return await measure();
      } catch (error) {
        if (!(error instanceof TimeIsOver)) throw error;
        return "time";
      } finally {
        isOn = false;
      }
    },
  };
}
