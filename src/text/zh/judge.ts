import type { JudgeMetric } from "../../store/studies/study.ts";
import type { JudgeText } from "../en/judge.ts";
import { percent, whole } from "../format.ts";
import { signedDifference } from "../judgeParts.ts";

export const metricsChinese: Readonly<Record<JudgeMetric, string>> = {
  "validation-loss": "验证损失",
  "validation-accuracy": "验证准确率",
  "train-loss": "平均训练损失",
  seconds: "训练时间",
};

/** The words of `judge`, in Chinese (simplified characters). */
export const judgeChinese: JudgeText = {
  findings: {
    confirmed: ({ metric, examples, difference, confirmed }) =>
      `在各次查看都未用过的 ${whole(examples)} 个样本上，同样的模型相差 ${signedDifference(metric, difference)}：` +
      `结论${confirmed ? "得到确认" : "未得到确认"}。这说明样本的偶然性，不说明种子的偶然性。`,
    setAside: ({ examples }) =>
      `按哈希留出 ${whole(examples)} 个验证样本：各次查看都不使用它们，有结论后在其上测量一次。`,
    noConfirmation: ({ by }) =>
      by === "metric" ? "该指标不来自验证样本，因此没有留出样本来确认结论。" : "按要求没有留出验证样本来确认结论。",
    looksTaken: ({ looks, alpha }) =>
      `该区间是重复置信区间：它在全部 ${whole(looks)} 次查看中同时以 ${percent(1 - alpha)} 的概率覆盖真值。因此一有结论就停止并不取巧。`,
    sidesUnpaired: ({ by }) =>
      `两方的${by === "model" ? "模型" : "数据"}不同，同一种子不能使它们配对：因此按不配对检验：放在一起的两次训练相互独立，比配对时需要更多的种子。`,
    againstItself: ({ alpha }) =>
      `这只是一次检验：公正的评判在至多 ${percent(alpha)} 的此类检验中会说有差异。没有说有差异不能证明它公正；docs/zh/comparing.md 有两千次。`,
    sideDiverged: ({ arm, diverged, trials }) =>
      `“${arm}”的 ${whole(trials)} 次试验中有 ${whole(diverged)} 次发散，它们按比其他试验都差计算。`,
    sideFailed: ({ arm, seed, reason }) =>
      `“${arm}”用种子 ${seed} 的试验失败：${reason}。查看不能越过这个种子；再次运行同一命令会重试。`,
    unequalLengths: ({ arm, baseline }) =>
      `两方训练的长度不同：分别为 ${whole(arm)} 与 ${whole(baseline)} 个样本。\`--budget examples=N\` 使它们相等。`,
    timesOfMachine: ({ disturbed }) =>
      `训练时间有 ${percent(disturbed)} 受到干扰而变慢。所给的时间是其余部分的中位数；\`--jobs 1\` 干扰最小。`,
  },
  metrics: metricsChinese,
  title: (arm, baseline, metric) => `“${arm}”与“${baseline}”：${metricsChinese[metric]}`,
  kinds: { options: "选项", file: "文件", arm: "研究的一组", run: "运行" },
  understood: (sides) =>
    sides.length === 1
      ? `评判 ${sides[0]!.name}（${sides[0]!.kind}）与它自身（用其他种子）`
      : `评判 ${sides.map(({ name, kind }) => `${name}（${kind}）`).join(" 与 ")}`,
  look: ({ seeds, difference, verdict, more }) =>
    `查看 ${whole(seeds)} 个种子：${difference}，${verdict}${more === null || more === 0 ? "" : `，约再需 ${whole(more)} 个`}`,
  verdicts: {
    better: "更好",
    worse: "更差",
    "no larger difference": "没有更大的差异",
    "more seeds": "需要更多种子",
    undecided: "尚无定论",
  },
  columns: { side: "一方", batch: "批次", trials: "试验", examples: "样本数", seconds: "时间" },
  numbers: "数字",
  looksTable: "各次查看",
  lookColumns: { seeds: "种子", difference: "差", level: "本次查看的水平", verdict: "结论" },
  sidesTable: "两方（均值与 95 % 区间）",
  labels: {
    difference: "差",
    p: "全部查看的 p",
    minimumEffect: "最小效应",
    seeds: "种子",
    confirmation: "确认",
    pairing: "配对",
    study: "研究",
    report: "报告",
  },
  pairing: { seed: "种子各自独立", model: "不配对：模型不同", data: "不配对：数据不同", none: "按种子" },
  seeds: (seen, most) => `至多 ${whole(most)} 个中的 ${whole(seen)} 个`,
  figure: {
    title: "各次查看时的差",
    caption: (minimumEffect) =>
      `线：若干种子之后的差（该方 − 基线）。带：其重复置信区间。虚线之间的差小于最小效应 ${minimumEffect}。`,
    seeds: "种子",
    seed: "种子",
    difference: (metric) => `${metric}之差`,
    noDifference: "无差异",
    minimumEffect: "最小效应",
    values: "两方逐个种子的值",
    valuesCaption: "每条线连接同一种子的两次训练。",
    unpairedCaption: "同一种子的两次训练相互独立。",
    better: "更好",
    worse: "更差",
  },
  plan: ({ trials, ended, looks }) =>
    `至多 ${whole(trials)} 次试验，其中 ${whole(ended)} 次已结束；从第六个种子起至多查看 ${whole(looks)} 次；有结论即提前结束`,
  progress: "试验（至多）",
  confirming: "在留出的样本上测量",
  ended: "评判",
};
