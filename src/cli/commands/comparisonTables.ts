import type { ArmResult } from "../../experiment/studies/comparison.ts";
import type { RanComparison } from "../../experiment/studies/runComparison.ts";
import type { TunedArm } from "../../experiment/studies/tuning.ts";
import type { PlainColumn, PlainTable } from "../../export/plainTable.ts";
import { kebab } from "../../tensor/kebab.ts";

/** The columns of a table, by what each row has in them. */
export type Cells<Row> = readonly (readonly [name: string, of: (row: Row) => string | number | boolean | null])[];

/** Everything that a comparison measured, as tables: arms, differences, trials and their evaluations, rates tried. */
export function comparisonTables({ arms, comparisons, target, tuned, file }: RanComparison): PlainTable[] {
  const tunedOption = file.specification.tuning?.option ?? "learningRate";
  const others = tunedOption === "learningRate" ? [] : [tunedOption];
  const trials = arms.flatMap(({ arm, trials: some }) => some.map((trial) => ({ arm: arm.name, ...trial })));
  return [
    table("arms", arms, [
      ["arm", ({ arm }) => arm.name],
      ["effective_batch_size", ({ arm }) => arm.effectiveBatchSize],
      ...["learningRate", ...others].map(
        (option) => [columnOf(option), ({ arm }: ArmResult) => Number(arm.configuration[option])] as const,
      ),
      ["seeds", ({ trials: { length } }) => length],
      ["diverged", ({ diverged }) => diverged],
      ["failed", ({ failed }) => failed.length],
      ...meanCells("mean_loss", ({ meanLoss }) => meanLoss),
      ...meanCells("final_loss", ({ finalLoss }) => finalLoss),
      ...meanCells("accuracy", ({ finalAccuracy }) => finalAccuracy),
      ["examples", ({ examples }) => examples],
      ["updates", ({ updates }) => updates],
      ["seconds", ({ seconds }) => seconds],
      ["seconds_per_update", ({ secondsPerUpdate }) => secondsPerUpdate],
      ["examples_per_second", ({ examplesPerSecond }) => examplesPerSecond],
      ["disturbed_share", ({ disturbed }) => disturbed],
      ["peak_memory_bytes", ({ peakMemoryBytes }) => peakMemoryBytes],
    ]),
    differenceTable(comparisons, target),
    table("trials", trials, [
      ["arm", ({ arm }) => arm],
      ["seed", ({ seed }) => seed],
      ["run", ({ run }) => run],
      ["state", ({ whole }) => (whole ? "done" : "diverged")],
      ["mean_loss", ({ meanLoss }) => meanLoss],
      ["final_loss", ({ finalLoss }) => finalLoss],
      ["accuracy", ({ finalAccuracy }) => finalAccuracy],
      ["examples", ({ examples }) => examples],
      ["seconds", ({ times }) => times.seconds],
      ["disturbed_share", ({ times }) => times.disturbed],
      ["peak_memory_bytes", ({ peakMemoryBytes }) => peakMemoryBytes],
    ]),
    evaluationTable(arms),
    ...(target === null ? [] : [targetTable(target)]),
    ...(tuned === null ? [] : [tuningTable(tuned, tunedOption, target === null ? "final_loss" : "examples_to_target")]),
  ];
}

function differenceTable(comparisons: RanComparison["comparisons"], target: RanComparison["target"]): PlainTable {
  const rows = [
    ...comparisons.map((one) => ({ metric: target === null ? "final_loss" : "seconds_to_target", ...one })),
    ...(target?.examples ?? []).map((one) => ({ metric: "examples_to_target", ...one })),
  ];
  return table("comparisons", rows, [
    ["metric", ({ metric }) => metric],
    ["arm", ({ arm }) => arm],
    ["baseline", ({ baseline }) => baseline],
    ["paired", ({ unpairedBy }) => unpairedBy === null],
    ["difference", ({ result }) => result?.difference.value ?? null],
    ["lower", ({ result }) => result?.difference.lower ?? null],
    ["upper", ({ result }) => result?.difference.upper ?? null],
    ["p", ({ result }) => result?.p ?? null],
    ["adjusted_p", ({ adjustedP }) => adjustedP],
    ["probability_of_improvement", ({ result }) => result?.probabilityOfImprovement.value ?? null],
    ["more_seeds", ({ moreSeeds }) => moreSeeds],
    ["verdict", ({ verdict }) => verdict],
  ]);
}

