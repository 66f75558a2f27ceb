import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { scratch } from "../../test/cli/harness.ts";
import { tryHere } from "../../test/cli/inProcess.ts";

/** What refuses to work, between the making of the run's folder and its first update. */
const broken = vi.hoisted(() => ({ part: "" }));
/** The function, unless its part is broken. */
const unless = vi.hoisted(
  () =>
    <A extends unknown[], R>(part: string, call: (...given: A) => R) =>
    (...given: A): R => {
      if (broken.part !== part) return call(...given);
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" });
    },
);
vi.mock("../export/eventFiles.ts", async (original) => {
  const events = await original<typeof import("../export/eventFiles.ts")>();
  return { openEvents: unless("events", events.openEvents) };
});
vi.mock("../store/evaluation.ts", async (original) => {
  const evaluation = await original<typeof import("../store/evaluation.ts")>();
  return { readLastEvaluation: unless("evaluation", evaluation.readLastEvaluation) };
});
vi.mock("./log.ts", async (original) => {
  const log = await original<typeof import("./log.ts")>();
  return { ...log, eventLines: unless("log", log.eventLines) };
});

const folder = scratch();
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ["events", "a run"],
  ["evaluation", "a run that is gone on with"],
  ["log", "a run"],
])("what %s fail with at its start fails %s", async (part, which) => {
  const quiet = ["--progress", "none", "--dir", folder];
  const begin = ["train", "--model", "mlp", "--data", "iris", "--epochs", "1", "--tensorboard", ...quiet];
  broken.part = "";
  if (which !== "a run") await tryHere(...begin);
  broken.part = part;
  const { code, text } = await tryHere(
    ...(which === "a run" ? begin : ["train", "--resume", "latest", "--epochs", "2", ...quiet]),
  );
  expect([code, text]).toEqual([1, expect.stringMatching(/full disk|ENOSPC/)]);
  const [id] = readdirSync(join(folder, "runs"));
  const record = JSON.parse(readFileSync(join(folder, "runs", id!, "run.json"), "utf8"));
  expect(record).toMatchObject({ status: "failed", exitReason: expect.stringMatching(/full disk|ENOSPC/) });
});
