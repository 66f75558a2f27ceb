import type { Verdict } from "../../store/verdicts.ts";
import { foundBatch, foundCritical, overheadText, probabilityText } from "../batchParts.ts";
import { significant, whole } from "../format.ts";
import type { Words } from "../words.ts";
import { counted } from "./counted.ts";

type Kinds =
  | "criticalBatch"
  | "criticalBatchNoProgress"
  | "criticalBatchUnfinished"
  | "paretoCriticalBatch"
  | "paretoUnfit"
  | "paretoUnknown";

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
  paretoCriticalBatch: ({ target, smallest, largest, seeds, ...found }) =>
    `the critical batch size is ${foundCritical(found)} examples on the way to the loss ${significant(target)}: there both steps and examples are ` +
    `twice what they must be (batches of ${whole(smallest)} to ${whole(largest)}, ${counted(seeds, "seed")}, each with its own rate)`,
  paretoUnfit: ({ target, p, schedule, batches, seeds }) =>
    `no critical batch size: the steps to the loss ${significant(target)} follow no hyperbola over ${whole(batches)} batches and ${counted(seeds, "seed")} (p ${probabilityText(p)})` +
    (schedule === "constant"
      ? "; a constant learning rate is known to break it: try a schedule, or another target"
      : "; try finer rates, or another target"),
  paretoUnknown: ({ target, reaches, batches }) =>
    `no critical batch size: ${whole(reaches)} of ${counted(batches, "batch size")} reach the loss ${significant(target)} with every seed, which is too little to bound it; ` +
    "raise `--target-loss`, or train longer",
};
