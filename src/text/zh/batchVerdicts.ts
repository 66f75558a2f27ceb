import type { BatchVerdict } from "../../store/batchVerdicts.ts";
import { intervalText, isTelling, percent, significant, whole } from "../format.ts";
import { type Further, largerFlags, type Scaled } from "../verdictParts.ts";
import type { Found, Words } from "../words.ts";

/** The answers on the batch of an update, in Chinese (simplified characters). */
export const batchVerdictsChinese: Words<BatchVerdict> = {
  noiseUnmeasured: ({ run, analyzable = true }) =>
    analyzable
      ? `尚未测量；\`batchscope analyze ${run}\` 可以说明多大的批次划算`
      : "未测量，且这次运行没有保存可供测量的检查点",
  noSignal: ({ epoch, rows }) => `第 ${epoch} 轮的平均梯度淹没在 ${whole(rows)} 个批次的噪声中，无法判断批次大小`,
  noNoise: ({ epoch }) => `第 ${epoch} 轮的所有梯度相同，没有哪个批次大小更好`,
  batchLearned: (found) =>
    `训练数据已经学会（${learned(found)}），因此${scale(found)}不再说明多大的批次有用；` +
    `请看较早的检查点：\`batchscope analyze ${found.run} --checkpoint all\``,
  enlargeBatch: (found) =>
    `${place(found)}${whole(found.batchSize)} ${found.far ? "远" : ""}小于${scale(found)}${larger(found)}` +
    goOn(found, "还能大多少"),
  keepBatch: (found) =>
    `${place(found)}${whole(found.batchSize)} 与${scale(found)}相当：样本与更新次数的折中合适，保持即可`,
  shrinkBatch: (found) =>
    `${place(found)}${whole(found.batchSize)} 大于${scale(found)}：更大的批次几乎不再划算；` +
    `约 ${whole(found.examples)} 个样本的批次每次更新学到的几乎一样多，用的样本更少`,
  boundNoiseScale: (found) =>
    `${place(found)}${scale(found)}没有上界，因此比 ${whole(found.batchSize)} 更大的批次是否划算尚无定论${goOn(found, "进一步测量")}`,
};

function scale({ noiseScale, measured }: Pick<Scaled, "noiseScale" | "measured">): string {
  const name = measured === "training" ? "训练中的噪声尺度" : "噪声尺度";
  if (noiseScale.resolved) return `${name} ${intervalText(noiseScale)} 个样本`;
  return isTelling(noiseScale.lower) ? `${name}（至少 ${significant(noiseScale.lower)} 个样本）` : name;
}

function place({ earlier, epoch }: Scaled): string {
  return earlier ? `在第 ${epoch} 轮（训练数据学会之前），` : "";
}

function goOn({ run, rows, rowExamples, measured, analyzable = true }: Further, what: string): string {
  if (measured === "training" && !analyzable) return "";
  if (measured === "training") return `；\`batchscope analyze ${run}\` 可在各检查点测量`;
  const size = rowExamples === undefined ? "" : ` --batch-size ${rowExamples}`;
  return rows === null ? "" : `；${what}：\`batchscope analyze ${run} --rows ${rows}${size}\``;
}

/** How well the training data are known. */
export function learned({
  trainLoss,
  trainAccuracy,
}: Pick<Found<BatchVerdict, "batchLearned">, "trainLoss" | "trainAccuracy">): string {
  const loss = `训练损失 ${significant(trainLoss)}`;
  return trainAccuracy === undefined ? loss : `正确 ${percent(trainAccuracy)}，${loss}`;
}

/** What a larger batch saves and costs, and where it is worth a try. */
function larger(found: Found<BatchVerdict, "enlargeBatch">): string {
  const { price, fewUpdates, batchSize } = found;
  if (fewUpdates !== undefined)
    return `，更大的批次省的是更新次数，不是样本；总共只更新 ${whole(fewUpdates)} 次，不宜再减：保持 ${whole(batchSize)}，或训练更久`;
  if (price === undefined) return "：达到同样的损失，更大的批次所需的更新较少，样本较多";
  return (
    `。改用 ${whole(price.batchSize)}，达到同样的损失，估计所需的更新减少为${fraction(price.fewerUpdates, found)}。` +
    `样本却要${times(price.moreExamples, found)}。单个设备上，只有大批次的单样本用时更短（用 \`batchscope profile\` 测量）` +
    `才省时间；此时可试 \`${largerFlags(found, price)}\``
  );
}

type Range = { readonly lower: number; readonly upper: number };

function fraction({ lower, upper }: Range, { noiseScale }: Pick<Scaled, "noiseScale">): string {
  return noiseScale.resolved
    ? `原来的 1/${significant(upper)} 至 1/${significant(lower)}`
    : `原来的 1/${significant(lower)} 或更少`;
}

function times({ lower, upper }: Range, { noiseScale }: Pick<Scaled, "noiseScale">): string {
  return noiseScale.resolved ? ` ${significant(lower)} 至 ${significant(upper)} 倍` : `至多 ${significant(upper)} 倍`;
}
