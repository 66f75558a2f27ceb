import type { BatchRate, ExponentFit } from "../statistics/learningRateExponent.ts";
import type { StudyVerdict } from "../store/verdicts.ts";

/** How many trainings there are. */
export interface ExponentCount {
  readonly ended: number;
  readonly trials: number;
  readonly failed: number;
}

/** What was tried at each batch, in the order of the fit's. */
export interface ExponentTried {
  readonly fit: ExponentFit | null;
  readonly seeds: number;
  readonly rates: readonly number[];
  readonly count: ExponentCount;
}

/** What is said of how the best learning rate follows the batch. */
export function rateExponentVerdict({ fit, seeds, rates, count }: ExponentTried): StudyVerdict {
  if (fit === null) return { kind: "rateExponentUnfinished", ...count };
  const { exponent, lower, upper, batches } = fit;
  const known = batches.flatMap(({ batchSize, learningRate }) =>
    learningRate === null ? [] : [{ batchSize, rate: learningRate.value }],
  );
  if (exponent === null || lower === null || upper === null) {
    const at = batches.findIndex(({ learningRate }) => learningRate === null);
    const { batchSize, state } = batches[at]! as BatchRate & { readonly state: Exclude<BatchRate["state"], "found"> };
    return {
      ...{ kind: "rateExponentUnresolved", batchSize, state, seeds, rates: rates[at]! },
      ...{ known: known.length, batches: batches.length },
    };
  }
  const [smallest, largest] = [known[0]!.batchSize, known.at(-1)!.batchSize];
  return { kind: "rateExponent", exponent, lower, upper, smallest, largest, seeds, bends: bendsOf(fit, known) };
}

/** The exponents at both ends where a straight line does not fit. */
function bendsOf({ bend }: ExponentFit, known: readonly { readonly batchSize: number; readonly rate: number }[]) {
  if (bend === null || (bend.lower <= 0 && bend.upper >= 0)) return null;
  const between = (i: number) =>
    Math.log(known[i + 1]!.rate / known[i]!.rate) / Math.log(known[i + 1]!.batchSize / known[i]!.batchSize);
  return { first: between(0), last: between(known.length - 2) };
}
