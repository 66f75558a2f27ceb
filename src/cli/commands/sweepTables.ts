import type { RanSweep } from "../../experiment/sweeps/runSweep.ts";
import type { SweepResult } from "../../experiment/sweeps/sweepResult.ts";
import type { PlainTable } from "../../export/plainTable.ts";
import { type Cells, columnOf, table } from "./comparisonTables.ts";

/** Everything that a sweep measured, as tables: settings from best to worst, their trials, and the curve. */
export function sweepTables({ specification }: RanSweep["file"], result: SweepResult): PlainTable[] {
  const { settings, curve } = result;
  const metric = columnOf(specification.metric);
  const options = specification.parameters.map(({ option }) => option);
  const trials = settings.flatMap(({ number, trials: some }) => some.map((one) => ({ number, ...one })));
  const ofOption = (option: string): Cells<SweepResult["settings"][number]>[number] => [
    columnOf(option),
    ({ values }) => {
      const value = values[option];
      return typeof value === "number" ? value : [value].flat().join("+");
    },
  ];
  return [
    table("settings", settings, [
      ["setting", ({ number }) => number],
      ...options.map(ofOption),
      ["state", ({ state }) => state],
      [metric, ({ value }) => value.value],
      [`${metric}_lower`, ({ value }) => value.lower],
      [`${metric}_upper`, ({ value }) => value.upper],
      ["may_be_best", ({ mayBeBest }) => mayBeBest],
      ["stopped_at_examples", ({ stoppedAt }) => stoppedAt?.examples ?? null],
      [`stopped_at_${metric}`, ({ stoppedAt }) => stoppedAt?.value.value ?? null],
      ["seconds", ({ seconds }) => seconds],
    ]),
    table("trials", trials, [
      ["setting", ({ number }) => number],
      ["seed", ({ seed }) => seed],
      ["id", ({ id }) => id],
      ["run", ({ run }) => run],
      ["state", ({ state }) => state],
      ["validation_loss", ({ loss }) => loss],
      ["validation_accuracy", ({ accuracy }) => accuracy],
      ["examples", ({ examples }) => examples],
    ]),
    table("curve", curve, [
      ["settings", ({ trials: some }) => some],
      [`expected_best_${metric}`, ({ expectedBest }) => expectedBest],
      ["lower", ({ lower }) => lower],
      ["upper", ({ upper }) => upper],
    ]),
  ];
}
