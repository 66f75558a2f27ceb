import type { PartsText } from "../en/parts.ts";
import { groupingInChinese } from "./grouping.ts";

/** The sentences of `analysisReading.ts` in Chinese (simplified characters). */
export const partsChinese: PartsText = {
  sketch: ({ sums, seed, error }) =>
    `各行放不进内存预算，因此每行由 ${sums} 个随机和代表（种子 ${seed}）：长度是精确的，两行的余弦误差以 95 % 的概率不超过 ${error}。`,
  compared: ({ rows, estimate, holds }) =>
    `；由 ${rows} 个批次估计为 ${estimate}，${holds ? "包含了它" : "没有包含它，20 个区间中有 1 个会如此"}`,
  fullPass: ({ examples, epoch, trace, signal, scale, compared }) =>
    `对全部 ${examples} 个样本，第 ${epoch} 轮时 S² = ${trace}，|G_D|² = ${signal}，本数据集的噪声尺度为 ${scale} 个样本${compared}。`,
  noisiest: (name, share) => `${name} 层占噪声的 ${share}`,
  fewLayers: (noisiest) => `${noisiest}；噪声尺度可以确定的层不足两个，无从比较。`,
  layers: ({ noisiest, low, lowName, high, highName, apart }) =>
    `${noisiest}；噪声尺度从 ${low}（${lowName}）到 ${high}（${highName}），${apart ? "相距超出各自的区间" : "区间相互重叠"}。一层的噪声尺度是只更新该层时的值。`,
  pair: ({ first, second, cosine, ofMeans, bh, holm }) =>
    `“${first}”与“${second}”（平均余弦 ${cosine}，均值的余弦 ${ofMeans}，p = ${bh}（Benjamini–Hochberg），${holm}（Holm））`,
  morePairs: (count) => `，以及另外 ${count} 对`,
  setting: ({ by, rows, batchSize, groups, within, between }) =>
    `按${groupingInChinese(by)}分组，在 ${groups} 个组内部各取 ${rows} 个含 ${batchSize} 个样本的小批次：平均余弦组内为 ${within}，组间为 ${between}。`,
  noConflict: (pairs) => `${pairs} 对组中没有一对相互拉扯超出随机。`,
  conflicts: ({ found, pairs, named, usual }) =>
    `${pairs} 对组中有 ${found} 对相互拉扯，超出随机：${named}。对其中一组有利的一步会损害另一组；谁对谁错，这里说不出。` +
    `在极小值附近，构成数据的各组梯度之和几乎为零，因此组间为 ${usual} 并无异常。`,
  separator: "；",
  leftOut: (groups, more) =>
    `因样本或行数不足而略去：${groups.map(({ name, examples }) => `“${name}”（${examples}）`).join("、")}${more > 0 ? `，以及另外 ${more} 组` : ""}。`,
};
