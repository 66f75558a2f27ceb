import { readEnvironment } from "../store/environment.ts";
import type { Run } from "../store/runs.ts";
import { DataError, option } from "../tensor/errors.ts";

/** Throws `DataError` where `now` has other data or files than a run began with, by the names that it has. */
export function requireSame(run: Run, now: Readonly<Record<string, string>>, named: string): void {
  const then = readEnvironment(run)?.fingerprints ?? {};
  for (const [name, digits] of Object.entries(then)) {
    if (now[name] === digits) continue;
    const what = { model: "model file", initFrom: "weights", train: "training data" }[name] ?? `${name} data`;
    throw new DataError(
      `${option(named)}: expected the ${what} that ${run.record.id} began with (fingerprint ${digits.slice(0, 8)}…), ` +
        `got another (${now[name]?.slice(0, 8) ?? "none"}…); restore it, or train a new run`,
    );
  }
}
