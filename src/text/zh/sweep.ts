import type { SweepMetric } from "../../store/studies/sweep.ts";
import type { SweepText } from "../en/sweep.ts";
import { percent, significant, whole } from "../format.ts";
import { reasonInChinese } from "./reasons.ts";

const metrics: Readonly<Record<SweepMetric, string>> = {
  "validation-loss": "验证损失",
  "validation-accuracy": "验证准确率",
};

const value = (metric: SweepMetric, number: number) =>
  metric === "validation-loss" ? significant(number) : percent(number);

const interval = (metric: SweepMetric, lower: number | null, upper: number | null) =>
  lower === null || upper === null ? "" : ` [${value(metric, lower)}, ${value(metric, upper)}]`;

/** The words of `sweep`, in Chinese (simplified characters). */
export const sweepChinese: SweepText = {
  answers: {
    sweepBest: ({ metric, setting, value: is, lower, upper, alike, settings }) =>
      `请用 ${setting}：其${metrics[metric]}为 ${value(metric, is)}${interval(metric, lower, upper)}。` +
      (alike === 0
        ? settings === 1
          ? "没有其他设置训练到结束。"
          : `它好于训练到结束的另外 ${whole(settings - 1)} 组。`
        : `它与另外 ${whole(alike)} 组设置无法区分。`),
    sweepUntested: ({ metric, setting, value: is, settings }) =>
      (settings === 1
        ? `只有 ${setting} 训练到结束，${metrics[metric]}为 ${value(metric, is)}。`
        : `${whole(settings)} 组设置中，${setting} 的${metrics[metric]}最好，为 ${value(metric, is)}。`) +
      "一个种子无法把它与其他设置区分开；`--seeds 5` 可以。",
    sweepWithoutBest: ({ settings, diverged, failed }) =>
      `${whole(settings)} 组设置中没有一组训练到结束${diverged > 0 ? `；${whole(diverged)} 组发散` : ""}${failed > 0 ? `；${whole(failed)} 组失败` : ""}。`,
  },
  findings: {
    unfinished: ({ ended, settings }) => `搜索尚未完成：${whole(settings)} 组设置中已结束 ${whole(ended)} 组。`,
    budget: ({ budget: { kind, value: size } }) =>
      ({
        updates: `每组设置更新 ${whole(size)} 次。`,
        examples: `每组设置训练 ${whole(size)} 个样本，最后一次更新不满时略多。`,
        seconds: `每组设置训练 ${significant(size)} 秒，不计验证时间。`,
        "target-loss": "",
        own: "",
      })[kind],
    corrected: ({ metric, mean, bias, settings }) =>
      `从 ${whole(settings)} 组设置中挑出的最好一组看起来比实际更好，因为它是挑出来的：其均值为 ${value(metric, mean)}。` +
      `上面的值已按对种子的自助法去掉这一部分（${value(metric, bias)}）。只有新的种子或测试数据才能完全去掉它。`,
    stoppedEarly: ({ way, stopped, settings }) =>
      `${way === "halving" ? "逐次减半" : "中位数停止"}提前结束了 ${whole(settings)} 组设置中的 ${whole(stopped)} 组。` +
      "它们最终会达到什么并不知道，也不按比已测得的更差计算。",
    settingsDiverged: ({ diverged, settings }) =>
      `${whole(settings)} 组设置中有 ${whole(diverged)} 组至少在一个种子上发散，它们按比其他设置都差计算。`,
    settingsFailed: ({ failed, reason }) =>
      `${whole(failed)} 组设置失败：${reasonInChinese(reason)}。再次运行同一命令会重试。`,
    bestAtEdge: ({ option, value: is, edge }) =>
      `最好的 ${option} 为 ${significant(is)}，是所列的最${edge === "largest" ? "大" : "小"}值。更${edge === "largest" ? "大" : "小"}的可能更好。`,
    halfOfThem: ({ metric, settings, expected, lower, upper, examples }) =>
      `只试一半即 ${whole(settings)} 组设置，预期能找到 ${value(metric, expected)}${interval(metric, lower, upper)}` +
      `${examples === null ? "" : `（第一级 ${whole(examples)} 个样本之后）`}。`,
    moreSeeds: ({ seeds }) => `用多于这 ${whole(seeds)} 个的种子可以区分更多设置。`,
  },
  metrics,
  settings: "设置，由好到差",
  title: (model, data) => `超参数搜索：${data} 上的 ${model}`,
  columns: { seeds: "种子", state: "状态", sweep: "搜索", ended: "已结束", best: "最好的设置", value: "值" },
  states: {
    waiting: "等待",
    running: "进行中",
    done: "完成",
    diverged: "发散",
    failed: "失败",
    stopped: "提前停止",
  },
  after: (number, examples) => `${examples} 个样本后 ${number}`,
  more: (settings, id) => `…… 另有 ${whole(settings)} 组设置：${id} 的 report.html 与表格列出全部`,
  mark: "* 与最好的一组无法区分",
  none: "没有超参数搜索；用 `batchscope sweep` 开始一次",
  live: { running: "正在运行", idle: "未运行" },
  asked: (id) => `已通知 ${id} 停止：各试验在当前更新之后结束，可用 sweep resume ${id} 继续`,
  plan: ({ settings, seeds, trials, ended }) =>
    `${whole(settings)} 组设置 × ${whole(seeds)} 个种子：共 ${whole(trials)} 次训练，其中 ${whole(ended)} 次已结束`,
  estimate: (time) => `约需 ${time}，由对第一组设置的试跑估计`,
  figures: {
    settings: "各组设置与所变选项",
    settingsCaption: "一点为一组设置：对各种子的均值。实心点与最好的一组无法区分。",
    alike: "与最好的一组无法区分",
    others: "较差",
    curve: "试多少组设置预期能找到什么",
    curveCaption:
      "从这些设置中抽取 n 组时预期的最好值，带为其 95 % 区间。曲线右端只跟随最好的一组设置：请读到中间为止。",
    parallel: "各组设置并列",
    parallelCaption: "一条线为一组设置。彩色的与最好的一组无法区分；灰色的越深越好。",
    trials: "设置数",
  },
};
