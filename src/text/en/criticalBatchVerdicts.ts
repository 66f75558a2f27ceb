import type { Verdict } from "../../store/verdicts.ts";
import { foundBatch, overheadText } from "../batchParts.ts";
import { whole } from "../format.ts";
import type { Words } from "../words.ts";
import { counted } from "./counted.ts";

type Kinds = "criticalBatch" | "criticalBatchNoProgress" | "criticalBatchUnfinished";

/** What branches of several batch sizes say. */
export const criticalBatchVerdictsEnglish: Words<Extract<Verdict, { readonly kind: Kinds }>> = {
  criticalBatch: ({ step, overhead, smallest, largest, before, change, ...found }) => {
    const { value, lower, upper } = found;
    const more = `${overheadText(overhead)} more examples than ${whole(smallest)}`;
    const end =
      value === null && upper === null
        ? `at step ${whole(step)} even ${whole(lower ?? largest)} examples need less than ${more}: larger batches may pay`
        : `at step ${whole(step)} the critical batch size is ${foundBatch(found)} examples: a larger batch needs over ${more}`;
    if (before === null || change === null) return end;
    const then = `${foundBatch(before)} at step ${whole(before.step)}`;
    return change === "open" ? `${end}; not told from ${then}` : `${end}; it ${change} from ${then}`;
  },
  criticalBatchNoProgress: ({ step, smallest, examples, seeds }) =>
    `no critical batch size at step ${whole(step)}: over ${counted(seeds, "seed")} not even batch ${whole(smallest)} lowers the loss for certain ` +
    `in ${whole(examples)} examples; raise \`--examples\`, take an earlier checkpoint, or lower the learning rate`,
  criticalBatchUnfinished: ({ ended, trials, failed }) =>
    `${whole(ended)} of ${whole(trials)} branches have ended${failed > 0 ? `, ${whole(failed)} failed` : ""}; the same command goes on`,
};
