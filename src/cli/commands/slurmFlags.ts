import { sbatchOptions } from "../../experiment/slurm/script.ts";
import { gather, plannedScript, submit } from "../../experiment/slurm/submit.ts";
import type { HandOver } from "../../experiment/studies/makeTrials.ts";
import type { Trial } from "../../experiment/studies/schedule.ts";
import type { StudyPlace } from "../../experiment/studies/trial.ts";
import { UsageError } from "../../tensor/errors.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { print, printJson, printScript } from "../terminal/print.ts";

/** Options of a command whose trials Slurm may train. */
export interface SlurmFlags {
  readonly slurm: boolean | undefined;
  readonly slurmOptions: string | undefined;
  readonly queue: string | undefined;
}

/** Hands trials to Slurm, and says so. */
export interface ToSlurm {
  readonly handOver: HandOver;
  /** Whether Slurm still has trials, so that there is no answer yet. */
  readonly isOpen: () => boolean;
  /** Says where the study stands. */
  readonly tell: (study: string, json: boolean) => void;
  /** Prints the script that would be submitted for these trials. */
  readonly show: (study: StudyPlace, waiting: readonly Trial[], json: boolean) => void;
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
    handOver: {
      gather,
      async take(study, waiting, trials) {
        const { job, submitted, there } = await submit(study, waiting, options);
        found = {
          job: job ?? found.job,
          submitted: found.submitted + submitted,
          there: found.there + there,
          trials: found.trials + trials,
          ended: found.ended + trials - waiting.length,
        };
      },
    },
    isOpen: () => found.submitted + found.there > 0,
    show(study, waiting, json) {
      const script = plannedScript(study, waiting, options);
      if (json) printJson({ study: study.id, script });
      else if (script === null) print(textIn(languageOf(process.env)).queue.nothingForSlurm(study.id));
      else printScript(script);
    },
    tell(study, json) {
      if (json) printJson({ study, slurm: found });
      else print(textIn(languageOf(process.env)).queue.slurm({ study, ...found }));
    },
  };
}
