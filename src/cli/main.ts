import { readFileSync } from "node:fs";
import { Command } from "@commander-js/extra-typings";
import { normalizeArguments } from "./arguments.ts";
import { reportError } from "./exit.ts";

/** Runs the command line and gives the exit code; `argv` is without the names of Node and of the script. */
export async function main(argv: readonly string[]): Promise<number> {
  // A reader that has seen enough (`batchscope … | head`) is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  try {
    await program().parseAsync(normalizeArguments(argv, new Set()), { from: "user" });
    return 0;
  } catch (error) {
    return reportError(error, process.stderr, process.env.BATCHSCOPE_DEBUG === "1");
  }
}

function program() {
  const command = new Command("batchscope")
    .description("A laboratory for mini-batch training: exact gradient accumulation and what the batch gradients say.")
    .version(version(), "--version", "print the version")
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} }); // reportError prints, on one line
  return command.action(() => command.help());
}

function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
