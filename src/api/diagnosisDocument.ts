import type { PlannedDiagnosis } from "../advice/diagnosis/diagnose.ts";
import type { PlannedRemedy } from "../advice/diagnosis/remedies.ts";
import { formatCommand } from "../session/command.ts";
import type { Diagnosis, Gain, Remedy } from "../store/diagnosis.ts";

/** What `diagnose --json` prints. */
export interface DiagnosisDocument extends Diagnosis {
  /** Of a run its id; of a foreign log its path. */
  readonly subject: string;
  /** The headline in English. */
  readonly answer: string;
}

/** What commands of remedies are made for. */
export interface RemedySubject {
  readonly run: string;
  /** Of its config.yaml. */
  readonly config: string;
}

/** The words after the program's name that try a remedy; null where nothing of ours does. */
export function remedyWords({ kind, changes }: PlannedRemedy, { run, config }: RemedySubject): string | null {
  if (changes !== null) return words("train", { config, ...changes });
  if (kind === "find-rate") return "lr-find";
  if (kind === "inspect-data") return "inspect-data";
  if (kind === "landscape") return `landscape ${run}`;
  return kind === "check-input" ? words("train", { config, overfitBatches: 1 }) : null;
}

const words = (command: string, options: Readonly<Record<string, string | number | boolean>>) =>
  formatCommand(command, options).replace(/^batchscope /, "");

/** The diagnosis with the command of every remedy, and what those that were tried gained. */
export function withCommands(
  { findings, ...diagnosis }: PlannedDiagnosis,
  commandOf: (remedy: PlannedRemedy) => string | null,
  gains: ReadonlyMap<string, Gain> = new Map(),
): Diagnosis {
  return {
    ...diagnosis,
    findings: findings.map(({ remedies, ...finding }) => ({
      ...finding,
      remedies: remedies
        .map((remedy): Remedy => {
          const gain = gains.get(remedy.kind);
          return { ...remedy, command: commandOf(remedy), ...(gain && { gain }) };
        })
        .toSorted((a, b) => placeOf(a) - placeOf(b) || (b.gain?.value ?? 0) - (a.gain?.value ?? 0)),
    })),
  };
}

/** What was proved comes first, what brings nothing last. */
const placeOf = ({ gain }: Remedy) => (gain ? { proved: 0, undecided: 2, "no-gain": 3 }[gain.verdict] : 1);
