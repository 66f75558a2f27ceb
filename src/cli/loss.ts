import { didYouMean } from "../data/suggest.ts";
import { type LossName, losses } from "../model/loss.ts";
import { UsageError } from "../tensor/errors.ts";

/** The name that `--loss` takes. Throws `UsageError` for one that is no loss. */
export function lossName(name: string): LossName {
  if (Object.hasOwn(losses, name)) return name as LossName;
  const known = Object.keys(losses);
  throw new UsageError(
    `--loss: expected one of ${known.join(", ")}, got "${name}"${didYouMean(name, known) || "; choose one of them"}`,
  );
}
