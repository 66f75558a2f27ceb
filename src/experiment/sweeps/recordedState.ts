import type { SweepFile } from "../../store/studies/sweep.ts";
import { readTrialRecords } from "../../store/studies/trials.ts";
import type { Trial } from "../studies/schedule.ts";
import type { SweepSetting } from "./planSweep.ts";
import { nameOf, settingsOf } from "./settings.ts";
import { newState, type SweepState, take } from "./sweepState.ts";

/** What the keys of trials begin with that nobody has begun, whose hashes take their data to be known. */
export const UNBEGUN = "unbegun ";

/**
 * Where the trials of a sweep stand by its files alone, without a look at its data, runs or model. `held`: a process
 * works on it, so that what runs there runs; else it waits. What failed has failed until it is gone on with. `known`:
 * trials that were given to a cluster, of which nothing may be written down yet. Throws `DataError` for a damaged log.
 */
export function recordedState(
  { path, file }: { readonly path: string; readonly file: Pick<SweepFile, "specification" | "trials" | "seeds"> },
  held: boolean,
  known: readonly Trial[] = [],
): SweepState {
  const { specification, trials, seeds } = file;
  const records = readTrialRecords({ path });
  const given = known.map(({ arm, seed, key }) => [`${arm} ${seed}`, key] as const);
  const keys = new Map([...given, ...records.map(({ arm, seed, trial }) => [`${arm} ${seed}`, trial] as const)]);
  const settings = settingsOf(specification, trials).map((values, number): SweepSetting => {
    const arm = nameOf(values);
    const trialOf = (seed: number) => {
      const key = keys.get(`${arm} ${seed}`) ?? `${UNBEGUN}${number} ${seed}`;
      return { key, arm, seed, stage: "sweep", configuration: {}, fingerprints: {} } as const;
    };
    return { number, name: arm, values, trials: seeds.map(trialOf) };
  });
  const state = newState(settings, specification);
  for (const record of records) take(state, record);
  if (!held) for (const one of state.trials.values()) if (one.state === "running") one.state = "waiting";
  return state;
}
