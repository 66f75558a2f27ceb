import { prepareTraining } from "../../session/prepare.ts";
import { openAgain, resumption } from "../../session/resume.ts";
import { locateFiles, scalingOf, trainingSeedOf } from "../../session/runConfiguration.ts";
import { namingLatest } from "../../store/namingLatest.ts";
import { openNamedRun } from "../openNamedRun.ts";
import { printJson } from "../terminal/print.ts";
import { trainShown } from "../trainShown.ts";
import { printConfigurations, printPlan } from "./preview.ts";

/** The command `train --resume RUN`; `flags` are the other options as text. */
export async function runResume(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { resume, dir, printConfig, dryRun, ...others } = flags;
  const run = openNamedRun(dir as string | undefined, String(resume));
  await namingLatest(String(resume), run, async () => {
    const { configuration, changes } = resumption(run, others);
    if (printConfig) return printConfigurations([configuration]);
    const seed = trainingSeedOf(run, configuration);
    const prepared = await prepareTraining(locateFiles(run, configuration), seed, scalingOf(run));
    if (dryRun) return printPlan(prepared);
    const result = await trainShown(prepared, () => openAgain(run, prepared, changes));
    if (configuration.json) printJson(result);
  });
}
