import { is, requireArguments } from "../../tensor/arguments.ts";
import { medianOf } from "../comparison/sample.ts";

/** What a trial gave at a rung: so many steps of training. NaN or an infinite value of one that diverged. */
export interface RungResult {
  readonly trial: string;
  readonly value: number;
}

/** What a free slot does next. */
export type HalvingDecision =
  | { readonly kind: "promote"; readonly trial: string; readonly rung: number }
  | { readonly kind: "start" };

/**
 * Asynchronous successive halving (ASHA; Li et al. 2020, arXiv:1810.05934, algorithm 2): what a free slot does next.
 * From the highest rung but the last down, a trial among the best 1/η of those that finished a rung so far is promoted
 * to the next one, unless it has been; the best first. Where there is none, a new trial starts at the lowest rung. No
 * slot ever waits for the others of a rung.
 *
 *   rungs      [rungs], what has finished at each, the lowest first
 *   promoted   [rungs], trials that were promoted from each rung already, be they running or done
 *   reduction  η, at least 2; 3 or 4 is usual
 */
export function nextByHalving(
  rungs: readonly (readonly RungResult[])[],
  promoted: readonly ReadonlySet<string>[],
  reduction: number,
  smallerIsBetter = true,
): HalvingDecision {
  requireArguments(
    "nextByHalving",
    { rungs, promoted, reduction },
    { rungs: is.list, promoted: is.list, reduction: is.above0 },
  );
  for (let rung = rungs.length - 2; rung >= 0; rung--) {
    const found = best(rungs[rung]!, reduction, smallerIsBetter).find(({ trial }) => !promoted[rung]!.has(trial));
    if (found) return { kind: "promote", trial: found.trial, rung: rung + 1 };
  }
  return { kind: "start" };
}

/**
 * The same rule for trials that go on by themselves: whether one that has reached a rung stops there, because it is not
 * among the best 1/η of all that have reached it so far, itself included. While fewer than η have reached it, the first
 * of them goes on only if it is the best.
 */
export function stopsByHalving(
  rung: readonly RungResult[],
  trial: string,
  reduction: number,
  smallerIsBetter = true,
): boolean {
  requireArguments(
    "stopsByHalving",
    { rung, trial, reduction },
    { rung: is.list, trial: is.text, reduction: is.above0 },
  );
  const kept = Math.max(1, Math.floor(rung.length / reduction));
  return !ranked(rung, smallerIsBetter)
    .slice(0, kept)
    .some((result) => result.trial === trial);
}

const best = (rung: readonly RungResult[], reduction: number, smallerIsBetter: boolean) =>
  ranked(rung, smallerIsBetter)
    .slice(0, Math.floor(rung.length / reduction))
    // A trial that diverged is not worth another step, however few there are.
    .filter(({ value }) => Number.isFinite(value));

/** From best to worst; diverged ones last, equal ones in the order in which they came. */
function ranked(rung: readonly RungResult[], smallerIsBetter: boolean): RungResult[] {
  const loss = ({ value }: RungResult) =>
    Number.isFinite(value) ? (smallerIsBetter ? value : -value) : Number.POSITIVE_INFINITY;
  return rung.toSorted((a, b) => {
    const [x, y] = [loss(a), loss(b)];
    return x === y ? 0 : x - y;
  });
}

/** The value of an evaluation of a running or finished trial. */
export interface StepValue {
  readonly step: number;
  readonly value: number;
}

/** With fewer others there is no median worth the name. */
const FEWEST_OTHERS = 3;

/**
 * The median stopping rule (Golovin et al. 2017, Google Vizier, §3.2.2): a trial stops at a step when its best value so
 * far is worse than the median, over the other trials that have got as far, of their mean value up to that step. Never
 * with fewer than three others, and at once where its last value is not finite.
 */
export function stopsByMedian(
  own: readonly StepValue[],
  others: readonly (readonly StepValue[])[],
  smallerIsBetter = true,
): boolean {
  requireArguments("stopsByMedian", { own, others }, { own: is.list, others: is.listOf("trials", is.list) });
  const last = own.at(-1);
  if (!last) return false;
  if (!Number.isFinite(last.value)) return true;
  const sign = smallerIsBetter ? 1 : -1;
  const averages = others
    .filter((values) => (values.at(-1)?.step ?? Number.NEGATIVE_INFINITY) >= last.step)
    .map((values) => values.filter(({ step }) => step <= last.step))
    .filter((values) => values.length > 0)
    .map((values) => sign * (values.reduce((sum, { value }) => sum + value, 0) / values.length))
    // What diverged counts as the worst, it is not averaged.
    .map((average) => (Number.isFinite(average) ? average : Number.POSITIVE_INFINITY));
  if (averages.length < FEWEST_OTHERS) return false;
  return Math.min(...own.map(({ value }) => sign * value)) > medianOf(averages);
}
