import { program } from "../../src/cli/programs/program.ts";
import { Fault } from "./judge.ts";

/** A terminal acts on these; a tab and the end of a line are no harm. */
const controls = /[^\P{Cc}\t\n]/u;
/** JSON is read by programs, to which only what its grammar forbids is harmful. */
const inJson = /[^\P{Cc}\t\n\x7f-\x9f]/u;

/**
 * Runs a command line in this process and gives what it wrote to stdout. Throws what the command threw, and `Fault`
 * where it wrote what a terminal acts on.
 */
export async function command(...argv: readonly string[]): Promise<string> {
  const written = { stdout: "", stderr: "" };
  const before = { stdout: process.stdout.write, stderr: process.stderr.write };
  for (const stream of ["stdout", "stderr"] as const)
    process[stream].write = ((text: string | Uint8Array) => {
      written[stream] += typeof text === "string" ? text : Buffer.from(text).toString();
      return true;
    }) as typeof process.stdout.write;
  try {
    await (await program(argv)).parseAsync([...argv], { from: "user" });
  } finally {
    for (const stream of ["stdout", "stderr"] as const) process[stream].write = before[stream];
    process.exitCode = undefined;
    refuseControls(written.stdout, argv.includes("--json") ? inJson : controls);
    refuseControls(written.stderr, controls);
  }
  return written.stdout;
}

function refuseControls(text: string, forbidden: RegExp): void {
  const found = forbidden.exec(text);
  if (found)
    throw new Fault("words", `the output holds ${JSON.stringify(text.slice(found.index - 60, found.index + 20))}`);
}
