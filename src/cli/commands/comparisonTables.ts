import type { ArmResult } from "../../experiment/studies/comparison.ts";
import type { RanComparison } from "../../experiment/studies/runComparison.ts";
import type { TunedArm } from "../../experiment/studies/tuning.ts";
import type { PlainColumn, PlainTable } from "../../export/plainTable.ts";

/** The columns of a table, by what each row has in them. */
export type Cells<Row> = readonly [name: string, of: (row: Row) => string | number | null][];

/** Everything that a comparison measured, as tables: arms, differences, trials and their evaluations, rates tried. */
export function comparisonTables({ arms, comparisons, target, tuned }: RanComparison): PlainTable[] {
  const trials = arms.flatMap(({ arm, trials: some }) => some.map((trial) => ({ arm: arm.name, ...trial })));
  return [
    table("arms", arms, [
      ["arm", ({ arm }) => arm.name],
      ["effective_batch_size", ({ arm }) => arm.effectiveBatchSize],
      ["learning_rate", ({ arm }) => Number(arm.configuration.learningRate)],
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
      ["disturbed", ({ disturbed }) => disturbed],
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
      ["disturbed", ({ times }) => times.disturbed],
      ["peak_memory_bytes", ({ peakMemoryBytes }) => peakMemoryBytes],
    ]),
    evaluationTable(arms),
    ...(target === null ? [] : [targetTable(target)]),
    ...(tuned === null ? [] : [tuningTable(tuned)]),
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
    ["paired", ({ unpairedBy }) => (unpairedBy === null ? "yes" : "no")],
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
    ["reached", ({ examples }) => (examples.reached ? "yes" : "no")],
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

function tuningTable(tuned: readonly TunedArm[]): PlainTable {
  const rows = tuned.flatMap(({ name, tried, chosen }) => tried.map((one) => ({ name, chosen, ...one })));
  return table("tuning", rows, [
    ["arm", ({ name }) => name],
    ["learning_rate", ({ value }) => value],
    ["chosen", ({ value, chosen }) => (value === chosen ? "yes" : "no")],
    ["seeds", ({ result }) => result.trials.length],
    ["lost", ({ lost }) => lost],
    ["score", ({ score }) => score.value],
    ["score_lower", ({ score }) => score.lower],
    ["score_upper", ({ score }) => score.upper],
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

/** A column is of texts where its first value is one; what is no finite number is missing. */
export function table<Row>(name: string, rows: readonly Row[], cells: Cells<Row>): PlainTable {
  const columns = cells.map(([column, of]): PlainColumn => {
    const values = rows.map(of);
    if (values.some((value) => typeof value === "string"))
      return { name: column, kind: "text", values: values.map((value) => (value === null ? null : String(value))) };
    const number = (value: string | number | null) =>
      typeof value === "number" && Number.isFinite(value) ? value : null;
    return { name: column, kind: "number", values: values.map(number) };
  });
  return { name, columns };
}
