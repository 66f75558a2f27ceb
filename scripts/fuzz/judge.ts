import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { errorText, exitCodeOf } from "../../src/cli/exit.ts";
import type { FaultKind, Format, Made, Verdict } from "./format.ts";
import { streamOf } from "./stream.ts";

/** What a format's own reading found wrong. */
export class Fault extends Error {
  override name = "Fault";
  readonly fault: FaultKind;

  constructor(fault: FaultKind, message: string) {
    super(message);
    this.fault = fault;
  }
}

/** What is being done with a file: where a process dies while the second reader is asked, ours is not to blame. */
export type Phase = "making" | "reading" | "comparing";

/** Makes file `n` of a format in `folder`, which is emptied first, reads it, and says what became of it. */
export async function judge(format: Format, n: number, folder: string, tell: (phase: Phase) => void): Promise<Verdict> {
  tell("making");
  const made = await format.make(streamOf(format.name, n));
  write(folder, made);
  tell("reading");
  const verdict = await verdictOn(format, folder, made, () => tell("comparing"));
  if (verdict.kind !== "fault" || made.asked === undefined) return verdict;
  return { ...verdict, message: `${verdict.message}\n    asked: ${JSON.stringify(made.asked)}` };
}

async function verdictOn(format: Format, folder: string, made: Made, comparing: () => void): Promise<Verdict> {
  let read: unknown;
  try {
    read = await format.read(folder, made);
  } catch (error) {
    return verdictOf(error, format, folder, made);
  }
  comparing();
  const difference = (await format.compare?.(folder, made, read)) ?? null;
  return difference === null ? { kind: "taken" } : { kind: "fault", fault: "disagreement", message: difference };
}

function write(folder: string, { files }: Made): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

function verdictOf(error: unknown, format: Format, folder: string, made: Made): Verdict {
  if (error instanceof Fault) return { kind: "fault", fault: error.fault, message: error.message };
  const text = errorText(error, false).replace("batchscope: error: ", "");
  const fault = (kind: FaultKind): Verdict => ({ kind: "fault", fault: kind, message: stackOf(error) });
  if (/^internal\b|\binternal:|\n\s+at /.test(text)) return fault("internal");
  if (text === "" || /\p{Cc}/u.test(text)) return fault("words");
  // Where a flag is at fault, or helps, it is named.
  const parts = [...made.files.keys()].flatMap((path) => path.split("/"));
  const names = [folder, ...parts.flatMap((part) => [part, part.replace(/\..*/, "")])];
  const named = /(^|\s)--[a-z]/.test(text) || names.some((name) => name !== "" && text.includes(name));
  if ((format.named ?? true) && exitCodeOf(error) !== 2 && !named) return fault("words");
  return { kind: "refused", by: error instanceof Error ? error.name : "no error", message: text };
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [, ...places] = error.stack?.split("\n    at ") ?? [];
  return JSON.stringify(`${error.name}: ${error.message}`)
    .slice(0, 600)
    .concat(
      places
        .slice(0, 3)
        .map((at) => `\n    at ${at}`)
        .join(""),
    );
}
