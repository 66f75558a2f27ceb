import type { Evidence, TrainingFinding } from "../store/trainingFindings.ts";

/** The evidence of this name. */
export function evidenceOf({ evidence }: TrainingFinding, name: string): Evidence | undefined {
  return evidence.find((one) => one.name === name);
}

/** Names that one line has room for. */
const SHOWN = 3;

/** The first of the names, and how many more there are. */
export function firstNames(names: readonly string[], more: (count: number) => string): string {
  const rest = names.length - SHOWN;
  return `${names.slice(0, SHOWN).join(", ")}${rest > 0 ? more(rest) : ""}`;
}
