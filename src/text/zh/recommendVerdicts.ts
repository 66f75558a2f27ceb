import type { Verdict } from "../../store/verdicts.ts";
import { percent, whole } from "../format.ts";
import { between, plain } from "../verdictParts.ts";
import type { Words } from "../words.ts";

type Kinds = "settingAdvised" | "accumulationAdvised" | "pilotsShort" | "settingExpected";

const ofGoal = { time: "时间", examples: "样本", updates: "更新次数" } as const;

/** The words of `recommendVerdictsEnglish` in Chinese. */
export const recommendVerdictsChinese: Words<Extract<Verdict, { readonly kind: Kinds }>> = {
  settingAdvised: ({ effectiveBatchSize, learningRate, goal, saving, isPresent, complete }) => {
    const unfinished = complete ? "" : "；试训尚未做完：同一条命令会继续";
    if (isPresent)
      return `保持每次更新 ${whole(effectiveBatchSize)} 个样本、学习率 ${plain(learningRate)}：试过的设置都不更省${ofGoal[goal]}${unfinished}`;
    const saved = `${percent(saving.value)} ${between(saving, percent)} 的${ofGoal[goal]}`;
    const take = `每次更新用 ${whole(effectiveBatchSize)} 个样本，学习率 ${plain(learningRate)}`;
    return saving.lower > 0
      ? `${take}：达到同样的损失，可省 ${saved}${unfinished}`
      : `${take}：或可省 ${saved}，也可能不省：与现有设置尚不能区分${unfinished}`;
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
      return savesNothing ? "不要累积：在这里既不省时间，也不省样本" : `不要累积：在这里不省${ofGoal[goal]}`;
    const why = memoryBinds
      ? `内存一次最多容纳 ${whole(batchSize)} 个样本`
      : devices > 1
        ? "这样各设备同步得更少"
        : `没有试过比 ${whole(batchSize)} 更大的微批次`;
    const saved = saves === null ? "" : `；与最好的不累积设置相比，省 ${percent(saves)} 的时间`;
    return `累积 ${whole(accumulationSteps)} 个微批次，因为${why}${saved}`;
  },
  pilotsShort: ({ updates, of, near }) =>
    `试训只有 ${whole(of)} 次更新中的 ${whole(updates)} 次，最快达到其目标的设置不一定在最后最好` +
    `${near ? "；目标太近，只用几次更新难以区分各设置" : ""}。请增大 \`--seconds\`，或用 \`--target-loss\` 给出想要的损失`,
  settingExpected: ({ effectiveBatchSize, lower, upper, learningRate, goal, isPresent }) =>
    isPresent
      ? `仅凭这次运行，保持每次更新 ${whole(effectiveBatchSize)} 个样本；从 ${whole(lower)} 到 ${whole(upper)} 都可能同样省${ofGoal[goal]}`
      : `仅凭这次运行，可试每次更新 ${whole(effectiveBatchSize)} 个样本、学习率 ${plain(learningRate)}；从 ${whole(lower)} 到 ${whole(upper)} 都可能同样省${ofGoal[goal]}`,
};
