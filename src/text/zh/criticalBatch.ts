import { overheadText } from "../batchParts.ts";
import type { CriticalBatchText } from "../en/criticalBatch.ts";
import { significant, whole } from "../format.ts";

/** The words of `criticalBatchEnglish` in Chinese (simplified characters). */
export const criticalBatchChinese: CriticalBatchText = {
  title: (model, data) => `临界批次大小：${data} 上的 ${model}`,
  branching: (step, batch, rule, rate) =>
    `自第 ${whole(step)} 步分支：批次大小 ${whole(batch)}，学习率 ${significant(rate)}，规则 ${rule}`,
  parent: (updates, batch, apart) =>
    `先训练供分支的运行：${whole(updates)} 次更新，每次 ${whole(batch)} 个样本，每 ${whole(apart)} 次存一个检查点`,
  parentTrained: (run) => `已训练 ${run}；再次执行同一命令会找到它`,
  planOfParent: (updates, batch, apart) =>
    `将先训练供分支的运行：${whole(updates)} 次更新，每次 ${whole(batch)} 个样本，每 ${whole(apart)} 次存一个检查点`,
  estimateOfParent: (time) => `约需 ${time}（由试探估计）`,
  plan: (branches, examples, checkpoints) =>
    `将自 ${whole(checkpoints)} 个检查点训练 ${whole(branches)} 个分支，每个 ${whole(examples)} 个样本`,
  estimate: (time) => `约需 ${time}（由每种批次大小的试探估计）`,
  mixes: (layer, more) =>
    `模型会混合同一微批次的样本（${layer}${more > 0 ? ` 和另外 ${whole(more)} 层` : ""}）：各分支保持该运行的微批次，所以这里测的是累积样本数的临界值`,
  oneCheckpoint: (step) =>
    `该运行只有一个检查点（第 ${whole(step)} 步）：无法知道临界批次是否增长；要知道，训练时请用 --checkpoint-steps`,
  columns: {
    step: "步",
    batchSize: "批次大小",
    learningRate: "学习率",
    seeds: "种子",
    loss: "验证损失",
    difference: "差值",
    kept: "保留的进展",
    verdict: "与最小批次相比",
    critical: "临界批次大小",
    doubled: "样本翻倍",
    alike: "未见损失的上限",
    startLoss: "分支前损失",
  },
  baseline: "–",
  diverged: (diverged, seeds) => `${whole(seeds)} 次中 ${whole(diverged)} 次发散`,
  checkpoints: "各检查点的临界批次大小",
  branches: (step) => `自第 ${whole(step)} 步的分支`,
  definitions: "各种定义对照（单位：样本）",
  definitionColumns: { name: "定义", step: "步", value: "批次大小", says: "含义" },
  names: {
    branched: (overhead) => `分支，多用 ${overhead} 的样本`,
    doubled: "分支，样本翻倍",
    alike: "分支，未见损失",
    scaled: (optimizer) => `${optimizer} 的噪声尺度 tr DΣ/GᵀDG`,
    sign: (optimizer) => `${optimizer} 的噪声尺度 (‖σ‖₁/‖G‖₁)²`,
    noiseScale: "噪声尺度 tr Σ/|G|²",
    datasetNoiseScale: "本数据集的噪声尺度",
    ratioOfMeans: "噪声尺度，均值之比",
    meanOfRatios: "噪声尺度，比值之均值",
    pareto: "帕累托 B_crit = E_min/S_min",
    paretoOverhead: (overhead) => `多用 ${overhead} = 0.2 B_crit`,
  },
  allSteps: "全部",
  unresolved: "未知：这些分支无法确定；更长的分支或更多种子或许可以",
  askBranches: (run) => `未测：\`batchscope critical-batch ${run}\` 从检查点训练分支`,
  askStudy: (study) =>
    study === null
      ? "单次运行无法得出：先用 `--tune learning-rate=LIST` 比较多种批次大小，再用 `batchscope critical-batch --study NAME`"
      : `单次运行无法得出：\`batchscope critical-batch --study ${study}\` 由这项多种批次大小的研究得出`,
  ofStudy: (says, study) => `由研究 ${study} 实测：${says}`,
  says: {
    branched: "实测：更大的批次要达到同样的损失，多用的样本超过这一比例",
    doubled: "实测：McCandlish 等人的定义，以该运行自己的批次代替批次 0",
    alike: "实测：试过的批次中，到此为止与最小批次看不出损失差别",
    scaled: "预测（样本翻倍处）：按该检查点优化器的二阶矩",
    sign: "预测（样本翻倍处）：按该检查点梯度的符号",
    noiseScale: "预测（样本翻倍处）：按沿梯度本身的更新；对 Adam 类优化器有争议",
    datasetNoiseScale: "同上，假定这些样本就是全部",
    ratioOfMeans: "全部已分析的检查点：tr Σ 的均值除以 |G|² 的均值",
    meanOfRatios: "全部已分析的检查点：由 |G|² 略大于零的那些决定",
    pareto: "整个训练的步数与样本数都是各自下限的两倍",
    paretoOverhead: "更大的批次比最小的批次多用 20 % 以上的样本：Zhang 等人",
  },
  notes: {
    title: "如何阅读",
    lines: [
      "同一种子的各分支从同样的权重和优化器状态出发，按同样的顺序读同样的样本。",
      "进展指留出样本上的损失下降了多少。同一检查点的所有分支读同样多的样本。",
      "批次靠累积增大：微批次保持该运行自己的大小。",
      "分支很短。结论只对接下来的样本成立，也取决于学习率随批次变化的规则。",
    ],
  },
  command: "重做",
  report: "报告",
  chart: {
    kept: {
      title: "样本数相同时的进展",
      caption: (overhead) =>
        `相对最小批次的进展，附 95 % 区间（按种子）。虚线：${overheadText(1 / (1 + overhead))}，此处批次要多用 ${overheadText(overhead)} 的样本。横轴为对数轴。`,
      axis: "批次大小（样本）",
      value: "相对最小批次的进展（%）",
      step: (step) => `第 ${whole(step)} 步`,
      line: (overhead) => `多用 ${overheadText(overhead)} 的样本`,
      empty: "没有分支取得可见的进展",
    },
    course: {
      title: "训练过程中的临界批次大小",
      caption: "附 95 % 区间。箭头表示没有上端：没有试更大的批次，或种子太少。",
      axis: "步",
      value: "临界批次大小（样本）",
      empty: "没有可分辨的结果",
    },
    efficiency: {
      title: "更大的批次中每个样本的效用",
      caption:
        "每个有值的定义各一条 1/(1 + B/B_crit)，其值标出：表示样本翻倍的在 50 %，表示多用 20 % 的在 83 %。一致的定义曲线重合。横轴为对数轴。",
      axis: "批次大小（样本）",
      value: "相对最小批次的样本效用（%）",
      empty: "没有定义有值",
    },
  },
};
