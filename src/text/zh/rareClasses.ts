import type { RareClassesTried } from "../../store/verdicts.ts";

/** What to try where a rare class is missed, by what was tried already. */
export const rareRemedies: Readonly<Record<RareClassesTried, string>> = {
  limited: "请先用更多数据训练（去掉 `--limit-examples`），这一部分里该类别可能太少",
  nothing: "可试 `--class-weights balanced` 或 `--loss-preset focal_imbalanced`",
  weights: "权重已经平衡；可试 `--loss-preset focal_imbalanced`，或增加该类别的样本",
  focal: "焦点损失没有帮助；请增加该类别的样本，或训练更久",
};
