import type { ProfileText } from "../en/profile.ts";
import { percent, whole } from "../format.ts";
import { memory } from "../verdictParts.ts";
import { said } from "../words.ts";
import { notesChinese } from "./notes.ts";

const list = (sizes: readonly number[]) => `批次大小 ${sizes.map(whole).join("、")}`;

/** The words of `profileEnglish` in Chinese (simplified characters). */
export const profileChinese: ProfileText = {
  notes: {
    beyondData: ({ batchSizes, examples }) => `略去${list(batchSizes)}：一轮只有 ${whole(examples)} 个样本`,
    predictedPeak: ({ batchSizes, peakBytes, limitBytes }) =>
      `${list(batchSizes)} 未尝试：其中最小的预计需要 ${memory(peakBytes)}，上限为 ${memory(limitBytes)}`,
    tooLarge: ({ batchSizes, end }) =>
      `${list(batchSizes)} 未测量：其中最小的放不进内存（${said(end, notesChinese.trial)}）`,
    failed: ({ batchSizes, end }) => `${list(batchSizes)} 未测量：${said(end, notesChinese.trial)}`,
    disturbed: ({ share }) => `有 ${percent(share)} 的计时段受到其他程序干扰，已经略去`,
    processorTime: ({ share }) => `机器繁忙：${percent(share)} 的计时段受到干扰；这里的时间是处理器时间`,
    allDisturbed: ({ share }) => `机器繁忙：${percent(share)} 的计时段受到干扰；这里的时间偏长`,
    noCostModel: ({ windows }) =>
      `没有成本模型：${whole(windows)} 种更新窗口说明不了什么；请多取几个批次大小，其中要有 4 的倍数`,
    roughModel: ({ batchSize, relative }) =>
      `成本模型较粗：对批次大小 ${whole(batchSize)} 的时间相差 ${percent(Math.abs(relative))}`,
  },
  title: (model, data) => `时间与内存随批次大小的变化：${data} 上的 ${model}`,
  limit: ({ bytes, source, allowed }) =>
    `上限 ${bytes}（${said(source, notesChinese.memory)}），其中一次训练可用 ${allowed}`,
  tried: (size, outcome) => `批次大小 ${size} 的内存：${outcome}`,
  fits: (peak) => (peak === "" ? "放得下" : peak),
  ends: (end) => said(end, notesChinese.trial),
  timing: (done, all, left) => `计时 ${done}/${all}${left === "" ? "" : `：约剩 ${left}`}`,
  plan: ({ sizes, rounds, processes, time }) =>
    `将测量批次大小 ${sizes}，共 ${rounds} 遍、${processes} 个进程：约需 ${time}`,
  columns: {
    batchSize: "批次大小",
    examples: "样本",
    window: "更新窗口",
    update: "每次更新",
    epoch: "每轮",
    speed: "样本",
    perSecond: "每秒",
    memory: "内存",
    peak: "峰值",
    ratio: "比值",
    ofOne: "与一个微批次相比",
  },
  rounds: (rounds) => `时间为中位数，方括号内为 ${rounds} 遍中最短与最长的一遍`,
  accumulated: "同样的更新分成若干微批次",
  cost: "一次更新的成本",
  costFormula: "秒数 = 更新 + 微批次 · 微批次数 + 样本 · 批次大小",
  costs: {
    perUpdate: "每次更新",
    perMicroBatch: "每个微批次",
    perExample: "每个样本",
    residual: "最大误差",
    worst: (relative, batch) => `${relative}，在批次大小 ${batch} 处`,
  },
  note: "说明",
  written: "已写出",
  sizesTitle: "批次大小",
  notesTitle: "说明",
  command: "命令",
  learning: "时间只是一半：大批次一轮内的更新次数少，可能需要更多轮才能学到同样的程度。",
  chart: {
    caption: (rounds, model) =>
      `点：整次更新的中位数，共计时 ${rounds} 遍；竖线：最短与最长的一遍。` +
      `${model ? "线：成本模型。" : ""}两轴均为对数。一轮的时间不含验证与检查点。`,
    update: "每次更新的时间（秒）",
    epoch: "每轮的时间（秒）",
    batchSize: "批次大小（样本）",
    measured: "一个微批次",
    accumulated: "若干微批次",
    model: "成本模型",
    point: (window, time) => `${window}：${time}`,
    empty: "没有图：没有测量任何批次大小",
  },
};
