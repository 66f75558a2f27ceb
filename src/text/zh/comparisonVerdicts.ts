import { significant, whole } from "../format.ts";
import { type ArmDifference, apart, type ComparisonVerdict, rank } from "../verdictParts.ts";
import type { Words } from "../words.ts";

/** The first line of a comparison, in Chinese (simplified characters). */
export const comparisonVerdictsChinese: Words<ComparisonVerdict> = {
  armsCompared: ({ baseline, seeds, better, worse, open }) => {
    const [best, ...others] = better.toSorted((a, b) => rank(a) - rank(b));
    if (best) {
      const also = others.length === 0 ? "" : `；${names(others)}也更好`;
      if (best.value === null) return `在 ${seeds} 个种子上“${best.arm}”优于发散的“${baseline}”${also}${openToo(open)}`;
      return `“${best.arm}”优于“${baseline}”：${seeds} 个种子的验证损失低 ${apart(best)}${also}${openToo(open)}`;
    }
    if (worse.length === 0) return `${seeds} 个种子尚无法区分${names(open)}与“${baseline}”；${moreSeeds(open)}`;
    const [worst] = worse.toSorted((a, b) => rank(b) - rank(a));
    const also = worse.length === 1 ? "" : `；${names(worse.filter((one) => one !== worst))}也更差`;
    const how = worst!.value === null ? "后者发散" : `后者的验证损失高 ${apart(worst!)}`;
    return `在 ${seeds} 个种子上“${baseline}”优于“${worst!.arm}”：${how}${also}${openToo(open)}`;
  },
  armsUntested: ({ lowest, ...few }) => `“${lowest}”的验证损失最低，但${untested(few)}`,
  targetCompared: ({ target, baseline, seeds, better, worse, open }) => {
    const to = `验证损失 ${significant(target)}`;
    const [best, ...others] = better.toSorted((a, b) => rank(a) - rank(b));
    if (best) {
      const also = others.length === 0 ? "" : `；${names(others)}也更早`;
      return `“${best.arm}”比“${baseline}”更早达到${to}：${seeds} 个种子${byTime(best, "早")}${also}${openToo(open)}`;
    }
    if (worse.length === 0)
      return `${seeds} 个种子尚无法区分${names(open)}与“${baseline}”达到${to}的时间；${moreSeeds(open)}`;
    const [worst] = worse.toSorted((a, b) => rank(b) - rank(a));
    const also = worse.length === 1 ? "" : `；${names(worse.filter((one) => one !== worst))}也更晚`;
    return `“${baseline}”比“${worst!.arm}”更早达到${to}：后者在 ${seeds} 个种子上${byTime(worst!, "晚")}${also}${openToo(open)}`;
  },
  targetUntested: ({ target, fastest, ...few }) =>
    fastest === null
      ? `没有一组在半数试验中达到验证损失 ${significant(target)}；请增加 \`--epochs\` 或提高该损失`
      : `“${fastest}”最早达到验证损失 ${significant(target)}，但${untested(few)}`,
  armsUnfinished: ({ ended, trials, failed }) =>
    `${whole(trials)} 次试验中有 ${whole(ended)} 次已结束${failed > 0 ? `，${whole(failed)} 次失败` : ""}；再次运行同一命令即可继续`,
};

/** So many arms are named at most. */
const MOST = 3;

function names(some: readonly Pick<ArmDifference, "arm">[]): string {
  const shown = some.slice(0, MOST).map(({ arm }) => `“${arm}”`);
  return `${shown.join("、")}${some.length > MOST ? `等 ${some.length} 组` : ""}`;
}

interface Open extends ArmDifference {
  readonly moreSeeds: number | null;
}

/** Beside a difference that is shown. */
const openToo = (open: readonly Open[]) => (open.length === 0 ? "" : `；${names(open)}尚无法区分`);

/** Of the difference that needs fewest. */
function moreSeeds(open: readonly Open[]): string {
  const [first] = open.filter((one) => one.moreSeeds !== null).toSorted((a, b) => a.moreSeeds! - b.moreSeeds!);
  if (first === undefined) return "更多种子或可区分";
  const whose = open.length === 1 ? "所见的差异" : `“${first.arm}”的差异`;
  return `约再需 ${whole(first.moreSeeds!)} 个种子才能显示${whose}`;
}

function untested({ seeds, comparisons, enough }: Record<"seeds" | "comparisons" | "enough", number>): string {
  const what = comparisons === 1 ? "" : ` ${comparisons} 个差异中任何一个出于`;
  return ` ${seeds} 个种子无法排除${what}偶然；请用 \`--seeds ${enough}\` 继续`;
}

const byTime = ({ value, ...difference }: ArmDifference, word: string) =>
  value === null ? "中一方多半达不到" : `${word} ${apart({ ...difference, value })} 秒`;
