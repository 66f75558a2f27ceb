import type { StudiesText } from "../en/studies.ts";
import { said } from "../words.ts";
import { notesChinese } from "./notes.ts";

/** The words of `studiesEnglish.ts` in Chinese (simplified characters). */
export const studiesChinese: StudiesText = {
  range: {
    window: (sizes) => `每次更新 ${sizes} 个样本`,
    progress: ({ seed, rates, end, done, repeats }) =>
      `种子 ${seed}：${rates} 个学习率，${
        { rates: "都没有发散", rose: "随后损失升到最低值的四倍", "not finite": "随后损失不再是有限值" }[end]
      }（${done}/${repeats}）`,
    seed: "种子",
    rates: "学习率个数",
    steepest: "下降最快处",
    slope: "每十倍的损失变化",
    lowest: "最低处",
    largestStable: "最大稳定值",
    endedBy: "结束原因",
    ends: { rates: "全部试完", rose: "损失上升", "not finite": "损失非有限值" },
    suggested: "建议的学习率",
    suggestion: ({ value, lower, upper, seeds, why }) => `${value}（${seeds} 个种子为 ${lower} 至 ${upper}）：${why}`,
    tenth: "保守（最低处 ÷ 10）",
    bounded: ({ seed, stable, unstable, updates }) =>
      `种子 ${seed}：用同一学习率更新 ${updates} 次，${
        stable === null
          ? `小至 ${unstable} 也都发散`
          : unstable === null
            ? `直到 ${stable} 都不发散`
            : `${stable} 不发散，${unstable} 发散`
      }`,
    noneStable: "没有：从最小的学习率起就发散；请减小 --from",
    stable: ({ value, upper, updates, bounded }) =>
      `${value}：用它更新 ${updates} 次，没有一个种子发散${
        upper === null ? "；没有试更大的学习率，请增大 --to" : `；在 ${upper} 处所有种子都发散`
      }${bounded ? "；该优化器的步长有界，所以这不是由曲率决定的极限" : ""}`,
    picture: "图片",
    reason: (found) => said(found, notesChinese.suggestion),
    problem: (found) => said(found, notesChinese.sweep),
    title: (model, data, optimizer) => `学习率范围测试：${data} 上的 ${model}，${optimizer}`,
    caption: (seeds) =>
      `细线：用每个学习率更新一次之后一个小批次的损失，共 ${seeds} 个种子。粗线：它在转折之前与相邻值的平均。`,
    captionFound: ({ value, lower, upper, why }) => `建议 ${value}，即${why}；各种子为 ${lower} 至 ${upper}。`,
    captionReason: (why) => `${why}。`,
    captionCut: "远高于起点的损失被截去。这些学习率只适用于该模型、优化器与批次大小的最初若干次更新。",
    empty: "没有图：没有一次更新得到有限的损失",
    learningRate: "学习率",
    loss: "损失",
    each: "每次更新",
    smoothed: "相邻值的平均",
    markSuggestion: (value) => `建议：${value}`,
    markTenth: (value) => `最低处 ÷ 10：${value}`,
    markStable: (value) => `最大稳定值：${value}`,
  },
  microBatch: {
    limit: ({ bytes, source, most, allowed }) =>
      `内存上限 ${bytes}（${said(source, notesChinese.memory)}），其中一次试验可用 ${allowed}；微批次最大试到 ${most}`,
    tried: (size, outcome, again) => `${again ? "复验 " : ""}${size}：${outcome}`,
    failed: (end) => `失败：${said(end, notesChinese.trial)}`,
    tooMuch: (peak, end) => `放不下，${peak === "" ? "" : `${peak}，`}${said(end, notesChinese.trial)}`,
    fits: (peak) => `放得下${peak === "" ? "" : `，${peak}`}`,
    fitsOnce: (fits) => `${fits}，只在一次短试验中`,
    timing: (sizes) => `测量 ${sizes} 的时间`,
    untimed: (end) => `没有测到时间：${said(end, notesChinese.trial)}`,
    disturbed: (share) => `机器繁忙：计时的进程只得到一个处理器的 ${share}；这里的时间是处理器时间`,
    perExample: ({ median, lower, upper }) => `每个样本 ${median} µs [${lower}, ${upper}]`,
    none: (bytes, source) => `${bytes}（${said(source, notesChinese.memory)}）连一个样本也放不下`,
    largest: "放得下的最大值",
    fastest: "最快",
    note: "说明",
    largestValue: ({ size, next, plan }) => `${size}，运行了两次${next === null ? "" : `；${next} 放不下`}：${plan}`,
    fastestValue: ({ size, time, plan, asFast }) =>
      `${size}，${time}：${plan}${asFast.length === 0 ? "" : `；在误差范围内同样快：${asFast.join("、")}`}`,
    window: (plan, window) => `${plan}（${window}）`,
    searchNote: (found) => said(found, notesChinese.search),
  },
};
