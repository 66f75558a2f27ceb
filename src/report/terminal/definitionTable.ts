import { type BatchDefinition, isUnknown } from "../../store/batchDefinitions.ts";
import { foundBatch, overheadText } from "../../text/batchParts.ts";
import type { CriticalBatchText } from "../../text/en/criticalBatch.ts";
import { whole } from "../../text/format.ts";
import type { Text } from "../../text/text.ts";
import { alignedLines } from "./aligned.ts";

/** The batch sizes that go by the name "critical", side by side; the head first. */
export function definitionRows(
  definitions: readonly BatchDefinition[],
  { criticalBatch: words }: Pick<Text, "criticalBatch">,
): string[][] {
  const { name, step, value, says } = words.definitionColumns;
  const rows = definitions.map((one) => [
    definitionName(one, words),
    one.step === null ? words.allSteps : whole(one.step),
    foundBatch(one),
    saysOf(one, words),
  ]);
  return [[name, step, value, says], ...rows];
}

/** The same under its title, as lines of a terminal. */
export function definitionLines(definitions: readonly BatchDefinition[], text: Pick<Text, "criticalBatch">): string[] {
  const rows = alignedLines(definitionRows(definitions, text), (column) => column === 0 || column > 2);
  return [text.criticalBatch.definitions, ...rows];
}

export function definitionName(one: BatchDefinition, { names }: CriticalBatchText): string {
  if (one.name === "branched" || one.name === "paretoOverhead") return names[one.name](overheadText(one.overhead));
  return one.name === "scaled" || one.name === "sign" ? names[one.name](one.optimizer) : names[one.name];
}

function saysOf(one: BatchDefinition, words: CriticalBatchText): string {
  if (one.name === "pareto" || one.name === "paretoOverhead")
    return isUnknown(one) ? words.askStudy(one.study) : words.ofStudy(words.says[one.name], one.study!);
  if (!isUnknown(one)) return words.says[one.name];
  return one.name === "branched" && one.step === null ? words.askBranches(one.run ?? "latest") : words.unresolved;
}
