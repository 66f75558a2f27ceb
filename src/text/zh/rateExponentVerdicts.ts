import type { Verdict } from "../../store/verdicts.ts";
import { type ExponentRule, rulesBy } from "../exponentParts.ts";
import { significant, whole, withInterval } from "../format.ts";
import type { Words } from "../words.ts";

type Kinds = "rateExponent" | "rateExponentUnresolved" | "rateExponentUnfinished";

const names: Readonly<Record<ExponentRule, string>> = { sqrt: "平方根（0.5）", linear: "线性（1）", none: "不变（0）" };
function why(state: "smallest" | "largest" | "flat", rates: string): string {
  if (state === "smallest") return `它可能在 ${rates} 个学习率中最小的一个或更小处`;
  return state === "largest"
    ? `它可能在 ${rates} 个学习率中最大的一个或更大处`
    : `损失分辨不出 ${rates} 个学习率的好坏`;
}

/** The words of `rateExponentVerdictsEnglish` in Chinese. */
export const rateExponentVerdictsChinese: Words<Extract<Verdict, { readonly kind: Kinds }>> = {
  rateExponent: ({ exponent, lower, upper, smallest, largest, bends }) => {
    const power = withInterval({ value: exponent, lower, upper });
    const found = `批次由 ${whole(smallest)} 到 ${whole(largest)} 个样本时，最佳学习率${lower > 0 ? "随批次的" : "约为批次的"} ${power} 次幂${lower > 0 ? "增大" : ""}：${fits({ lower, upper })}`;
    if (bends === null) return found;
    const { first, last } = bends;
    return `${found}；单一的幂不适用：最小的批次之间为 ${significant(first)}，最大的批次之间为 ${significant(last)}`;
  },
  rateExponentUnresolved: ({ batchSize, state, rates, known, batches }) =>
    `得不出指数：批次 ${whole(batchSize)} 的最佳学习率未知，${why(state, whole(rates))}` +
    `（${batches} 个批次中已知 ${known} 个）；请增大 ${state === "flat" ? "`--seeds` 或 `--examples`" : "`--most-rates`"}`,
  rateExponentUnfinished: ({ ended, trials, failed }) =>
    `${whole(trials)} 次训练中已有 ${whole(ended)} 次结束${failed > 0 ? `，${whole(failed)} 次失败` : ""}；同一条命令会继续`,
};

function fits(interval: { readonly lower: number; readonly upper: number }): string {
  const { fitting, others } = rulesBy(interval);
  const listed = (rules: readonly ExponentRule[]) => rules.map((rule) => names[rule]).join("、");
  if (others.length === 0) return `${listed(fitting)}都相符，需要更多 \`--seeds\``;
  if (fitting.length === 0) return `${listed(others)}都不相符`;
  return `${listed(fitting)}相符，${listed(others)}不符`;
}
