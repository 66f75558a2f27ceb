import { Command } from "@commander-js/extra-typings";
import { normalizeArguments } from "./arguments.ts";
import { reportError } from "./exit.ts";
import { trainBooleans } from "./flags.ts";
import { version } from "./version.ts";

const booleans = new Set([...trainBooleans, "json"]);

/** Runs the command line and gives the exit code; `argv` is without the names of Node and of the script. */
export async function main(argv: readonly string[]): Promise<number> {
  // A reader that has seen enough (`batchscope … | head`) is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  try {
    await (await program()).parseAsync(normalizeArguments(argv, booleans), { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return reportError(error, process.stderr, process.env.BATCHSCOPE_DEBUG === "1");
  }
}

/** Commands load what they need when they run, so that `--help` stays fast. */
async function program() {
  const command = new Command("batchscope")
    .description("A laboratory for mini-batch training: exact gradient accumulation and what the batch gradients say.")
    .version(version(), "--version", "print the version")
    .allowExcessArguments(false)
    .action(() => command.help());
  const commands = await Promise.all([
    import("./train.ts").then(({ trainCommand }) => trainCommand()),
    import("./analyze.ts").then(({ analyzeCommand }) => analyzeCommand()),
    import("./verify.ts").then(({ verifyCommand }) => verifyCommand()),
    import("./gradients.ts").then(({ gradientsCommand }) => gradientsCommand()),
    import("./doctor.ts").then(({ doctorCommand }) => doctorCommand()),
  ]);
  for (const child of commands) command.addCommand(child as unknown as Command);
  for (const one of [command, ...commands])
    (one as Command)
      .allowExcessArguments(false)
      .exitOverride()
      .configureOutput({ outputError: () => {} }); // reportError prints, on one line
  return command;
}
