import { basename } from "node:path";
import { paretoVerdict } from "../advice/paretoVerdict.ts";
import { definitionsOfRun, paretoDefinitions } from "../experiment/criticalBatch/definitions.ts";
import type { FoundRecommendation } from "../experiment/recommend/run.ts";
import { paretoFit } from "../statistics/paretoFit.ts";
import { pilotCosts } from "../statistics/recommend/pilotCosts.ts";
import { analysisIn } from "../store/analysis.ts";
import { type BatchDefinition, type BatchEnds, isPareto } from "../store/batchDefinitions.ts";
import type { Run } from "../store/runs.ts";

/**
 * The batch sizes that go by the name "critical": those of the run that pilots were asked for, if any, and the
 * hyperbola through what the pilots took in each batch size at its best rate.
 */
export function definitionsOfPilots(
  { table, target, path }: Pick<FoundRecommendation, "table" | "target" | "path">,
  run: Run | null,
): BatchDefinition[] {
  const ofRun = run === null ? [] : definitionsOfRun(run, analysisIn(run)).filter((one) => !isPareto(one));
  const ends = endsOf({ table, target });
  return [...ofRun, ...paretoDefinitions(ends && basename(path), ends)];
}

function endsOf({ table, target }: Pick<FoundRecommendation, "table" | "target">): BatchEnds | null {
  const costs = pilotCosts(table);
  if (costs.length < 2 || costs[0]!.examples.length < 2) return null;
  const fit = paretoFit(costs);
  const batchSizes = costs.map(({ batchSize }) => batchSize);
  const verdict = paretoVerdict({ target, schedule: "constant", batchSizes, fit });
  return verdict.kind === "paretoCriticalBatch" ? verdict : null;
}
