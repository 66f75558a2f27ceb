import { Command } from "../commander.ts";
import { jsonFlag } from "./commonFlags.ts";

const dir = ["--dir <path>", "where runs are kept (default: batchscope)"] as const;

const examples = `
Examples:
  batchscope studies list
  batchscope studies show batches
  batchscope studies show batches --json

A study is what compare, judge, sweep, critical-batch and recommend make: its trials are runs, which runs --study NAME lists. Both commands read what
is on disk, also while a study is trained, and train nothing.`;

/** The command `studies`. */
export function studies(): Command {
  const command = new Command("studies");
  const list = new Command("list")
    .description(
      "a table of studies, newest first, with what became of their trials and what they say (what studies alone does)",
    )
    .option(...dir)
    .option(...jsonFlag)
    .action(async (flags) => (await import("../commands/listStudies.ts")).studiesList(flags));
  const show = new Command("show")
    .description("what one study says, from what has been trained so far")
    .argument("<name>", "the name of a study, as studies lists it")
    .option("--verbose", "every sentence of what a verdict rests on, and every look")
    .option(...dir)
    .option(...jsonFlag)
    .action(async (name, flags) => (await import("../commands/showStudy.ts")).studiesShow(name, flags));
  command.addCommand(list as unknown as Command, { isDefault: true });
  command.addCommand(show as unknown as Command);
  return command.addHelpText("after", examples) as unknown as Command;
}