function targetTable({ arms }: NonNullable<RanComparison["target"]>): PlainTable {
  const rows = arms.flatMap(({ arm, trials }) => trials.map((one) => ({ arm, ...one })));
  return table("target", rows, [
    ["arm", ({ arm }) => arm],
    ["seed", ({ seed }) => seed],
    ["reached", ({ examples }) => examples.reached],
    ["seconds", ({ seconds }) => seconds.time],
    ["examples", ({ examples }) => examples.time],
  ]);
}

function evaluationTable(arms: readonly ArmResult[]): PlainTable {
  const evaluations = arms.flatMap(({ arm, trials }) =>
    trials.flatMap(({ seed, evaluations: some }) => some.map((evaluation) => ({ arm: arm.name, seed, ...evaluation }))),
  );
  return table("evaluations", evaluations, [
    ["arm", ({ arm }) => arm],
    ["seed", ({ seed }) => seed],
    ["examples", ({ examples }) => examples],
    ["step", ({ step }) => step],
    ["validation_loss", ({ validationLoss }) => validationLoss],
    ["accuracy", ({ validationAccuracy }) => validationAccuracy ?? null],
    ["seconds", ({ seconds }) => seconds],
  ]);
}

/** `score`: what the best value is chosen by. */
function tuningTable(tuned: readonly TunedArm[], tunedOption: string, score: string): PlainTable {
  const rows = tuned.flatMap(({ name, tried, chosen }) => tried.map((one) => ({ name, chosen, ...one })));
  return table("tuning", rows, [
    ["arm", ({ name }) => name],
    [columnOf(tunedOption), ({ value }) => value],
    ["chosen", ({ value, chosen }) => value === chosen],
    ["seeds", ({ result }) => result.trials.length],
    ["lost", ({ lost }) => lost],
    [score, ({ score: { value } }) => value],
    [`${score}_lower`, ({ score: { lower } }) => lower],
    [`${score}_upper`, ({ score: { upper } }) => upper],
  ]);
}

type Mean = { readonly value: number; readonly lower: number | null; readonly upper: number | null } | null;

function meanCells(name: string, of: (row: ArmResult) => Mean): Cells<ArmResult> {
  return [
    [name, (row) => of(row)?.value ?? null],
    [`${name}_lower`, (row) => of(row)?.lower ?? null],
    [`${name}_upper`, (row) => of(row)?.upper ?? null],
  ];
}

/** Of columns that count or number something, wherever they occur. */
const integers: ReadonlySet<string> = new Set([
  ...["seed", "seeds", "more_seeds", "setting", "settings", "step", "diverged", "failed", "lost"],
  ...["batch_size", "micro_batch", "gradient_accumulation_steps", "effective_batch_size"],
]);

/**
 * A column is of texts, or of what holds and does not, where one of its values is; what is no finite number is missing.
 * Medians of what is counted may be halves.
 */
export function table<Row>(name: string, rows: readonly Row[], cells: Cells<Row>): PlainTable {
  return { name, columns: cells.map(([column, of]) => columnFor(column, rows.map(of))) };
}

function columnFor(name: string, values: readonly (string | number | boolean | null)[]): PlainColumn {
  if (values.some((value) => typeof value === "string"))
    return { name, kind: "text", values: values.map((value) => (value === null ? null : String(value))) };
  if (values.some((value) => typeof value === "boolean"))
    return { name, kind: "boolean", values: values.map((value) => (typeof value === "boolean" ? value : null)) };
  const numbers = values.map((value) => (typeof value === "number" && Number.isFinite(value) ? value : null));
  const isWhole = integers.has(name) && numbers.every((value) => value === null || Number.isSafeInteger(value));
  return { name, kind: isWhole ? "integer" : "number", values: numbers };
}

/** `weight_decay`, as a column is called. */
export const columnOf = (option: string): string => kebab(option).replaceAll("-", "_");
