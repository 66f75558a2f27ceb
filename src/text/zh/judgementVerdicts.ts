import type { JudgeMetric } from "../../store/studies/study.ts";
import type { Verdict } from "../../store/verdicts.ts";
import { whole } from "../format.ts";
import { differenceSize, metricValue, signedDifference } from "../judgeParts.ts";
import type { Words } from "../words.ts";
import { metricsChinese } from "./judge.ts";

type Kinds = "judged" | "judgedAlike" | "judgedOpen" | "judgedItself";

function byHowMuch(metric: JudgeMetric, difference: Parameters<typeof differenceSize>[1]): string {
  if (difference.value === null) return "试验发散";
  const sign = difference.value < 0 ? (metric === "seconds" ? "短" : "低") : metric === "seconds" ? "长" : "高";
  return `其${metricsChinese[metric]}${sign} ${differenceSize(metric, difference)}`;
}

/** What a judgement says, in Chinese. */
export const judgementVerdictsChinese: Words<Extract<Verdict, { readonly kind: Kinds }>> = {
  judged: ({ arm, baseline, metric, isBetter, seeds, ...difference }) =>
    `“${arm}”比“${baseline}”${isBetter ? "好" : "差"}：${seeds} 个种子上${byHowMuch(metric, difference)}`,
  judgedAlike: ({ arm, baseline, metric, minimumEffect, seeds, ...difference }) =>
    `“${arm}”与“${baseline}”之间没有大于 ${metricValue(metric, minimumEffect)} 的差异：` +
    `${seeds} 个种子上${metricsChinese[metric]}之差为 ${signedDifference(metric, difference)}`,
  judgedOpen: ({ arm, baseline, metric, looked, complete, mostSeeds, moreSeeds, ...difference }) => {
    if (looked === 0)
      return `“${arm}”与“${baseline}”在 ${whole(complete + (moreSeeds ?? 0))} 个种子之前没有结论，已完成 ${whole(complete)} 个；再次运行同一命令即继续`;
    const so = `${metricsChinese[metric]}之差 ${signedDifference(metric, difference)}`;
    const more = moreSeeds === null ? "无法估计还需多少" : `约再需 ${whole(moreSeeds)} 个`;
    return looked < mostSeeds
      ? `“${arm}”与“${baseline}”在 ${whole(looked)} 个种子后尚无结论（${so}）：${more}种子；再次运行同一命令即继续`
      : `“${arm}”与“${baseline}”在全部 ${whole(looked)} 个种子后仍无定论（${so}）：${more}种子；请评判更大的效应，或换一个 \`--study\` 用更多种子`;
  },
  judgedItself: ({ arm, metric, said, seeds, ...difference }) =>
    said
      ? `${whole(seeds)} 个种子后说“${arm}”与它自身有差异（${metricsChinese[metric]}之差 ${signedDifference(metric, difference)}），这是错的`
      : `${whole(seeds)} 个种子上没有说“${arm}”与它自身有差异，理应如此（${metricsChinese[metric]}之差 ${signedDifference(metric, difference)}）`,
};
