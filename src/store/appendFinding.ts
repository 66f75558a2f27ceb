import { join } from "node:path";
import { appendWhole } from "./appendWhole.ts";
import { encodeJson } from "./json.ts";
import type { TrainingFinding } from "./trainingFindings.ts";

/** `findings.jsonl`: what was found of a run while it trained, a line each, in the order in which it was found. */
export function findingsPath(run: { readonly path: string }): string {
  return join(run.path, "findings.jsonl");
}

/** On disk before it returns: findings are few, and the next step may be the run's last. */
export function appendFinding(run: { readonly path: string }, finding: TrainingFinding): void {
  appendWhole(findingsPath(run), `${encodeJson(finding)}\n`, { sync: true });
}
