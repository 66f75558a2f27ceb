import type { RateExponentText } from "../en/rateExponent.ts";
import { significant, whole } from "../format.ts";

/** The words of `rateExponentEnglish` in Chinese (simplified characters). */
export const rateExponentChinese: RateExponentText = {
  title: (model, data) => `学习率与批次大小：${data} 上的 ${model}`,
  first: ({ batchSize, learningRate, suggested }) =>
    suggested
      ? `批次 ${whole(batchSize)} 从 ${significant(learningRate)} 附近开始，为范围测试建议值的两倍`
      : `批次 ${whole(batchSize)} 从 ${significant(learningRate)} 附近开始，因为范围测试没有建议`,
  rates: (batchSize, rates) => `批次 ${whole(batchSize)}：学习率 ${rates.map(significant).join("、")}`,
  plan: ({ batches, seeds, first, most }) =>
    `将训练 ${whole(batches)} 种批次大小，每种 ${whole(first)} 到 ${whole(most)} 个学习率、${whole(seeds)} 个种子`,
  length: (kind, value) => `每次训练：${whole(value)} ${kind === "examples" ? "个样本" : "次更新"}`,
  estimate: (least, most) => `约需 ${least} 到 ${most}（由每种批次大小的试探估计）`,
  columns: {
    batchSize: "批次大小",
    best: "最佳学习率",
    fitted: "拟合值",
    loss: "最低损失",
    at: "所在学习率",
    rates: "试过的学习率",
    diverged: "发散",
    state: "备注",
  },
  losses: (batchSize) => `批次 ${whole(batchSize)} 的验证损失`,
  lossColumns: { learningRate: "学习率", loss: "验证损失", seeds: "种子" },
  batches: "各批次的最佳学习率",
  states: {
    found: "",
    smallest: "在最小的学习率处或更小",
    largest: "在最大的学习率处或更大",
    flat: "平坦：分辨不出各学习率",
  },
  diverged: (diverged, seeds) => `${whole(seeds)} 次中 ${whole(diverged)} 次发散`,
  rules: "其他规则会给出的值（由最小批次的最佳学习率出发）",
  ruleColumns: { batchSize: "批次大小", measured: "实测", sqrt: "平方根", linear: "线性", none: "不变" },
  notes: {
    title: "如何阅读",
    examples: (value) => `每次训练读 ${whole(value)} 个样本，所以更大的批次更新次数更少。`,
    updates: (value) => `每次训练更新 ${whole(value)} 次，所以更大的批次读更多样本。`,
    lines: [
      "同一种子的所有训练从同样的初始权重出发，按同样的顺序读同样的样本。",
      "最佳学习率是平均损失的平滑曲线的最低点，而不是试过的值中最好的一个。",
      "有种子发散的学习率视为比其他都差。",
      "指数只对这一训练长度成立。更长的训练可能不同。",
    ],
  },
  report: "报告",
  exponentFile: "指数文件",
  use: "使用",
  chart: {
    losses: {
      title: "损失与学习率",
      caption:
        "各批次大小按种子平均；大标记为平滑曲线的最佳学习率。有种子发散的学习率未画出，远高于最低值的损失在图的上方之外。",
      batch: (batchSize) => `批次 ${whole(batchSize)}`,
      rate: "学习率",
      loss: "验证损失",
      empty: "还没有训练结束",
    },
    rates: {
      title: "最佳学习率与批次大小",
      caption: "附 95 % 区间（按种子），双对数轴。实线：拟合的幂。虚线与点线：过同一中心的平方根与线性。",
      found: "最佳学习率",
      fit: (exponent) => `拟合，${significant(exponent)} 次幂`,
      sqrt: "平方根，0.5 次幂",
      linear: "线性，1 次幂",
      batch: "批次大小（样本）",
      rate: "最佳学习率",
      empty: "没有已知的最佳学习率",
    },
  },
};
