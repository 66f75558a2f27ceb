import type { Format, Verdict } from "./format.ts";
import { judge, type Phase } from "./judge.ts";

/** What the parent asks for: one file. */
export interface Ask {
  readonly format: string;
  readonly n: number;
}

/** What a worker says: what it is about to do, and in the end what became of the file. */
export type Answer = { readonly phase: Phase } | { readonly verdict: Verdict; readonly missing: readonly string[] };

const [, , folder = "", module = ""] = process.argv;
const { formats }: { formats: readonly Format[] } = await import(module);

const say = (answer: Answer, then: () => void = () => {}) => process.send!(answer, then);

// What nobody waits for ends a command with a stack: it is laid to the file that is being read, and this process ends
// too.
for (const event of ["uncaughtException", "unhandledRejection"] as const)
  process.on(event, (error: unknown) => {
    const message = `nobody caught: ${error instanceof Error ? error.stack : String(error)}`;
    say({ verdict: { kind: "fault", fault: "internal", message }, missing: [] }, () => process.exit(1));
  });

process.on("message", async ({ format: name, n }: Ask) => {
  const format = formats.find((one) => one.name === name)!;
  const verdict = await judge(format, n, folder, (phase) => say({ phase }));
  // Training takes a parent that talks to it for one that must not keep it alive.
  process.channel?.ref();
  say({ verdict, missing: (await format.missing?.()) ?? [] });
});
