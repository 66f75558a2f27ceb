import type { PartFinding } from "../../store/analysisFindings.ts";
import { intervalText, percent, significant, whole } from "../format.ts";
import type { Found, Words } from "../words.ts";
import { groupingInChinese } from "./grouping.ts";
import { at } from "./place.ts";

/** What an analysis says of the parts that were asked for, in Chinese (simplified characters). */
export const partsChinese: Words<PartFinding> = {
  sketch: ({ dimensions, seed, cosineError, level }) =>
    `各行放不进内存预算，因此每行由 ${whole(dimensions)} 个随机和代表（种子 ${seed}）：长度是精确的，两行的余弦误差以 ${whole(100 * level)} % 的概率不超过 ${significant(cosineError)}。`,
  fullPass: ({ examples, traceCovariance, squaredGradientNorm, noiseScale, estimate, ...place }) =>
    `对全部 ${whole(examples)} 个样本，${at(place)}时 S² = ${significant(traceCovariance)}，|G_D|² = ${significant(squaredGradientNorm)}，` +
    `本数据集的噪声尺度为 ${significant(noiseScale)} 个样本` +
    (estimate === null
      ? "。"
      : `；由 ${estimate.rows} 个批次估计为 ${intervalText(estimate.noiseScale)}，${estimate.holds ? "包含了它" : "没有包含它，20 个区间中有 1 个会如此"}。`),
  fewLayers: (found) => `${noisiest(found)}；噪声尺度可以确定的层不足两个，无从比较。`,
  layers: ({ low, high, strength, ...rest }) =>
    `${noisiest(rest)}；噪声尺度从 ${intervalText(low.noiseScale)}（${low.name}）到 ${intervalText(high.noiseScale)}（${high.name}），` +
    `${strength === "clear" ? "相距超出各自的区间" : "区间相互重叠"}。一层的噪声尺度是只更新该层时的值。`,
  groupCosines: ({ by, rowsPerGroup, batchSize, groups, within, between }) =>
    `按${groupingInChinese(by)}分组，在 ${groups} 个组内部各取 ${rowsPerGroup} 个含 ${whole(batchSize)} 个样本的小批次：` +
    `平均余弦组内为 ${significant(within)}，组间为 ${significant(between)}。`,
  noConflict: ({ pairs, limit }) =>
    `${pairs} 对组中没有一对方向相反超出随机${limit === undefined ? "" : `且余弦达到 ${significant(limit)}`}。`,
  conflicts: ({ found, pairs, worst, usual }) =>
    `${pairs} 对组中有 ${found} 对相互拉扯，超出随机：${worst.map(pairWords).join("；")}` +
    `${found > worst.length ? `，以及另外 ${found - worst.length} 对` : ""}。对其中一组有利的一步会损害另一组；谁对谁错，这里说不出。` +
    `在极小值附近，构成数据的各组梯度之和几乎为零，因此组间为 ${significant(usual)} 并无异常。`,
  opposedClasses: ({ found, pairs, worst, usual, classes, strength }) =>
    `${pairs} 对类别中有 ${found} 对方向相反，超出随机：${worst.map(pairWords).join("；")}` +
    `${found > worst.length ? `，以及另外 ${found - worst.length} 对` : ""}。各类别必然如此：尚未学习的 softmax 使 ${classes} 个类别的梯度之间余弦为 ` +
    `${significant(usual)}，在极小值附近它们之和也几乎为零。` +
    (classes === 2
      ? strength === "clear"
        ? "对一类有利的一步会损害另一类，其中一类稀少时尤甚：请查看每一类的准确率。标签是否有错，这里说不出。"
        : "因此这不是数据中的冲突。"
      : strength === "clear"
        ? "第一对超出了这个程度：对一类有利的一步会损害另一类，相似的类别之间，或其中一类稀少时便是如此。标签是否有错，这里说不出。"
        : "没有哪一对远超这个程度，因此这不是数据中的冲突。"),
  leftOut: ({ found, groups }) =>
    `因样本或行数不足而略去：${groups.map(({ name, examples }) => `“${name}”（${whole(examples)}）`).join("、")}` +
    `${found > groups.length ? `，以及另外 ${found - groups.length} 组` : ""}。`,
};

function noisiest({ noisiest, share }: Pick<Found<PartFinding, "layers">, "noisiest" | "share">): string {
  return `${noisiest} 层占噪声的 ${percent(share)}`;
}

function pairWords(pair: Found<PartFinding, "conflicts">["worst"][number]): string {
  return (
    `“${pair.first}”与“${pair.second}”（平均余弦 ${significant(pair.meanCosine)}，均值的余弦 ${significant(pair.cosineOfMeans)}，` +
    (pair.opposition === undefined
      ? `p = ${significant(pair.benjaminiHochberg)}（Benjamini–Hochberg），${significant(pair.holm)}（Holm））`
      : `p = ${significant(pair.opposition)}（Benjamini–Hochberg））`)
  );
}
