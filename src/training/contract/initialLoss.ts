import { defaultLoss } from "../../model/loss.ts";
import { type Contract, ownDivisor, report } from "./contract.ts";

/** A loss at the beginning so many times that of the best constant answer: scale of inputs, weights or targets. */
const TIMES = 3;

/**
 * The first window's loss beside that of an answer that knows nothing: ln C of classes that are all alike. A note, as
 * weights of another training begin elsewhere.
 */
export function initialLoss(contract: Contract): void {
  const { options, tally } = contract;
  const { loss = defaultLoss, train } = options;
  if (loss.name !== "cross_entropy" || loss.options.classWeights || train.classes < 2) return;
  const own = tally.loss / ownDivisor(contract);
  const threshold = TIMES * Math.log(train.classes);
  if (!(own > threshold)) return;
  report(contract, "initial-loss", "note", [
    { name: "initialLoss", value: own, unit: "nats", threshold, source: "Karpathy 2019" },
    { name: "constantLoss", value: Math.log(train.classes), unit: "nats" },
  ]);
}
