import type { InspectionSummary } from "../../store/inspection.ts";
import type { InspectTexts } from "../en/inspection.ts";
import { aboutWhole, percent, significant, whole } from "../format.ts";
import { said } from "../words.ts";
import { notesChinese } from "./notes.ts";

function doubtsChinese(summary: InspectionSummary): string[] {
  const { evident, judged, labelIssues, labelIssueShare, doubtedThoughRight, estimatedNoise } = summary;
  const { mean, least, most } = summary.withoutErrors;
  const expected = `约 ${aboutWhole(mean)} 个（${whole(least)} 至 ${whole(most)}）`;
  if (judged === 0) return ["没有标签能够判断：每个类别的样本都太少"];
  if (!evident)
    return [
      `没有可疑标签：模型与标签的分歧不超出难例所能解释的${most > 0 ? `；若毫无错误，也会有${expected}显得可疑` : ""}`,
    ];
  const { lower, upper } = summary.estimatedNoiseInterval;
  const wrong = `估计标签噪声 ${percent(estimatedNoise)}（因样本的偶然性：${percent(lower)} 至 ${percent(upper)}）`;
  if (labelIssues === 0) return [`没有单个可疑的标签，但并非全部正确：${wrong}`];
  return [
    `可疑标签 ${whole(labelIssues)} 个（${percent(labelIssueShare)}）；若毫无错误，也会有${expected}`,
    `${wrong}；可疑标签中应有约 ${aboutWhole(doubtedThoughRight)} 个是正确的`,
  ];
}

export const inspectionChinese: InspectTexts = {
  title: "数据检查",
  index: "样本（从 0 起）",
  row: "行（从 1 起）",
  line: "文件:行号",
  example: (index) => `样本 ${index}`,
  namedBy: (head) => `样本以“${head}”标明。`,
  given: "原标签",
  suggested: "建议标签",
  score: "得分",
  probabilities: "原/建议标签概率",
  file: "文件",
  labels: "可疑标签",
  labelsNote:
    "按可疑程度排列。每个样本都由未见过它的模型判断。得分是原标签正确的概率，依据该模型经校准的预测以及各类标签看来出错的频率；列出低于二分之一者，" +
    "前提是全部标签合起来有充分证据表明存在错误。毫无错误时会有多少可疑标签，是用从模型自身概率中抽取的标签数出来的。可疑不等于错误。",
  outliers: "离群样本",
  outliersNote:
    "到最近 10 个样本的平均距离，以稳健标准差计，取输入空间与未见过该样本的模型最后一层所读空间中较大者；列出 5 以上者。表格中异常的值以粗体列在前面，括号内是它与该列中位数相距的稳健标准差数。",
  distance: "偏离（稳健标准差）",
  duplicates: "重复样本",
  duplicatesNote: (cosine) =>
    cosine === null ? "输入逐位相同的样本。" : `输入逐位相同，或减去均值后输入的余弦不小于 ${cosine} 的样本。`,
  exact: "完全相同",
  near: (cosine) => `余弦 ${cosine.toFixed(4)}`,
  acrossSplit: "同时在训练集和验证集中",
  conflictingLabels: "标签不一致",
  parts: { train: "训练", validation: "验证" },
  classes: "类别",
  class: "类别",
  examples: "样本数",
  share: "占比",
  recall: "未见时识别率",
  doubted: "本类可疑",
  suggestedElsewhere: "被建议为本类",
  groups: "各列取值的可疑标签",
  undoubtedGroups: (count) => `${whole(count)} 组没有可疑标签`,
  column: "列",
  value: "取值",
  conflicts: "相互冲突的组",
  conflictsNote: "同一列中，在模型未见过的样本上梯度相互抵触且超出偶然的取值。",
  stiffness: "平均余弦",
  cosineOfMeans: "均值的余弦",
  remarks: "注意",
  remark: (found) => said(found, notesChinese.inspection),
  command: "命令",
  none: "无",
  more: (count) => `另有 ${whole(count)} 项`,
  summary: ({ data, model, inspected, settings, summary }) => [
    `${data}：${whole(summary.examples)} 个样本（${inspected === "all rows" ? "全部" : "训练集"}），${summary.classes} 个类别，最大类是最小类的 ${significant(summary.imbalance)} 倍`,
    `${model}，${settings.folds} 折各 ${settings.epochs} 轮，对未见样本的标签预测正确 ${percent(summary.heldOutAccuracy)}`,
    ...doubtsChinese(summary),
    ...foundChinese(summary),
  ],
};

/** What was found, and nothing of what was not. */
function foundChinese(summary: InspectionSummary): string[] {
  const { outliers, exactDuplicateGroups, nearDuplicateGroups, acrossSplit, conflictingLabels } = summary;
  const some = (count: number, what: string) => (count > 0 ? [`${what} ${whole(count)} 组`] : []);
  const equal = [...some(exactDuplicateGroups, "完全相同"), ...some(nearDuplicateGroups, "近似相同")];
  const wrong = [...some(acrossSplit, "跨训练与验证"), ...some(conflictingLabels, "标签不一致")];
  return [
    outliers > 0 ? `离群样本 ${whole(outliers)} 个` : "没有离群样本",
    equal.length > 0 ? equal.join("，") : "没有重复的样本",
    ...(wrong.length > 0 ? [`其中${wrong.join("，")}`] : []),
  ];
}
