import type { Verdict } from "../../store/verdicts.ts";
import { percent, whole } from "../format.ts";
import { between, plain } from "../verdictParts.ts";
import type { Words } from "../words.ts";

type Kinds = "settingAdvised" | "accumulationAdvised" | "pilotsShort" | "settingExpected";

const ofGoal = { time: "the time", examples: "the examples", updates: "the updates" } as const;

/** What pilots, or a run, say of the batch to take. */
export const recommendVerdictsEnglish: Words<Extract<Verdict, { readonly kind: Kinds }>> = {
  settingAdvised: ({ effectiveBatchSize, learningRate, goal, saving, isPresent, complete }) => {
    const unfinished = complete ? "" : "; not all pilots were trained: the same command goes on";
    if (isPresent)
      return `keep ${whole(effectiveBatchSize)} examples an update at learning rate ${plain(learningRate)}: nothing that was tried takes less of ${ofGoal[goal]}${unfinished}`;
    const saved = `${percent(saving.value)} ${between(saving, percent)} of ${ofGoal[goal]}`;
    const take = `take ${whole(effectiveBatchSize)} examples an update at learning rate ${plain(learningRate)}`;
    return saving.lower > 0
      ? `${take}: that saves ${saved} to the same loss${unfinished}`
      : `${take}: that may save ${saved}, or nothing: it is not told from the present setting${unfinished}`;
  },
  accumulationAdvised: ({
    accumulate,
    savesNothing,
    goal,
    batchSize,
    accumulationSteps,
    memoryBinds,
    devices,
    saves,
  }) => {
    if (!accumulate)
      return savesNothing
        ? "do not accumulate: it saves neither time nor examples here"
        : `do not accumulate: it does not save ${ofGoal[goal]} here`;
    const why = memoryBinds
      ? `no more than ${whole(batchSize)} examples fit at a time`
      : devices > 1
        ? "devices then agree less often"
        : `no larger micro-batch than ${whole(batchSize)} was tried`;
    const saved = saves === null ? "" : `; it saves ${percent(saves)} of the time against the best that does not`;
    return `accumulate ${whole(accumulationSteps)} micro-batches, as ${why}${saved}`;
  },
  pilotsShort: ({ updates, of, near }) =>
    `pilots had ${whole(updates)} of the ${whole(of)} updates, and what is fast to their target need not be best at the end` +
    `${near ? "; the target is so near that few updates tell settings apart" : ""}. Give more \`--seconds\`, or the \`--target-loss\` that you want`,
  settingExpected: ({ effectiveBatchSize, lower, upper, learningRate, goal, isPresent }) =>
    isPresent
      ? `by this run alone, keep ${whole(effectiveBatchSize)} examples an update; anything from ${whole(lower)} to ${whole(upper)} may take as little of ${ofGoal[goal]}`
      : `by this run alone, try ${whole(effectiveBatchSize)} examples an update at learning rate ${plain(learningRate)}; anything from ${whole(lower)} to ${whole(upper)} may take as little of ${ofGoal[goal]}`,
};
