import type { Verdict } from "../../store/verdicts.ts";
import { foundBatch, foundCritical, overheadText, probabilityText } from "../batchParts.ts";
import { significant, whole } from "../format.ts";
import type { Words } from "../words.ts";

type Kinds =
  | "criticalBatch"
  | "criticalBatchNoProgress"
  | "criticalBatchUnfinished"
  | "paretoCriticalBatch"
  | "paretoUnfit"
  | "paretoUnknown";

/** The words of `criticalBatchVerdictsEnglish` in Chinese. */
export const criticalBatchVerdictsChinese: Words<Extract<Verdict, { readonly kind: Kinds }>> = {
  criticalBatch: ({ step, overhead, smallest, largest, before, change, ...found }) => {
    const { value, lower, upper } = found;
    const more = `比批次大小 ${whole(smallest)} 多用 ${overheadText(overhead)} 的样本`;
    const end =
      value === null && upper === null
        ? `第 ${whole(step)} 步时，批次大小 ${whole(lower ?? largest)} 也不到${more}：更大的批次可能仍然划算`
        : `第 ${whole(step)} 步的临界批次大小为 ${foundBatch(found)} 个样本：更大的批次要${more}以上`;
    if (before === null || change === null) return end;
    const then = `第 ${whole(before.step)} 步的 ${foundBatch(before)}`;
    if (change === "open") return `${end}；与${then}尚不能区分`;
    return `${end}；它由${then}${change === "grows" ? "增大" : "减小"}而来`;
  },
  criticalBatchNoProgress: ({ step, smallest, examples, seeds }) =>
    `第 ${whole(step)} 步没有临界批次大小：${whole(seeds)} 个种子下，批次大小 ${whole(smallest)} 用 ${whole(examples)} 个样本也不能确定地降低损失；` +
    "请增大 `--examples`，选更早的检查点，或降低学习率",
  criticalBatchUnfinished: ({ ended, trials, failed }) =>
    `${whole(trials)} 个分支中已有 ${whole(ended)} 个结束${failed > 0 ? `，${whole(failed)} 个失败` : ""}；同一条命令会继续`,
  paretoCriticalBatch: ({ target, smallest, largest, seeds, ...found }) =>
    `达到损失 ${significant(target)} 的临界批次大小为 ${foundCritical(found)} 个样本：此处步数与样本数都是各自下限的两倍` +
    `（批次大小 ${whole(smallest)} 至 ${whole(largest)}，${whole(seeds)} 个种子，各用自己的学习率）`,
  paretoUnfit: ({ target, p, schedule, batches, seeds }) =>
    `没有临界批次大小：${whole(batches)} 种批次、${whole(seeds)} 个种子下，达到损失 ${significant(target)} 的步数不合双曲线（p ${probabilityText(p)}）` +
    (schedule === "constant"
      ? "；已知恒定学习率会破坏它：请试一种学习率调度，或别的目标"
      : "；请试更细的学习率，或别的目标"),
  paretoUnknown: ({ target, reaches, batches }) =>
    `没有临界批次大小：${whole(batches)} 种批次大小中有 ${whole(reaches)} 种的所有种子都达到损失 ${significant(target)}，不足以给出界限；` +
    "请提高 `--target-loss`，或训练更久",
};
