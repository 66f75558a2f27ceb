import { sbatchOptions } from "../../experiment/slurm/script.ts";
import { submit } from "../../experiment/slurm/submit.ts";
import type { Trial } from "../../experiment/studies/schedule.ts";
import type { StudyPlace } from "../../experiment/studies/trial.ts";
import { UsageError } from "../../tensor/errors.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { print, printJson } from "../terminal/print.ts";

/** Options of a command whose trials Slurm may train. */
export interface SlurmFlags {
  readonly slurm: boolean | undefined;
  readonly slurmOptions: string | undefined;
  readonly queue: string | undefined;
}

/** Hands trials to Slurm, and says so. */
export interface ToSlurm {
  readonly handOver: (study: StudyPlace, waiting: readonly Trial[], trials: number) => Promise<void>;
  /** Says where the study stands. */
  readonly tell: (study: string, json: boolean) => void;
}

/** Null where Slurm is not asked for. Throws `UsageError` for options that do not go together. */
export function slurmOf({ slurm, slurmOptions, queue }: SlurmFlags): ToSlurm | null {
  if (slurm && queue !== undefined)
    throw new UsageError("--slurm: expected no --queue beside it, got both; leave one of them out");
  if (!slurm && slurmOptions !== undefined)
    throw new UsageError("--slurm-options: expected --slurm beside it, got none; give it too");
  if (!slurm) return null;
  const options = sbatchOptions(slurmOptions ?? "");
  let found = { job: null as string | null, submitted: 0, there: 0, trials: 0, ended: 0 };
  return {
    async handOver(study, waiting, trials) {
      const { job, submitted, there } = await submit(study, waiting, options);
      found = {
        job: job ?? found.job,
        submitted: found.submitted + submitted,
        there: found.there + there,
        trials: found.trials + trials,
        ended: found.ended + trials - waiting.length,
      };
    },
    tell(study, json) {
      if (json) printJson({ study, slurm: found });
      else print(textIn(languageOf(process.env)).queue.slurm({ study, ...found }));
    },
  };
}
