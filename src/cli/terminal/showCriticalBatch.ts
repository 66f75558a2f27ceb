import type { BranchedCheckpoint, BranchedFactor } from "../../experiment/criticalBatch/run.ts";
import { alignedLines, labelledLines, separated } from "../../report/terminal/aligned.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { definitionLines } from "../../report/terminal/definitionTable.ts";
import { foundBatch } from "../../text/batchParts.ts";
import { percent, significant, whole } from "../../text/format.ts";
import type { Text } from "../../text/text.ts";
import type { FoundCriticalBatch } from "../commands/criticalBatchFound.ts";
import { meanText } from "./showComparison.ts";

/** What `critical-batch` prints: the answer, the checkpoints, the branches of the last one, and the definitions. */
export function criticalBatchLines(found: FoundCriticalBatch, files: readonly string[], text: Text): string[] {
  const { criticalBatch: words } = text;
  const last = found.checkpoints.at(-1);
  const page = files.find((file) => file.endsWith("report.html"));
  return separated([
    answerLines(found.answer, text),
    found.checkpoints.length > 1 ? [words.checkpoints, ...alignedLines(checkpointRows(found.checkpoints, text))] : [],
    last ? [words.branches(last.step), ...alignedLines(branchRows(last, text))] : [],
    last ? definitionLines(found.definitions, text) : [],
    page === undefined ? [] : labelledLines([[words.report, page]]),
  ]);
}

/** A row for each checkpoint, the head first. */
export function checkpointRows(checkpoints: readonly BranchedCheckpoint[], { criticalBatch: words }: Text): string[][] {
  const { columns } = words;
  const head = [columns.step, columns.batchSize, columns.startLoss, columns.critical, columns.doubled, columns.alike];
  const rows = checkpoints.map(({ step, factors, startLoss, criticalBatchSize, doubled, largestAlike }) => [
    whole(step),
    whole(factors[0]!.batchSize),
    significant(startLoss),
    foundBatch(criticalBatchSize),
    foundBatch(doubled),
    largestAlike === null ? "–" : whole(largestAlike),
  ]);
  return [head, ...rows];
}

/** A row for each batch size, the head first. */
export function branchRows({ factors }: BranchedCheckpoint, text: Text): string[][] {
  const { columns } = text.criticalBatch;
  const head = [columns.batchSize, columns.learningRate, columns.seeds, columns.loss, columns.difference, columns.kept];
  return [[...head, columns.verdict], ...factors.map((factor) => branchRow(factor, text))];
}

function branchRow(
  { batchSize, learningRate, seeds, diverged, loss, kept, compared }: BranchedFactor,
  { criticalBatch: words, comparison }: Text,
): string[] {
  const { value = null, lower = null, upper = null } = compared?.result?.difference ?? {};
  return [
    whole(batchSize),
    significant(learningRate),
    diverged > 0 ? words.diverged(diverged, seeds) : whole(seeds),
    meanText(loss),
    value === null ? words.baseline : meanText({ value, lower, upper }),
    kept === null || compared === null ? words.baseline : meanText(kept, percent),
    compared === null ? words.baseline : comparison.verdicts[compared.verdict]!,
  ];
}
