import { Command, Option } from "../commander.ts";
import { languageOption } from "../language.ts";

/** The commands about runs that exist: `runs` with its own commands, and `export`. */

const dir = ["--dir <path>", "where runs are kept (default: batchscope)"] as const;
const runReference = "an id, the beginning of one, a path or latest (asked for on a terminal)";
const json = ["--json", "print the result as one JSON document"] as const;

const statuses = ["running", "finished", "interrupted", "diverged", "failed", "lost"] as const;

const examples = `
Examples:
  batchscope runs --status lost
  batchscope runs --sort accuracy --name baseline --json
  batchscope runs --tag lesson1 --columns run,batch,rate,accuracy,time --limit 10
  batchscope runs show latest
  batchscope runs rm 20261121-2059 --yes
  batchscope runs restore 20261121-2059
  batchscope runs gc --keep-checkpoints 2

A run is "lost" where its process is gone without an end: batchscope train --resume goes on with it.`;

/** The command `runs`; `aboutExport` describes the `export` among its own. */
export function runs(aboutExport: string): Command {
  const command = new Command("runs");
  const list = new Command("list")
    .description("a table of runs, newest first (what runs alone does)")
    .addOption(new Option("--status <status>", "only those of this status").choices(statuses))
    .option("--name <text>", "only those with this text in id, name or description")
    .addOption(
      new Option("--sort <order>", "by what")
        .choices(["started", "name", "loss", "accuracy", "time"])
        .default("started" as const),
    )
    .option(
      "--tag <text>",
      "only those with this tag; may be repeated (default: any)",
      (tag: string, tags: readonly string[] = []) => [...tags, tag],
    )
    .option("--columns <names>", "columns to show, as run,batch,rate,accuracy (default: all that say something)")
    .option("--limit <n>", "at most so many (default: all)")
    .option("--study <name>", "only the trials of this study, or all: trials beside the others (default: no trials)")
    .option("--trash", "instead those that were removed and can be restored")
    .option(...dir)
    .option(...json)
    .action(async (flags) => {
      if (flags.trash) return (await import("../commands/removeRuns.ts")).trashList(flags);
      return (await import("../commands/listRuns.ts")).runsList(flags);
    });
  const show = new Command("show")
    .description("one run: how it ended, its configuration and checkpoints")
    .argument("[run]", runReference)
    .option(...dir)
    .option(...json)
    .action(async (run, flags) => (await import("../commands/runs.ts")).runsShow(run!, flags));
  command.addCommand(list as unknown as Command, { isDefault: true });
  for (const one of [show, ...housekeeping(), exportRun().description(aboutExport)])
    command.addCommand(one as unknown as Command);
  return command.addHelpText("after", `${optionsOf(list.options)}${examples}`) as unknown as Command;
}

/** The help of `runs` shows its commands only: what `runs` alone takes is the list's. */
function optionsOf(options: readonly { readonly flags: string }[]): string {
  return `
Options of the list, which runs alone takes too (explained by batchscope runs list --help):
${options.map(({ flags }) => `  ${flags}\n`).join("")}`;
}

/** What changes a store. */
function housekeeping() {
  const rm = new Command("rm")
    .description("move runs to the trash of their store; asks first")
    .argument("[run...]", "runs that have ended (asked for on a terminal)")
    .option("--yes", "do not ask")
    .option("--force", "trials of a study too, which then trains them again")
    .option(...dir)
    .option(...json)
    .action(async (list, flags) => (await import("../commands/removeRuns.ts")).runsRemove(list, flags));
  const restore = new Command("restore")
    .description("bring runs back from the trash")
    .argument("[run...]", "ids, or beginnings of ids, as runs --trash lists them (asked for on a terminal)")
    .option(...dir)
    .option(...json)
    .action(async (list, flags) => (await import("../commands/removeRuns.ts")).runsRestore(list, flags));
  const gc = new Command("gc")
    .description(
      "remove half-written files, what unfinished analyses left, checkpoints that were only to go on from or are beyond those to keep, and what has been in the trash for long",
    )
    .argument("[run...]", "these runs alone")
    .option(
      "--keep-checkpoints <n>",
      "keep the newest n of each run, the best and the last (default: as the run was told)",
    )
    .option("--trash-days <n>", "empty the trash of what was removed more than n days ago; 0: of all (default: 30)")
    .option(...dir)
    .option(...json)
    .action(async (list, flags) => (await import("../commands/removeRuns.ts")).runsCollect(list, flags));
  const reindex = new Command("reindex")
    .description("make index.sqlite anew from the run directories")
    .option(...dir)
    .option(...json)
    .action(async (flags) => (await import("../commands/runs.ts")).runsReindex(flags));
  return [rm, restore, gc, reindex];
}

const reportExamples = `
Examples:
  batchscope report latest
  batchscope report latest --lang zh --out report.html
  batchscope report 20261121-2059 --static --out mail.html
  batchscope report latest --figures figures/
  batchscope report latest --figures slides/ --figure-size 1920x1080 --title-only --dark

One HTML file that needs no network: what was trained, how it went, what the gradients say where "analyze" has measured them, and the
commands that do it again. --static draws pictures that need no script.`;

/** The command `report`. */
export function report(): Command {
  return new Command("report")
    .argument("[run]", runReference)
    .addOption(languageOption())
    .option("--out <file>", "a new HTML file (default: report.html of the run, which may be written again)")
    .option("--static", "pictures instead of a script")
    .option(
      "--figures <folder>",
      "also every figure as PNG and SVG, into a new or empty folder (default: in the page alone)",
    )
    .option("--figure-size <pixels>", "width and height of these, as 1920x1080 of a slide (default: each as it needs)")
    .option("--dark", "these on a dark background")
    .option("--title-only", "these PNGs without the captions below their titles")
    .option("--verbose", "every sentence of what the gradients say, not only what asks for something")
    .option(...dir)
    .option(...json)
    .addHelpText("after", reportExamples)
    .action(async (run, flags) => (await import("../commands/report.ts")).runReport(run!, flags)) as unknown as Command;
}

const exportExamples = `
Examples:
  batchscope export latest --format onnx --out model.onnx
  batchscope export latest --format onnx --checkpoint 5
  batchscope export latest --format parquet --out metrics.parquet
  batchscope export latest --format tensorboard --out logs/first     (then tensorboard --logdir logs)

The .onnx file is for inference: any batch size, weights under their own names; an imported model keeps its graph.`;

/** The command `export`. */
export function exportRun(): Command {
  return new Command("export")
    .argument("[run]", runReference)
    .addOption(
      new Option("--format <format>", "what to write (asked for on a terminal, else it must be given)").choices([
        "onnx",
        "tensorboard",
        "csv",
        "parquet",
      ]),
    )
    .option(
      "--checkpoint <which>",
      "of onnx: best, last, an epoch, step:N or averaged (default: best, or last where none is)",
    )
    .option("--out <path>", "a new file, of tensorboard a new or empty folder (default: in the run's own folder)")
    .option(...dir)
    .option(...json)
    .addHelpText("after", exportExamples)
    .action(async (run, flags) =>
      (await import("../commands/export.ts")).runExport(
        run!,
        flags as Parameters<typeof import("../commands/export.ts").runExport>[1],
      ),
    ) as unknown as Command;
}
