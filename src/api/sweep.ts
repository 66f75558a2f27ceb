import { planSweep } from "../experiment/sweeps/planSweep.ts";
import { readSweepRequest } from "../experiment/sweeps/request.ts";
import { runSweep } from "../experiment/sweeps/runSweep.ts";
import { nameInStore } from "../store/studies/nameInStore.ts";
import type { SweepMetric } from "../store/studies/sweep.ts";
import { kebab } from "../tensor/kebab.ts";
import { type SomeOptions, type StudyLength, type StudyMeans, studyScene } from "./studyOptions.ts";
import { sweepDocument } from "./sweepDocument.ts";
import { sweepFacts } from "./sweepFacts.ts";
import type { SweptSettings } from "./sweptSettings.ts";
import { requireKnownOptions, withKeptData } from "./trainToRun.ts";

type Value = string | number | boolean;

/** Options of a training that all settings share, and what varies. */
export type SweepOptions = SomeOptions & {
  /** Values of options, each combined with those of the others. */
  readonly grid?: Readonly<Record<string, readonly Value[]>> | undefined;
  /** Values or a range of options, from which settings are drawn. */
  readonly random?:
    | Readonly<
        Record<string, readonly Value[] | { readonly from: number; readonly to: number; readonly log?: boolean }>
      >
    | undefined;
  /** Settings. Default: all of a grid; must be given with `random`. */
  readonly trials?: number | undefined;
  /** Replicates of each setting: how many, or which. Default: 3. */
  readonly seeds?: number | readonly number[] | undefined;
  /** Default: validation-loss. */
  readonly metric?: SweepMetric | undefined;
  /** Default: equal examples, of `epochs`. */
  readonly budget?: StudyLength | undefined;
  /** Pauses trainings at rungs and goes on with the best of them. Default: false. */
  readonly halving?: boolean | undefined;
  /** Stops trainings that are worse than the median of the others. Default: false. */
  readonly medianStopping?: boolean | undefined;
  /** The sweep's name. Default: made from what is tried. */
  readonly study?: string | undefined;
};

const own = ["grid", "random", "trials", "seeds", "metric", "budget", "halving", "medianStopping", "study"] as const;

/**
 * Sweeps as `batchscope sweep` does: every setting is trained with every seed, a process each, and the same call goes
 * on. Gives what `sweep --json` prints; `best.value` is without what it gained by being picked, with its interval.
 * Throws `UsageError`, before anything is trained, for what cannot be meant.
 */
export async function sweep(options: SweepOptions, means: StudyMeans = {}): Promise<SweptSettings> {
  requireKnownOptions("sweep", options, own);
  const { grid = {}, random = {}, trials, seeds, metric, budget, halving, medianStopping, study, ...shared } = options;
  const { directory, ...scene } = studyScene(shared.dir, means);
  const { request } = readSweepRequest(
    {
      ...(await withKeptData(shared, directory)),
      grid: Object.entries(grid).map(([name, values]) => `${kebab(name)}=${listText(values)}`),
      random: Object.entries(random).map(([name, from]) => `${kebab(name)}=${randomText(from)}`),
      ...{ trials, metric, halving, medianStopping, study },
      seeds: typeof seeds === "object" ? seedsText(seeds) : seeds,
      budget: budget && `${budget.kind}=${budget.value}`,
    },
    {},
  );
  const plan = await planSweep(request);
  const ran = await runSweep({ ...plan, id: nameInStore(directory, plan.id) }, { ...scene, directory });
  return sweepDocument(ran, sweepFacts(ran), []);
}

const seedsText = (seeds: readonly number[]) => (seeds.length === 1 ? `${seeds[0]}..${seeds[0]}` : seeds.join(","));

/** Values that hold commas have semicolons between them. */
const listText = (values: readonly Value[]) => values.join(values.some((one) => String(one).includes(",")) ? ";" : ",");

function randomText(from: NonNullable<SweepOptions["random"]>[string]): string {
  if (!("from" in from)) return listText(from);
  return `${from.from}..${from.to}${from.log ? ",log" : ""}`;
}
