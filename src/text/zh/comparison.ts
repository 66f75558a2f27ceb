import type { ComparisonText } from "../en/comparison.ts";
import { percent, significant, whole } from "../format.ts";
import { reasonInChinese } from "./reasons.ts";

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
        own: "每一组训练的长度由各自的选项决定。",
      })[kind],
    fewSeeds: ({ seeds, smallestP, comparisons, enough }) =>
      `${seeds} 个种子得不到低于 ${significant(smallestP)} 的 p 值。${
        comparisons === 1
          ? "因此无法做 5 % 水平的双侧检验"
          : `做 ${comparisons} 次比较时，Holm 校正要求至少有一个 p 值不超过 ${significant(0.05 / comparisons)}`
      }；\`--seeds ${enough}\` 就可以。`,
    oneRate: ({ learningRate }) =>
      `所有组都用学习率 ${significant(learningRate)} 训练。较大的批次往往需要较大的学习率；\`--tune learning-rate=LIST\` 给每一组取其中最好的学习率。`,
    sourceProtocol: ({ seeds }) =>
      "更新次数相等使批次大小与样本数混淆，一个学习率使它与该学习率是否适合各个批次混淆。" +
      `${seeds > 1 ? "" : "一个种子无法与偶然区分。"}这一做法把最后一次更新的损失当作最终损失，它有波动；上面的最终损失是验证数据上的。`,
    rateTuned: ({ option, values, seeds }) =>
      `每一组用 \`${option}\` 的 ${values.length} 个值中对它最好的一个训练，由不参与比较的 ${seeds.length} 个种子选出。`,
    rateAtEdge: ({ arm, option, value, edge }) =>
      `“${arm}”最好的 \`${option}\` 为 ${significant(value)}，是所列的最${edge === "largest" ? "大" : "小"}值。更${edge === "largest" ? "大" : "小"}的可能更好；用更长的 \`--tune\` 列表再次运行同一命令即可尝试。`,
    unequalExamples: ({ least, most }) =>
      `更新次数相等不等于工作量相等：一组看到 ${whole(least)} 个样本，另一组看到 ${whole(most)} 个。\`--budget examples=N\` 在样本数相等时比较。`,
    dataRepeat: ({ epochs }) => `预算比数据长：数据被重复使用 ${significant(epochs)} 遍。`,
    unpaired: ({ arm, baseline, by }) =>
      `“${arm}”与“${baseline}”${by === "model" ? "的模型不同" : "的数据不同"}，同一种子不能使它们配对。其差异按不配对检验。`,
    trialsDiverged: ({ arm, diverged, trials }) =>
      `“${arm}”的 ${trials} 次试验中有 ${diverged} 次发散，它们按比其他试验都差计算。`,
    trialsFailed: ({ arm, failed, reason }) =>
      `“${arm}”有 ${failed} 次试验失败：${reasonInChinese(reason)}。再次运行同一命令会重试。`,
    targetMissed: ({ arm, missed, trials }) =>
      `“${arm}”的 ${trials} 次试验中有 ${missed} 次没有达到该损失，按删失处理。`,
    accuracyAlike: ({ arm, accuracy, examples, lower, upper }) =>
      `“${arm}”的准确率在每个种子上都是 ${percent(accuracy)}。这并不是确定：仅凭 ${examples} 个验证样本，其区间为 [${percent(lower)}, ${percent(upper)}]。`,
    disturbed: ({ arms, least, most }) =>
      `${arms.length === 1 ? `“${arms[0]}”` : `${arms.length} 组`}的训练时间有${least === most ? "" : "至多"} ${percent(most)} 受到干扰而变慢。` +
      `所给的时间是其余部分的中位数${most > 0.5 ? "，而其余部分很少：请在空闲的机器上比较时间" : ""}。`,
    lookedBefore: ({ looks, seeds }) =>
      `在这 ${seeds} 个种子之前，已经看过 ${looks.join("、")} 个种子的结果。不断增加种子直到出现差异，会使 p 值偏小。`,
    severalArms: ({ comparisons, shown, left }) =>
      `与同一基线做 ${comparisons} 次比较，比只做一次更容易偶然得出差异。单独检验有 ${shown} 次显示差异，经 Holm 校正后保留 ${left} 次，结论以校正后为准。`,
    seedsNeeded: ({ arm, seeds, have }) =>
      `“约再需”的种子数指五次研究中有四次能显示像所见那样大的差异：“${arm}”共需 ${whole(seeds)} 个，现有 ${have} 个。真实的差异可能更小，或并不存在。`,
    noiseScaleFitted: ({ value, lower, upper }) =>
      value === null || upper === null
        ? `各组梯度范数的平方只给出噪声尺度的下限：至少 ${significant(lower)} 个样本。`
        : `各组梯度范数的平方符合 |G|² + tr Σ/B，噪声尺度为 ${significant(value)} [${significant(lower)}, ${significant(upper)}] 个样本。` +
          "各组处于各自的权重，此值只是粗略的：`analyze` 在同一检查点上测量。",
    testDisagrees: ({ arm, p, interval }) =>
      interval
        ? `“${arm}”的区间不含 0，但检验不支持（p ${significant(p)}）。结论要求两者一致，因此尚无定论。`
        : `“${arm}”的检验 p 为 ${significant(p)}，但区间含 0。结论要求两者一致，因此尚无定论。`,
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
  tuning: {
    title: (option, seeds, measure) =>
      `试过的 ${option}：${seeds} 个种子的${measure === "loss" ? "平均最终验证损失" : "达到目标的平均样本数"}（* 为所选）`,
    diverged: (lost, trials) => `${trials} 次中 ${lost} 次无值`,
    value: (option) => (option === "learning-rate" ? "学习率" : option),
  },
  target: {
    title: (loss) => `训练到验证损失为 ${loss}（中位数，95 % 区间）`,
    columns: {
      arm: "组",
      reached: "达到",
      seconds: "时间（秒）",
      examples: "样本数",
      pairs: "更早",
      p: "p（符号检验）",
    },
    of: (some, all) => `${whole(all)} 次中 ${whole(some)} 次`,
    seconds: (baseline) => `达到该损失的时间与“${baseline}”之差，单位秒（95 % 区间）`,
    examples: (baseline) => `达到该损失的样本数与“${baseline}”之差（95 % 区间）`,
  },
  differences: (baseline) => `最终验证损失与“${baseline}”之差（95 % 区间）`,
  differenceColumns: {
    arm: "组",
    difference: "差",
    p: "p",
    adjustedP: "p（Holm）",
    improvement: "更好的概率",
    pairing: "配对",
    verdict: "结论",
  },
  paired: "配对",
  unpaired: "不配对",
  verdicts: {
    better: "更好",
    worse: "更差",
    "no difference shown": "尚无法区分",
    "too few seeds": "种子太少",
  },
  openYet: (more) => `尚无法区分；约再需 ${more} 个种子`,
  study: "研究",
  report: "报告",
  findingsTitle: "由此可知",
  figuresTitle: "图",
  armsTitle: "各组",
  again: "重做的命令",
  oneTrial: (arm, seed) => `“${arm}”，只训练种子 ${seed}：`,
  gradients: "梯度与稳定性",
  gradientColumns: { arm: "组", norm: "平均梯度范数", deviation: "损失的波动", coefficient: "与平均损失之比" },
  figures: {
    title: "各组的训练损失、平均损失、时间与内存",
    caption:
      "首先是训练损失随样本数的变化，为各种子的均值，色带为其 95 % 区间。其余为各组的平均训练损失、训练时间与内存峰值；平均损失附 95 % 区间。",
    someArms: (shown, all) => `${all} 组中画出 ${shown} 组的曲线：基线，以及验证损失最低的各组。`,
    band: "各种子的均值；色带为其 95 % 区间。",
    validation: "样本数相等时的验证损失",
    smoothed: "训练损失，10 次更新的滑动平均",
    norms: "梯度范数",
    examples: "样本数",
    trainingLoss: "训练损失",
    validationLoss: "验证损失",
    meanLoss: "平均训练损失",
    seconds: "训练时间（秒）",
    memory: "内存峰值（MiB）",
    gradientNorm: "梯度范数",
    normsByBatch: "梯度范数的平方与批次大小",
    fitCaption:
      "各批次大小的梯度范数平方，为各次试验的均值及其 95 % 区间。虚线为拟合的 |G|² + tr Σ/B；曲线变平之后，更大的批次几乎不再减少噪声。",
    noFit:
      "各批次大小的梯度范数平方，为各次试验的均值及其 95 % 区间。|G|² + tr Σ/B 无法拟合：范数不随批次增大而减小，因为各组处于各自的权重。",
    measuredNorms: "实测",
    fittedNorms: "|G|² + tr Σ/B",
    squaredNorm: "梯度范数的平方",
    targetTitle: "达到验证损失的时间与样本数",
    targetCaption: "每个点是一次试验：达到该损失之处；没有达到的，为其训练到的位置。横线为 Kaplan–Meier 中位数。",
    reachedTarget: "达到",
    missedTarget: "到此尚未达到",
    medianTarget: "中位数",
    secondsToTarget: "达到该损失的时间（秒）",
    examplesToTarget: "达到该损失的样本数",
    accuracyTitle: "准确率与批次大小",
    accuracyCaption: "训练结束时各种子的均值及其 95 % 区间。批次相同的点略微错开。",
    trainingSet: "训练",
    validationSet: "验证",
    ofRate: (set, rate) => (rate === null ? `${set}，各自的最佳值` : `${set}，统一取 ${rate}`),
    fixedCaption: (rate) => `统一的值 ${rate} 对基线最好，其值取自选值的试验，种子不同。`,
    batch: "每次更新的样本数",
    accuracy: "准确率（%）",
  },
  seconds: (text) => `${text} 秒`,
  started: ({ arm, seed, attempt }) => `${arm}，种子 ${seed}${attempt > 1 ? `，第 ${attempt} 次尝试` : ""}`,
  ended: ({ arm, seed, state, reason, again }) =>
    `${arm}，种子 ${seed}：${states[state] ?? state}${reason === "" ? "" : `：${reasonInChinese(reason)}`}${again ? "；将重试" : ""}`,
  progress: "试验",
  stopping: "当前更新结束后停止；同一命令可以接着做",
  plan: ({ trials, ended, examples, tuning }) =>
    `${whole(trials)} 次试验${tuning === 0 ? "" : `（${whole(tuning)} 次用于选值）`}，其中 ${whole(ended)} 次已经结束；还要训练 ${whole(examples)} 个样本`,
  estimate: (time) => `约 ${time}，由每组的试跑估计`,
};
