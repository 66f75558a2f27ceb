import { normalizeArguments } from "./arguments.ts";
import { reportError } from "./exit.ts";
import { trainBooleans } from "./flags.ts";
import { program } from "./program.ts";

const booleans = new Set([...trainBooleans, "json", "by-layer", "full-pass"]);

/** Runs the command line and gives the exit code; `argv` is without the names of Node and of the script. */
export async function main(argv: readonly string[]): Promise<number> {
  // A reader that has seen enough (`batchscope … | head`) is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  try {
    await program().parseAsync(normalizeArguments(argv.length === 0 ? ["--help"] : argv, booleans), { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return reportError(error, process.stderr, process.env.BATCHSCOPE_DEBUG === "1");
  }
}
