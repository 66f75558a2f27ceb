import { option } from "../../tensor/errors.ts";
import { percent, significant, whole } from "../format.ts";
import {
  batches,
  constantTexts,
  measuredText,
  ratioText,
  type ScalingRemark,
  type ScheduleRemark,
  savedShare,
} from "../scaleParts.ts";
import type { Words } from "../words.ts";

const names: Readonly<Record<string, string>> = {
  learningRate: "学习率",
  beta1: "β₁",
  beta2: "β₂",
  alpha: "α",
  epsilon: "ε",
  weightDecay: "权重衰减",
};

const warmup = (updates: string, examples: number) =>
  examples === 0 ? "无预热" : `预热 ${updates} 次更新（${examples} 个样本）`;

/** As `scalingEnglish`. */
export const scalingChinese: Words<ScalingRemark> = {
  scaledUpdates: (scaled) => {
    const { rule, exponent, values, batchSize } = scaled;
    const constants = constantTexts(scaled).map(({ name, text }) =>
      name === "warmupSteps" ? warmup(text, values.warmupSteps! * batchSize) : `${names[name]} ${text}`,
    );
    const by = exponent === null ? `规则 ${rule}` : `规则 ${rule}，指数 ${measuredText(exponent)}`;
    return `${rule === "none" ? "" : `${by}，`}每次更新的样本数 ${batches(scaled)}：${constants.join("，")}`;
  },
  missedPremise: ({ rule, premise, optimizer }) =>
    ({
      proportional: `规则 ${rule} 适用于长度与梯度成正比的更新，如 sgd；${optimizer} 的更新长度与梯度无关：请试 sqrt，或测量指数`,
      squares: `规则 ${rule} 说的是梯度平方的衰减率；${optimizer} 的 ${option("beta2")} 是其动量的衰减率`,
      adamw: `规则 ${rule} 是用 adamw 得出的；其出处没有说明它对 ${optimizer} 是否成立`,
    })[premise],
  batchRegime: ({ rule, assumed, batchSize, source, regime, ratio, watched, plainOf }) => {
    const plain = plainOf === null ? "" : `（沿梯度本身更新时的值，不是 ${plainOf} 自己的）`;
    const measured = source === "training" ? `本次运行测得${plain}：` : "";
    if (regime === null)
      return (
        `噪声尺度未知，因此不知道 ${batchSize} 个样本时是否由噪声主导${assumed ? `，而 ${rule} 以此为前提` : ""}；` +
        `可用 ${option("baseNoiseScale")} 给出${watched ? "，本日志末尾会写出此运行测得的结果" : ""}`
      );
    const ratioOf = `B/B_noise ${ratioText(ratio!)}`;
    if (regime === "noise")
      return `${measured}噪声主导：${batchSize} 个样本时 ${ratioOf}${assumed ? `，符合 ${rule} 的前提` : ""}`;
    if (regime === "signal")
      return `${measured}信号主导：${batchSize} 个样本时 ${ratioOf}；此时无论用哪条规则，更大的批次几乎不允许更大的学习率`;
    return `${measured}噪声与信号都不明显占主导：${batchSize} 个样本时 ${ratioOf}${assumed ? `；${rule} 以噪声主导为前提，因此它给出的学习率只是猜测` : ""}`;
  },
};

const sameWork = "在一台机器上只省下更新本身的时间：要计算的微批次一样多";

/** As `batchSchedulesEnglish`. */
export const batchSchedulesChinese: Words<ScheduleRemark> = {
  plannedBatches: ({ first, from }) =>
    `每次更新 ${whole(first)} 个样本` +
    (from.length === 0
      ? "，始终不变"
      : from.map(([examples, batch]) => `，见过 ${whole(examples)} 个样本后为 ${whole(batch)} 个`).join("")),
  seesaw: ({ exponent, first, largest }) =>
    "seesaw：计划把学习率降到几分之一时，学习率只按该倍数的平方根下降，批次按其倒数" +
    `${exponent === 0.5 ? "" : `的 ${significant(0.5 / exponent)} 次方`}增大，从 ${whole(first)} 个样本起，至多 ${whole(largest)} 个`,
  updatesSaved: (saved) => {
    const { updates, constantBatchUpdates, batchSize } = saved;
    const share = savedShare(saved);
    const against = `${whole(updates)} 次更新，批次始终为 ${whole(batchSize)} 时是 ${whole(constantBatchUpdates)} 次`;
    if (share === 0) return `批次计划没有省下更新：${against}`;
    if (share < 0) return `样本数相同，更新多了 ${percent(-share)}：${against}`;
    return `样本数相同，更新少了 ${percent(share)}：${against}；${sameWork}`;
  },
};
