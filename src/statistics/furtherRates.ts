import { is, requireArguments } from "../tensor/arguments.ts";
import { bestOf, lowestRate } from "./learningRateExponent.ts";
import type { TriedRate } from "./rateVertex.ts";

/** Between neighbours of a first list, and to a rate beyond it. */
export const RATIO = 2;
/** Rates on either side of the best one that show a minimum. */
const SIDE = 2;
/** Neighbours of the best rate further apart than this get one between them. */
const CLOSE = 1.6;

/**
 * The learning rates that should be tried next so that the best of a batch is known: beyond the ends until two rates
 * lie on either side of the best one, then between its neighbours, then beyond the ends as long as the curve is flat.
 * Empty where that is done, or where `most` rates are there. Rates at which a seed diverged are worse than all others.
 */
export function furtherRates(rates: readonly TriedRate[], most: number): number[] {
  requireArguments("furtherRates", { rates, most }, { rates: is.list, most: is.whole(1) });
  const room = most - rates.length;
  if (room <= 0) return [];
  const values = rates.map(({ learningRate }) => learningRate);
  const [below, above] = [values[0]! / RATIO, values.at(-1)! * RATIO];
  const lowest = lowestRate(rates);
  if (lowest === null) return [below / RATIO, below].slice(-room);
  const { place } = lowest;
  const beyond = [...(place < SIDE ? [below] : []), ...(values.length - 1 - place < SIDE ? [above] : [])];
  if (beyond.length > 0) return beyond.slice(0, room);
  const between = [place - 1, place, place - SIDE, place + 1].flatMap((i) => {
    const [from, to] = [values[i]!, values[i + 1]!];
    return to / from > CLOSE ? [Math.sqrt(from * to)] : [];
  });
  if (between.length > 0) return between.slice(0, room);
  return bestOf({ batchSize: 1, rates }).state === "flat" ? [below, above].slice(0, room) : [];
}
