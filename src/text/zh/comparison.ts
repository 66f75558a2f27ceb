import type { ComparisonText } from "../en/comparison.ts";
import { percent, significant, whole } from "../format.ts";

const states: Readonly<Record<string, string>> = {
  done: "完成",
  diverged: "发散",
  failed: "失败",
  stopped: "停止",
};

/** The words of `compare`, in Chinese (simplified characters). */
export const comparisonChinese: ComparisonText = {
  findings: {
    budget: ({ budget: { kind, value } }) =>
      ({
        updates: `每一组更新 ${whole(value)} 次。`,
        examples: `每一组训练 ${whole(value)} 个样本，最后一次更新不满时略多。`,
        seconds: `每一组训练 ${significant(value)} 秒，不计验证时间。`,
        "target-loss": `每一组训练到验证损失为 ${significant(value)}，或到其轮数用完。`,
      })[kind],
    fewSeeds: ({ seeds, smallestP, enough }) =>
      `${seeds} 个种子得不到低于 ${significant(smallestP)} 的 p 值，因此无法做 5 % 水平的双侧检验；\`--seeds ${enough}\` 就可以。`,
    oneRate: ({ learningRate }) =>
      `所有组都用学习率 ${significant(learningRate)} 训练。较大的批次往往需要较大的学习率；\`--tune learning-rate=LIST\` 可消除这一混杂因素。`,
    unequalExamples: ({ least, most }) =>
      `更新次数相等不等于工作量相等：一组看到 ${whole(least)} 个样本，另一组看到 ${whole(most)} 个。\`--budget examples=N\` 在样本数相等时比较。`,
    dataRepeat: ({ epochs }) => `预算比数据长：数据被重复使用 ${significant(epochs)} 遍。`,
    unpaired: ({ arm, baseline, by }) =>
      `“${arm}”与“${baseline}”${by === "model" ? "的模型不同" : "的数据不同"}，同一种子不能使它们配对。其差异按不配对检验。`,
    trialsDiverged: ({ arm, diverged, trials }) =>
      `“${arm}”的 ${trials} 次试验中有 ${diverged} 次发散，它们按比其他试验都差计算。`,
    trialsFailed: ({ arm, failed, reason }) => `“${arm}”有 ${failed} 次试验失败：${reason}。再次运行同一命令会重试。`,
    targetMissed: ({ arm, missed, trials }) =>
      `“${arm}”的 ${trials} 次试验中有 ${missed} 次没有达到该损失，按删失处理。`,
    disturbed: ({ arm, share }) =>
      `“${arm}”的训练时间有 ${percent(share)} 受到干扰而变慢。所给的时间是其余部分的中位数。`,
    lookedBefore: ({ looks, seeds }) =>
      `在这 ${seeds} 个种子之前，已经看过 ${looks.join("、")} 个种子的结果。不断增加种子直到出现差异，会使 p 值偏小。`,
    severalArms: ({ comparisons, shown, left }) =>
      `与同一基线做 ${comparisons} 次比较，比只做一次更容易偶然得出差异。显示出的 ${shown} 个差异经 Holm 校正后保留 ${left} 个。`,
    seedsNeeded: ({ arm, seeds, have }) =>
      `像“${arm}”这样大的差异，约需 ${whole(seeds)} 个种子才能在五次研究中显示四次；现在有 ${have} 个。`,
    testDisagrees: ({ arm, p }) =>
      `“${arm}”的区间不含 0，但符号翻转检验不支持（p ${significant(p)}）。请视为尚无定论。`,
  },
  title: (model, data) => `比较：${data} 上的 ${model}`,
  columns: {
    arm: "组",
    effectiveBatchSize: "批次",
    seeds: "种子",
    meanLoss: "平均训练损失",
    finalLoss: "最终验证损失",
    finalAccuracy: "准确率",
    seconds: "时间",
    peakMemory: "内存峰值",
    examplesPerSecond: "样本/秒",
  },
  differences: (baseline) => `最终验证损失与“${baseline}”之差（95 % 区间）`,
  differenceColumns: { arm: "组", difference: "差", p: "p", improvement: "更好的概率", pairing: "", verdict: "结论" },
  paired: "配对",
  unpaired: "不配对",
  verdicts: {
    better: "更好",
    worse: "更差",
    "no difference shown": "未显示差异",
    "too few seeds": "种子太少",
  },
  study: "研究",
  seconds: (text) => `${text} 秒`,
  started: ({ arm, seed, attempt }) => `${arm}，种子 ${seed}${attempt > 1 ? `，第 ${attempt} 次尝试` : ""}`,
  ended: ({ arm, seed, state, reason, again }) =>
    `${arm}，种子 ${seed}：${states[state] ?? state}${reason === "" ? "" : `：${reason}`}${again ? "；将重试" : ""}`,
  progress: "试验",
  stopping: "当前更新结束后停止；同一命令可以接着做",
  plan: ({ trials, ended, examples }) =>
    `${whole(trials)} 次试验，其中 ${whole(ended)} 次已经结束；还要训练 ${whole(examples)} 个样本`,
  estimate: (time) => `约 ${time}，由每组的试跑估计`,
};
