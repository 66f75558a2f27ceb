import type { Verdict } from "../../store/verdicts.ts";
import { type ExponentRule, rulesBy } from "../exponentParts.ts";
import { significant, whole, withInterval } from "../format.ts";
import type { Words } from "../words.ts";
import { counted } from "./counted.ts";

type Kinds = "rateExponent" | "rateExponentUnresolved" | "rateExponentUnfinished";

const names: Readonly<Record<ExponentRule, string>> = { sqrt: "√ (0.5)", linear: "linear (1)", none: "unchanged (0)" };
function why(state: "smallest" | "largest" | "flat", rates: string): string {
  if (state === "smallest") return `it may lie at the smallest of ${rates} rates, or below`;
  return state === "largest"
    ? `it may lie at the largest of ${rates} rates, or above`
    : `the loss does not tell the ${rates} rates apart`;
}

/** What trainings at several batch sizes and learning rates say. */
export const rateExponentVerdictsEnglish: Words<Extract<Verdict, { readonly kind: Kinds }>> = {
  rateExponent: ({ exponent, lower, upper, smallest, largest, bends }) => {
    const grows = lower > 0 ? "grows with" : "follows";
    const power = withInterval({ value: exponent, lower, upper });
    const found = `${grows} the batch to the power ${power} from ${whole(smallest)} to ${whole(largest)} examples: ${fits({ lower, upper })}`;
    if (bends === null) return found;
    const { first, last } = bends;
    return `${found}; no single power fits, as it is ${significant(first)} between the smallest batches and ${significant(last)} between the largest`;
  },
  rateExponentUnresolved: ({ batchSize, state, rates, known, batches }) =>
    `no exponent: of batch ${whole(batchSize)} no best rate is known, as ${why(state, whole(rates))} ` +
    `(known of ${known} of ${whole(batches)} batches); ${state === "flat" ? "raise `--seeds` or `--examples`" : "raise `--most-rates`"}`,
  rateExponentUnfinished: ({ ended, trials, failed }) =>
    `${whole(ended)} of ${counted(trials, "training")} have ended${failed > 0 ? `, ${whole(failed)} failed` : ""}; the same command goes on`,
};

function fits(interval: { readonly lower: number; readonly upper: number }): string {
  const { fitting, others } = rulesBy(interval);
  const listed = (rules: readonly ExponentRule[]) =>
    rules
      .map((rule) => names[rule])
      .join(", ")
      .replace(/, ([^,]*)$/, " and $1");
  if (others.length === 0) return `${listed(fitting)} all fit, so that more \`--seeds\` are needed`;
  if (fitting.length === 0) return `none of ${listed(others)} fits`;
  const verb = (rules: readonly ExponentRule[], one: string, more: string) => (rules.length === 1 ? one : more);
  return `${listed(fitting)} ${verb(fitting, "fits", "fit")}, ${listed(others)} ${verb(others, "does", "do")} not`;
}
