import { type TrainingFindingKind, trainingFindingKinds } from "../../store/trainingFindings.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { didYouMean } from "../../tensor/suggest.ts";

/** Shorter words for what is asked for most. */
const short: Readonly<Record<string, TrainingFindingKind>> = {
  nan: "not-finite",
  exploding: "exploding-gradients",
  vanishing: "vanishing-gradients",
  dead: "dead-units",
};

/** Which findings end a run: of these kinds, or every one that is more than a note. */
export type FailOn = ReadonlySet<TrainingFindingKind> | "any";

/**
 * What the option `failOn` means: kinds with commas between them, or "any". Throws `UsageError` for a kind that there
 * is none of, with the nearest.
 */
export function failOnOf(text: string | undefined): FailOn | undefined {
  if (text === undefined) return undefined;
  const names = text.split(",").map((name) => name.trim().toLowerCase());
  const kinds = names.flatMap((name) => (name === "any" ? [] : [kindOf(name)]));
  return names.includes("any") ? "any" : new Set(kinds);
}

function kindOf(name: string): TrainingFindingKind {
  const kind = short[name] ?? trainingFindingKinds.find((one) => one === name);
  if (kind) return kind;
  const known = [...Object.keys(short), ...trainingFindingKinds, "any"];
  throw new UsageError(
    `${option("failOn")}: expected kinds of findings as ${known.join(", ")}, got "${name}"${didYouMean(name, known) || "; choose one of these"}`,
  );
}
