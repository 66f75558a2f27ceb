import { canonicalOption } from "../../session/configuration.ts";
import type { StudyBudget } from "../../store/studies/study.ts";
import { option, UsageError } from "../../tensor/errors.ts";

/** Of a protocol, what it trains unless options say otherwise. */
const protocols: Readonly<
  Record<string, { readonly updates: number; readonly flags: Readonly<Record<string, string>> }>
> = {
  "source-003": {
    updates: 100,
    flags: {
      model: "gpt2:nano",
      data: "moby-dick",
      batchSize: "2",
      gradientAccumulationSteps: "1,4,8,16",
      optimizer: "adamw",
      learningRate: "5e-5",
      weightDecay: "0.01",
    },
  },
};

export interface ProtocolRequest {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly budget?: StudyBudget | undefined;
  /** Options that a protocol has no place for, as they are called. */
  readonly others: readonly string[];
}

/**
 * The options of `train` and the budget by which a protocol compares; options that are given go before its own. Throws
 * `UsageError` for an unknown protocol and for what makes it another one.
 */
export function protocolOf(name: string, { flags, budget, others }: ProtocolRequest) {
  const known = Object.hasOwn(protocols, name) ? protocols[name]! : null;
  if (known === null)
    throw new UsageError(
      `${option("protocol")}: expected ${Object.keys(protocols).join(" or ")}, got ${JSON.stringify(name)}; choose one`,
    );
  const stray = others[0] ?? (budget && budget.kind !== "updates" ? "budget" : undefined);
  if (stray !== undefined)
    throw new UsageError(
      `${option("protocol")}: expected equal updates and lists of numbers alone with ${name}, got ${option(stray)}; leave one of them out`,
    );
  const given = Object.keys(flags).filter((key) => flags[key] !== undefined);
  const said = new Set(given.map(canonicalOption));
  const own = Object.entries(known.flags).filter(([key]) => !said.has(key));
  return {
    kind: "source-003" as const,
    flags: { ...Object.fromEntries(own), ...flags },
    budget: budget ?? ({ kind: "updates", value: known.updates } as const),
  };
}
