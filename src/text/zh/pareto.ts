import { overheadText, probabilityText } from "../batchParts.ts";
import type { ParetoText } from "../en/pareto.ts";
import { significant, whole } from "../format.ts";

/** The words of `paretoEnglish` in Chinese (simplified characters). */
export const paretoChinese: ParetoText = {
  title: (model, data) => `步数与样本数：${data} 上的 ${model}`,
  points: (target) => `各批次大小达到验证损失 ${significant(target)} 所需`,
  columns: {
    batchSize: "批次大小",
    learningRate: "学习率",
    reached: "达到的种子",
    steps: "步数",
    examples: "样本数",
    note: "备注",
  },
  edge: "最好的学习率在所试范围的端点",
  censored: "有种子从未达到：不计入",
  early: "首次评估前已达到：偏多",
  definitions: "各种定义（单位：样本）",
  definitionColumns: { name: "定义", value: "批次大小", says: "含义" },
  names: {
    pareto: "B_crit = E_min/S_min",
    paretoOverhead: (overhead) => `多用 ${overheadText(overhead)} = ${overhead} B_crit`,
  },
  says: {
    pareto: "步数与样本数都是各自下限的两倍：McCandlish 等人",
    paretoOverhead: (overhead) => `更大的批次比最小的批次多用 ${overheadText(overhead)} 以上的样本：Zhang 等人`,
  },
  ends: (steps, examples) => `至少 ${steps} 步（S_min），至少 ${examples} 个样本（E_min）`,
  lack: (f, p) => `拟合：F = ${significant(f)}，p ${probabilityText(p)}；低于 0.05 时各批次不合双曲线`,
  notes: {
    title: "如何阅读",
    lines: (seeds) => [
      `每个点是 ${whole(seeds)} 个种子的几何平均。样本数在两次评估之间插值得到；步数为样本数除以批次大小。`,
      "曲线为 (S/S_min − 1)(E/E_min − 1) = 1，对对数拟合。B_crit 的区间是拟合的剖面与种子间散布之比。",
      "每种批次用各自最好的学习率。学习率从一列值中选：值太疏会使批次显得更差，拟合检验会指出。",
      "搜索中试过多个学习率时，每个种子采用在其他种子上最好的学习率。",
    ],
  },
  report: "报告",
  chart: {
    title: "步数与样本数",
    caption: (target) =>
      `达到验证损失 ${significant(target)}：每种批次大小一个点，小点为各个种子。实线：双曲线。虚线：其端点 S_min 与 E_min。两轴均为对数轴。`,
    axis: "步数",
    value: "样本数",
    mean: "批次大小",
    seed: "一个种子",
    curve: "双曲线",
    ends: "S_min、E_min",
    batch: (batch) => whole(batch),
    empty: "没有批次大小使所有种子都达到目标",
  },
};
