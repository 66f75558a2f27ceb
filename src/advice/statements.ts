import type { Stated } from "../statistics/statistic.ts";
import { type GradientStatistics, type StatisticFinding, statistics as table } from "../statistics/table.ts";

/**
 * The statistics that are stated in a sentence of their own, in the order of the table. A number that is NaN is not.
 */
export function statements(statistics: GradientStatistics): StatisticFinding[] {
  return Object.entries(table).flatMap(([name, statistic]) => {
    const value = statistics[name as keyof GradientStatistics];
    if (!("statement" in statistic) || value === undefined || value === null) return [];
    const { statement, evidenceOf } = statistic as Stated;
    const evidence = evidenceOf(value, statistics);
    if (evidence === null || Object.values(evidence).some(Number.isNaN)) return [];
    return [{ kind: statement.kind, ...evidence } as StatisticFinding];
  });
}
