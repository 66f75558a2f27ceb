import type { Verdict } from "../../store/verdicts.ts";
import { percent, significant, whole } from "../format.ts";
import type { Words } from "../words.ts";

type Said = Extract<Verdict, { readonly kind: "landscape" }>;

/** The words of `landscapeVerdictsEnglish` in Chinese. */
export const landscapeVerdictsChinese: Words<Said> = {
  landscape: ({ place, flatness, update, trace }) => {
    const parts = [...(place ? [placeText(place)] : []), ...(flatness ? [flatnessText(flatness)] : [])];
    const all = [...parts, ...(update ? [updateText(update)] : [])];
    if (all.length > 0) return all.join("；");
    return trace === null ? "测得的结果见下" : `Hessian 的迹为 ${significant(trace)}`;
  },
};

function placeText({ kind, index, of, exact, gradientShare }: NonNullable<Said["place"]>): string {
  if (kind === "minimum") return "极小点，各方向都向上弯曲";
  if (kind === "maximum") return "极大点，各方向都向下弯曲";
  if (kind === "degenerate") return "退化的临界点，有平坦的方向，曲率无法判断";
  if (kind === "saddle") return `鞍点，${whole(of)} 个方向中${exact ? "有" : "至少有"} ${whole(index)} 个向下弯曲`;
  if (kind === "undecided") return "尚不能断定是否为临界点以及属于哪一类";
  return gradientShare === null
    ? "不是临界点：沿负梯度走一步仍能降低很多"
    : `不是临界点：梯度为本次训练中最大梯度的 ${percent(gradientShare)}`;
}

function flatnessText({ kind, rise, share }: NonNullable<Said["flatness"]>): string {
  if (kind === "unknown") return `改动权重（ASAM）使损失升高 ${significant(rise)}`;
  const word = { flat: "平坦", between: "既不平坦也不尖锐", sharp: "尖锐" }[kind];
  return `${word}，改动权重（ASAM）的代价为训练所得的 ${percent(share!)}`;
}

function updateText({ kind, learningRate, criticalRate, stable }: NonNullable<Said["update"]>): string {
  if (kind === "flat") return "稳定：沿下一次更新，在所试范围内损失一直下降";
  if (kind === "still") return "下一次更新不改变损失";
  if (kind === "ascent") return "不稳定：对这些样本，下一次更新指向上坡";
  const side = stable ? "低于" : "高于";
  return `${stable ? "稳定" : "不稳定"}：下一次的学习率 ${significant(learningRate)} ${side}临界学习率 ${significant(criticalRate!)}`;
}
