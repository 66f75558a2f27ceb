import type { BatchCost } from "../paretoFit.ts";
import { isSame, logUpdates, type PilotTable, pilotsOf, settingsOf } from "./pilotTable.ts";

/**
 * What pilots took to the target in each batch size at its best rate, in examples, ascending: for `paretoFit`. Only
 * batches in which some setting of two seeds or more reached the target with all of them, and seeds that all have had.
 */
export function pilotCosts(table: Pick<PilotTable, "pilots">): BatchCost[] {
  const settings = settingsOf(table).filter(
    (one) => pilotsOf(table, one).length > 1 && Number.isFinite(logUpdates(table, one)),
  );
  const best = [...Map.groupBy(settings, ({ effectiveBatchSize }) => effectiveBatchSize).values()]
    .map((own) => own.reduce((a, b) => (logUpdates(table, b) < logUpdates(table, a) ? b : a)))
    .toSorted((a, b) => a.effectiveBatchSize - b.effectiveBatchSize);
  const seedsOf = (setting: (typeof best)[number]) => pilotsOf(table, setting).map(({ seed }) => seed);
  const seeds = [...new Set(best.flatMap(seedsOf))].filter((seed) => best.every((one) => seedsOf(one).includes(seed)));
  return best.map((setting) => ({
    batchSize: setting.effectiveBatchSize,
    examples: seeds.map((seed) => {
      const { updates } = table.pilots.find((one) => one.seed === seed && isSame(one.setting, setting))!;
      return updates * setting.effectiveBatchSize;
    }),
  }));
}
