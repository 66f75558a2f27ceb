import type { BatchVerdict } from "../../store/batchVerdicts.ts";
import { intervalText, isTelling, percent, significant, whole } from "../format.ts";
import { type Further, largerFlags, type Scaled } from "../verdictParts.ts";
import type { Found, Words } from "../words.ts";
import { counted } from "./counted.ts";

/** The answers on the batch of an update, in English. */
export const batchVerdictsEnglish: Words<BatchVerdict> = {
  noiseUnmeasured: ({ run, analyzable = true }) =>
    analyzable
      ? `not measured yet; \`batchscope analyze ${run}\` tells which batch size pays`
      : "not measured, and the run saved no checkpoint at which it could be",
  noSignal: ({ epoch, rows }) =>
    `the mean gradient of epoch ${epoch} is lost in the noise of ${whole(rows)} batches, so that no batch size can be told`,
  noNoise: ({ epoch }) => `all gradients of epoch ${epoch} are alike, so that no batch size is better than another`,
  batchLearned: (found) =>
    `the training data are learned (${learned(found)}), so that ${scale(found)} says nothing of a useful batch; ` +
    `see the earlier ones: \`batchscope analyze ${found.run} --checkpoint all\``,
  enlargeBatch: (found) =>
    `${place(found)}${whole(found.batchSize)} is ${found.far ? "far " : ""}below ${scale(found)}${larger(found)}` +
    goOn(found, "how much larger"),
  keepBatch: (found) =>
    `${place(found)}${whole(found.batchSize)} is about ${scale(found)}: it trades examples for updates well; keep it`,
  shrinkBatch: (found) =>
    `${place(found)}${whole(found.batchSize)} is above ${scale(found)}: larger batches hardly pay; ` +
    `about ${whole(found.examples)} would learn nearly as much in an update, from fewer examples`,
  boundNoiseScale: (found) =>
    `${place(found)}${scale(found)} is not bounded from above, so that it is open whether more than ` +
    `${whole(found.batchSize)} pays${goOn(found, "more")}`,
};

function scale({ noiseScale, measured }: Pick<Scaled, "noiseScale" | "measured">): string {
  const name = measured === "training" ? "the noise scale while training" : "the noise scale";
  if (noiseScale.resolved) return `${name} ${intervalText(noiseScale)} examples`;
  return isTelling(noiseScale.lower) ? `${name} (at least ${significant(noiseScale.lower)} examples)` : name;
}

/** Of which epoch, where it is not the last that was analyzed. */
function place({ earlier, epoch }: Scaled): string {
  return earlier ? `at epoch ${epoch}, before the training data were learned, ` : "";
}

function goOn({ run, rows, rowExamples, measured, analyzable = true }: Further, what: string): string {
  if (measured === "training" && !analyzable) return "";
  if (measured === "training") return `; \`batchscope analyze ${run}\` measures it at each checkpoint`;
  const size = rowExamples === undefined ? "" : ` --batch-size ${rowExamples}`;
  return rows === null ? "" : `; ${what}: \`batchscope analyze ${run} --rows ${rows}${size}\``;
}

/** How well the training data are known. */
export function learned({
  trainLoss,
  trainAccuracy,
}: Pick<Found<BatchVerdict, "batchLearned">, "trainLoss" | "trainAccuracy">): string {
  const loss = `training loss ${significant(trainLoss)}`;
  return trainAccuracy === undefined ? loss : `${percent(trainAccuracy)} right, ${loss}`;
}

/** What a larger batch saves and costs, and where it is worth a try. */
function larger(found: Found<BatchVerdict, "enlargeBatch">): string {
  const { price, fewUpdates, batchSize } = found;
  if (fewUpdates !== undefined)
    return (
      ", where a larger batch saves updates, not examples; " +
      `of only ${counted(fewUpdates, "update")} none can be spared: keep ${whole(batchSize)}, or train longer`
    );
  if (price === undefined) return ", where a larger batch takes fewer updates, but more examples, for the same loss";
  return (
    `. With ${whole(price.batchSize)} the same loss should take ${times(price.fewerUpdates, found)} fewer updates. It should cost ` +
    `${times(price.moreExamples, found, "at most ")} the examples. On one device that saves time only if larger batches run ` +
    `faster per example (\`batchscope profile\` measures it); then try \`${largerFlags(found, price)}\``
  );
}

/** "5.70 to 7.79 times", or what is known of it where the noise scale has no upper end. */
function times(
  { lower, upper }: { readonly lower: number; readonly upper: number },
  { noiseScale }: Pick<Scaled, "noiseScale">,
  atMost?: string,
): string {
  if (noiseScale.resolved) return `${significant(lower)} to ${significant(upper)} times`;
  return atMost === undefined ? `at least ${significant(lower)} times` : `${atMost}${significant(upper)} times`;
}
