import type { GradientVerdict } from "../../store/gradientVerdicts.ts";
import { intervalText, percent, significant, whole } from "../format.ts";
import type { Found, Words } from "../words.ts";

const scaleOf = ({ noiseScale }: Pick<Found<GradientVerdict, "gradientsAbout">, "noiseScale">) =>
  noiseScale.resolved
    ? `噪声尺度 ${intervalText(noiseScale)} 个样本`
    : `噪声尺度（至少 ${significant(noiseScale.lower)} 个样本）`;

/** 对其他程序保存的梯度的回答。 */
export const gradientVerdictsChinese: Words<GradientVerdict> = {
  gradientsBelow: (found) =>
    `${whole(found.batchSize)} 小于${scaleOf(found)}：更大的批次划算。批次加倍，每次更新的进展` +
    `${found.noiseScale.resolved ? "约为" : "至少为"} ${significant(found.gainOfDoubling)} 倍`,
  gradientsAbout: (found) => `${whole(found.batchSize)} 与${scaleOf(found)}相当：样本与更新次数的折中合适，保持即可`,
  gradientsAbove: (found) => `${whole(found.batchSize)} 大于${scaleOf(found)}：更大的批次几乎不再划算`,
  gradientsOpen: ({ batchSize }) =>
    `噪声尺度没有上界，因此比 ${whole(batchSize)} 更大的批次是否划算尚无定论；请保存更多批次的梯度`,
  gradientsLost: ({ rows }) => `平均梯度淹没在 ${whole(rows)} 个批次的噪声中，无法判断批次大小；请保存更多批次的梯度`,
  gradientsOpposed: ({ found, batches }) =>
    `${whole(batches)} 个批次中有 ${whole(found)} 个与其余批次方向相反，超出随机；` +
    "要看是哪些样本，请保存每批只含一个类别或一个来源的梯度",
  gradientPairsOpposed: ({ share, limit }) =>
    `${percent(share)} 的批次对方向相反，随机至多给出 ${percent(limit)}；` +
    "要看是哪些样本，请保存每批只含一个类别或一个来源的梯度",
  gradientsAgree: ({ batches }) => `${whole(batches)} 个批次之间没有冲突`,
};
