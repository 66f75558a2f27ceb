import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ask } from "./child.ts";
import type { Verdict } from "./format.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { CASE } from "./prepare.ts";
import { type Judged, startWorker, type Worker } from "./worker.ts";

/** What became of the files of one format. */
export interface Tally {
  files: number;
  taken: number;
  /** By class of error. */
  readonly refused: Map<string, number>;
  faults: number;
  /** Files that the second reader died of. */
  referenceFailed: number;
}

export interface Find extends Ask {
  readonly verdict: Extract<Verdict, { kind: "fault" }>;
  /** Where its files are kept. */
  readonly kept: string;
}

export interface Result {
  readonly tallies: ReadonlyMap<string, Tally>;
  readonly finds: readonly Find[];
  readonly missing: ReadonlySet<string>;
}

interface Settings {
  /** A folder for the work, and for what is kept. */
  readonly scratch: string;
  readonly keep: string;
  readonly workers: number;
  readonly limits?: Limits;
  /** Exports the `formats` that are meant. */
  readonly module?: URL;
  readonly tell?: (ask: Ask, judged: Judged, kept: string | null) => void;
}

const ALL = new URL("formats.ts", import.meta.url);

/** Reads all files, several at a time, and counts what became of them; the files of each fault are kept. */
export async function campaign(asks: readonly Ask[], settings: Settings): Promise<Result> {
  const { scratch, keep, workers, limits = defaultLimits, module = ALL, tell } = settings;
  const tallies = new Map<string, Tally>();
  const finds: Find[] = [];
  const missing = new Set<string>();
  const queue = asks.values();
  const serve = async (worker: Worker, root: string) => {
    for (const ask of queue) {
      const judged = await worker.judge(ask);
      const { verdict } = judged;
      for (const name of judged.missing) missing.add(name);
      count(tallies, ask, judged);
      const kept = verdict.kind === "fault" ? keepCase(join(root, CASE), keep, ask, verdict) : null;
      if (verdict.kind === "fault") finds.push({ ...ask, verdict, kept: kept! });
      tell?.(ask, judged, kept);
    }
    worker.stop();
  };
  const roots = Array.from({ length: workers }, (_, i) => join(scratch, `worker-${i}`));
  await Promise.all(roots.map((root) => serve(startWorker(root, module, limits), root)));
  return { tallies, finds, missing };
}

function count(tallies: Map<string, Tally>, { format }: Ask, { verdict, referenceFailed }: Judged): void {
  const tally = tallies.get(format) ?? { files: 0, taken: 0, refused: new Map(), faults: 0, referenceFailed: 0 };
  tallies.set(format, tally);
  tally.files++;
  if (verdict.kind === "taken") tally.taken++;
  if (verdict.kind === "fault") tally.faults++;
  if (verdict.kind === "refused") tally.refused.set(verdict.by, (tally.refused.get(verdict.by) ?? 0) + 1);
  if (referenceFailed !== undefined) tally.referenceFailed++;
}

/** Puts the case with what became of it where it stays. */
function keepCase(from: string, keep: string, { format, n }: Ask, verdict: Find["verdict"]): string {
  const kept = join(keep, `${format}-${n}`);
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(kept, { recursive: true });
  cpSync(from, join(kept, "case"), { recursive: true });
  writeFileSync(
    join(kept, "README.md"),
    `# ${verdict.fault}\n\n    ${verdict.message}\n\nAgain: node scripts/fuzz.ts --format ${format} --only ${n}\n`,
  );
  return kept;
}
