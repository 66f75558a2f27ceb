import type { Pareto, ParetoPoint } from "../../experiment/criticalBatch/pareto.ts";
import { geometricMean } from "../../report/charts/pareto.ts";
import { alignedLines, labelledLines, separated } from "../../report/terminal/aligned.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { USUAL_OVERHEAD } from "../../statistics/criticalBatch.ts";
import { foundCritical } from "../../text/batchParts.ts";
import { significant, whole, withInterval } from "../../text/format.ts";
import type { Text } from "../../text/text.ts";
import type { FoundPareto } from "../commands/paretoFound.ts";

/** What `critical-batch --study` prints: the answer, the batch sizes, the fit and the definitions. */
export function paretoLines(found: FoundPareto, files: readonly string[], text: Text): string[] {
  const { pareto: words } = text;
  const page = files.find((file) => file.endsWith("critical-batch.html"));
  return separated([
    answerLines(found.answer, text),
    [words.points(found.target), ...alignedLines(pointRows(found, text), (column) => column === 5)],
    fitLines(found, text),
    [words.definitions, ...alignedLines(definitionRowsOfStudy(found, text), (column) => column !== 1)],
    page === undefined ? [] : labelledLines([[words.report, page]]),
  ]);
}

/** A row for each batch size, the head first. */
export function pointRows({ points }: Pareto, { pareto: words }: Text): string[][] {
  const { columns } = words;
  const head = [columns.batchSize, columns.learningRate, columns.reached, columns.steps, columns.examples];
  return [[...head, columns.note], ...points.map((point) => pointRow(point, words))];
}

function pointRow({ batchSize, learningRates, examples, atEdge, early }: ParetoPoint, words: Text["pareto"]): string[] {
  const known = examples.filter((one) => one !== null);
  const mean = known.length === examples.length ? geometricMean(known) : null;
  const notes = [
    ...(mean === null ? [words.censored] : []),
    ...(atEdge ? [words.edge] : []),
    ...(early > 0 ? [words.early] : []),
  ];
  return [
    whole(batchSize),
    learningRates.map(significant).join(", "),
    `${whole(known.length)}/${whole(examples.length)}`,
    mean === null ? "–" : significant(mean / batchSize),
    mean === null ? "–" : significant(mean),
    notes.join(", "),
  ];
}

/** S_min and E_min, and whether the hyperbola fits; nothing where there is none. */
export function fitLines({ fit }: Pareto, { pareto: words }: Text): string[] {
  const { fewestSteps, fewestExamples, lackOfFit } = fit;
  return [
    ...(fewestSteps && fewestExamples ? [words.ends(withInterval(fewestSteps), withInterval(fewestExamples))] : []),
    ...(lackOfFit ? [words.lack(lackOfFit.f, lackOfFit.p)] : []),
  ];
}

/** The hyperbola's critical batch and that of the usual overhead, in examples; null where no hyperbola fits. */
export function definitionsOfStudy({ fit, answer }: FoundPareto) {
  const isKnown = answer[0]!.kind === "paretoCriticalBatch";
  const { value, lower, upper } = fit.criticalBatchSize;
  const times = (one: number | null, factor: number) => (one === null || !isKnown ? null : factor * one);
  const of = (factor: number) => ({
    value: times(value, factor),
    lower: times(lower, factor),
    upper: times(upper, factor),
  });
  return [
    { name: "pareto" as const, ...of(1) },
    { name: "paretoOverhead" as const, overhead: USUAL_OVERHEAD, ...of(USUAL_OVERHEAD) },
  ];
}

/** The same as rows, the head first. */
export function definitionRowsOfStudy(found: FoundPareto, { pareto: words }: Text): string[][] {
  const { name, value, says } = words.definitionColumns;
  const rows = definitionsOfStudy(found).map((one) => {
    const overhead = "overhead" in one ? one.overhead : 0;
    return one.name === "pareto"
      ? [words.names.pareto, foundCritical(one), words.says.pareto]
      : [words.names.paretoOverhead(overhead), foundCritical(one), words.says.paretoOverhead(overhead)];
  });
  return [[name, value, says], ...rows];
}
