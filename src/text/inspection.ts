import type { InspectionRemark } from "../store/findings.ts";
import type { Inspection, InspectionSummary } from "../store/inspection.ts";
import { notesEnglish } from "./en/notes.ts";
import { percent, significant, whole } from "./format.ts";
import type { Language } from "./text.ts";
import { said } from "./words.ts";
import { notesChinese } from "./zh/notes.ts";

/** Every text of an inspection, on the terminal and in HTML. */
export interface InspectTexts {
  readonly title: string;
  readonly index: string;
  readonly given: string;
  readonly suggested: string;
  readonly score: string;
  readonly probabilities: string;
  readonly file: string;
  readonly labels: string;
  readonly labelsNote: string;
  readonly outliers: string;
  readonly outliersNote: string;
  readonly distance: string;
  readonly duplicates: string;
  readonly duplicatesNote: (cosine: number | null) => string;
  readonly exact: string;
  readonly near: (cosine: number) => string;
  readonly acrossSplit: string;
  readonly conflictingLabels: string;
  readonly parts: Readonly<Record<"train" | "validation", string>>;
  readonly classes: string;
  readonly class: string;
  readonly examples: string;
  readonly share: string;
  readonly recall: string;
  readonly doubted: string;
  readonly suggestedElsewhere: string;
  readonly groups: string;
  readonly column: string;
  readonly value: string;
  readonly conflicts: string;
  readonly conflictsNote: string;
  readonly stiffness: string;
  readonly cosineOfMeans: string;
  readonly remarks: string;
  readonly remark: (found: InspectionRemark) => string;
  readonly command: string;
  readonly none: string;
  readonly more: (count: number) => string;
  /** What was found, a line each. */
  readonly summary: (inspection: Inspection) => string[];
}

function counted(count: number, what: string): string {
  return `${whole(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** Expected counts need no more digits than they are sure of. */
function about(count: number): string {
  return whole(Math.round(count));
}

function doubtsEnglish(summary: InspectionSummary): string[] {
  const { evident, judged, labelIssues, labelIssueShare, doubtedThoughRight, estimatedNoise } = summary;
  const { mean, least, most } = summary.withoutErrors;
  const expected = `about ${about(mean)} (${whole(least)} to ${whole(most)})`;
  if (judged === 0) return ["no label could be judged: every class has too few examples"];
  if (!evident)
    return [
      `no label to doubt, as nothing shows that any is wrong; ${expected} would seem doubtful without any error at all`,
    ];
  const wrong = `estimated label noise ${percent(estimatedNoise)}`;
  if (labelIssues === 0) return [`no single label to doubt, though not all are right: ${wrong}`];
  return [
    `${counted(labelIssues, "label")} to doubt (${percent(labelIssueShare)}); ${expected} would be expected without any error at all`,
    `${wrong}; of the labels to doubt about ${about(doubtedThoughRight)} should be right`,
  ];
}

function doubtsChinese(summary: InspectionSummary): string[] {
  const { evident, judged, labelIssues, labelIssueShare, doubtedThoughRight, estimatedNoise } = summary;
  const { mean, least, most } = summary.withoutErrors;
  const expected = `约 ${about(mean)} 个（${whole(least)} 至 ${whole(most)}）`;
  if (judged === 0) return ["没有标签能够判断：每个类别的样本都太少"];
  if (!evident) return [`没有可疑标签，没有迹象表明有标签出错；若毫无错误，也会有${expected}显得可疑`];
  const wrong = `估计标签噪声 ${percent(estimatedNoise)}`;
  if (labelIssues === 0) return [`没有单个可疑的标签，但并非全部正确：${wrong}`];
  return [
    `可疑标签 ${whole(labelIssues)} 个（${percent(labelIssueShare)}）；若毫无错误，也会有${expected}`,
    `${wrong}；可疑标签中应有约 ${about(doubtedThoughRight)} 个是正确的`,
  ];
}

const en: InspectTexts = {
  title: "data inspection",
  index: "index",
  given: "given",
  suggested: "suggested",
  score: "score",
  probabilities: "p given / suggested",
  file: "file",
  labels: "Labels to doubt",
  labelsNote:
    "The most suspect first. Every example was judged by a model that had not seen it. The score is the probability that the given label is right, " +
    "by what that model expected, calibrated, and by how often labels of each class seem to be wrong; labels below one half are listed, " +
    "where all labels together give strong evidence of errors. How many would be doubted without any error is counted on labels drawn from the models' own probabilities. A doubted label may be right.",
  outliers: "Outliers",
  outliersNote:
    "Mean distance to the 10 nearest others in robust standard deviations, of the inputs or of what the last layer of a model that had not seen the example reads, whichever is larger; from 5 on. Of tables unusual values come first, in bold, with their robust standard deviations from the column's median.",
  distance: "deviations",
  duplicates: "Duplicates",
  duplicatesNote: (cosine) =>
    cosine === null
      ? "Examples with the same inputs, bit for bit."
      : `Examples with the same inputs, bit for bit, or with a cosine of at least ${cosine} between inputs less their mean.`,
  exact: "equal",
  near: (cosine) => `cosine ${cosine.toFixed(4)}`,
  acrossSplit: "in training and validation",
  conflictingLabels: "different labels",
  parts: { train: "training", validation: "validation" },
  classes: "Classes",
  class: "class",
  examples: "examples",
  share: "share",
  recall: "recognised unseen",
  doubted: "doubted here",
  suggestedElsewhere: "suggested for others",
  groups: "Doubted labels by column",
  column: "column",
  value: "value",
  conflicts: "Groups in conflict",
  conflictsNote:
    "Values of one column whose gradients, on examples that the model has not seen, pull against each other beyond chance.",
  stiffness: "mean cosine",
  cosineOfMeans: "cosine of means",
  remarks: "To keep in mind",
  remark: (found) => said(found, notesEnglish.inspection),
  command: "Command",
  none: "none",
  more: (count) => `and ${whole(count)} more`,
  summary: ({ data, model, inspected, settings, summary }) => [
    `${data}: ${whole(summary.examples)} examples (${inspected}) in ${summary.classes} classes, the largest ${significant(summary.imbalance)} times the smallest`,
    `${model} in ${settings.folds} folds of ${settings.epochs} epochs predicts ${percent(summary.heldOutAccuracy)} of the labels that it has not seen`,
    ...doubtsEnglish(summary),
    `${counted(summary.outliers, "outlier")}; ${counted(summary.exactDuplicateGroups, "group")} of equal and ${whole(summary.nearDuplicateGroups)} of nearly equal examples, ` +
      `${whole(summary.acrossSplit)} in both training and validation, ${whole(summary.conflictingLabels)} with different labels`,
  ],
};

const zh: InspectTexts = {
  title: "数据检查",
  index: "索引",
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
  distance: "标准差",
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
    `离群样本 ${whole(summary.outliers)} 个；完全相同 ${whole(summary.exactDuplicateGroups)} 组，近似相同 ${whole(summary.nearDuplicateGroups)} 组，` +
      `其中跨训练与验证 ${whole(summary.acrossSplit)} 组，标签不一致 ${whole(summary.conflictingLabels)} 组`,
  ],
};

export const inspectTexts: Readonly<Record<Language, InspectTexts>> = { en, zh };
