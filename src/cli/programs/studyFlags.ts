import { type Command, Option } from "@commander-js/extra-typings";
import { loopFields } from "../../session/options/loopOptions.ts";
import type { TrainField } from "../../session/options/options.ts";
import { scheduleFields } from "../../session/options/scheduleOptions.ts";
import { swapFields } from "../../session/options/swapOptions.ts";
import { collect, fieldsInOrder, headingOf } from "./flags.ts";

/** What says how long a run is, what it writes and how it is shown: nothing that a study of a few updates has. */
const ofRuns: ReadonlySet<string> = new Set([
  ...Object.keys(scheduleFields),
  ...Object.keys(loopFields).filter((field) => field !== "dropout"),
  ...Object.keys(swapFields),
  "learningRate",
  "epochs",
  "checkpointEvery",
  "checkpointSteps",
  "checkpointMinutes",
  "keepCheckpoints",
  "tensorboard",
  "dir",
  "name",
  "description",
  "tags",
  "progress",
  "json",
]);

/** Declares the options of `train` that say what is trained and on what, without reading any text; none of `except`. */
export function declareStudyOptions(command: Command, except: readonly TrainField[] = []): void {
  command.option("-c, --config <file>", "YAML file with any option of train; flags go before it");
  command.addOption(new Option("--set <key=value>", "any option of train; may be repeated").argParser(collect));
  for (const [field, { flags, kind, help }] of fieldsInOrder()) {
    if (ofRuns.has(field) || except.includes(field as TrainField)) continue;
    const option = new Option(flags, help).helpGroup(headingOf(field));
    command.addOption(kind === "list" ? option.argParser(collect) : option);
    if (kind === "boolean") command.addOption(new Option(flags.replace("--", "--no-")).hideHelp());
  }
}
