import { significant, whole } from "../format.ts";
import { type ArmDifference, apart, type ComparisonVerdict, rank } from "../verdictParts.ts";
import type { Words } from "../words.ts";
import { counted } from "./counted.ts";

/** The first line of a comparison, in English. */
export const comparisonVerdictsEnglish: Words<ComparisonVerdict> = {
  armsCompared: ({ baseline, seeds, better, worse, open }) => {
    const over = `over ${counted(seeds, "seed")}`;
    const [best, ...others] = better.toSorted((a, b) => rank(a) - rank(b));
    if (best) {
      const also = others.length === 0 ? "" : `; so ${others.length === 1 ? "is" : "are"} ${names(others)}`;
      if (best.value === null)
        return `"${best.arm}" is better than "${baseline}", whose trials diverge, ${over}${also}${openToo(open)}`;
      return `"${best.arm}" is better than "${baseline}": its validation loss is lower by ${apart(best)} ${over}${also}${openToo(open)}`;
    }
    if (worse.length === 0) return `${openYet(open)} from "${baseline}" ${over}; ${moreSeeds(open)}`;
    const [worst] = worse.toSorted((a, b) => rank(b) - rank(a));
    const more = worse.length === 1 ? "" : `; worse too: ${names(worse.filter((one) => one !== worst))}`;
    const how = worst!.value === null ? "diverge" : `end with a validation loss higher by ${apart(worst!)}`;
    return `"${baseline}" is better than "${worst!.arm}", whose trials ${how} ${over}${more}${openToo(open)}`;
  },
  armsUntested: ({ lowest, ...few }) => `"${lowest}" has the lowest validation loss, but ${untested(few)}`,
  targetCompared: ({ target, baseline, seeds, better, worse, open }) => {
    const over = `over ${counted(seeds, "seed")}`;
    const to = `a validation loss of ${significant(target)}`;
    const [best, ...others] = better.toSorted((a, b) => rank(a) - rank(b));
    if (best) {
      const also = others.length === 0 ? "" : `; so ${others.length === 1 ? "does" : "do"} ${names(others)}`;
      return `"${best.arm}" reaches ${to} sooner than "${baseline}"${byTime(best)} ${over}${also}${openToo(open)}`;
    }
    if (worse.length === 0)
      return `${openYet(open)} from "${baseline}" in the time to ${to} ${over}; ${moreSeeds(open)}`;
    const [worst] = worse.toSorted((a, b) => rank(b) - rank(a));
    const more = worse.length === 1 ? "" : `; later too: ${names(worse.filter((one) => one !== worst))}`;
    return `"${baseline}" reaches ${to} sooner than "${worst!.arm}"${byTime(worst!)} ${over}${more}${openToo(open)}`;
  },
  targetUntested: ({ target, fastest, ...few }) =>
    fastest === null
      ? `no arm reaches a validation loss of ${significant(target)} in half of its trials; give more \`--epochs\` or a higher loss`
      : `"${fastest}" reaches a validation loss of ${significant(target)} first, but ${untested(few)}`,
  armsUnfinished: ({ ended, trials, failed }) =>
    `${whole(ended)} of ${counted(trials, "trial")} have ended${failed > 0 ? ` and ${whole(failed)} failed` : ""}; ` +
    "the same command goes on",
};

/** So many arms are named at most. */
const MOST = 3;

function names(some: readonly Pick<ArmDifference, "arm">[]): string {
  const shown = some.slice(0, MOST).map(({ arm }) => `"${arm}"`);
  return `${shown.join(", ")}${some.length > MOST ? ` and ${some.length - MOST} more` : ""}`;
}

interface Open extends ArmDifference {
  readonly moreSeeds: number | null;
}

const openYet = (open: readonly Open[]) => `${names(open)} ${open.length === 1 ? "is" : "are"} not distinguishable yet`;

/** Beside a difference that is shown. */
const openToo = (open: readonly Open[]) => (open.length === 0 ? "" : `; ${openYet(open)}`);

/** Of the difference that needs fewest. */
function moreSeeds(open: readonly Open[]): string {
  const [first] = open.filter((one) => one.moreSeeds !== null).toSorted((a, b) => a.moreSeeds! - b.moreSeeds!);
  if (first === undefined) return "more seeds may tell";
  const whose = open.length === 1 ? "the difference seen" : `the difference of "${first.arm}"`;
  return `about ${whole(first.moreSeeds!)} more ${first.moreSeeds === 1 ? "seed" : "seeds"} would show ${whose}`;
}

function untested({ seeds, comparisons, enough }: Record<"seeds" | "comparisons" | "enough", number>): string {
  const what = comparisons === 1 ? "it" : `any of ${comparisons} differences`;
  return `${counted(seeds, "seed")} cannot tell ${what} from chance; go on with \`--seeds ${enough}\``;
}

/** By how much, as far as both mostly get there. */
const byTime = ({ value, ...difference }: ArmDifference) =>
  value === null ? " (one of them mostly does not reach it)" : ` by ${apart({ ...difference, value })} s`;
