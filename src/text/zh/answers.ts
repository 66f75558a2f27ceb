import type { AnswersText } from "../en/answers.ts";

/** The words around the answers, in Chinese (simplified characters). */
export const answersChinese: AnswersText = {
  topics: {
    batch: "批次",
    training: "训练",
    data: "数据",
    labels: "标签",
    duplicates: "重复样本",
    learningRate: "学习率",
    microBatch: "微批次",
    time: "时间",
    accumulation: "梯度累积",
    doubt: "存疑",
    comparison: "比较",
    judgement: "评判",
    landscape: "损失地形",
    evaluation: "评估",
  },
  line: (topic, answer) => `${topic}：${answer}`,
  quiet: (checks) => `${checks.length} 项检查没有发现异常：${checks.join("、")}。`,
  checks: {
    noTrend: "噪声尺度的趋势",
    cosineUnequal: "平均余弦",
    cosineUsual: "平均余弦",
    negativeByChance: "负余弦的比例",
    opposedPair: "方向最相反的一对",
    noConflict: "各组之间的冲突",
  },
  folded: (sentences) => `另有 ${sentences} 句，加 --verbose 显示。`,
  details: (sentences) => `全部 ${sentences} 条结论`,
};
