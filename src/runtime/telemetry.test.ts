import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import type { EngineName } from "./open.ts";
import { reportNothing } from "./telemetry.ts";

afterEach(() => vi.unstubAllEnvs());

/**
 * Opens an engine and runs a graph in a process of its own; prints its threads before and after, where a system names
 * them.
 */
const script = (name: EngineName) => `
import { readdirSync, readFileSync } from "node:fs";
import { addInput, addOutput, newGraph } from "${new URL("../graph/graph.ts", import.meta.url)}";
import { builder } from "${new URL("../ops/builder.ts", import.meta.url)}";
import { zeros } from "${new URL("../tensor/tensor.ts", import.meta.url)}";
import { openEngine } from "${new URL("open.ts", import.meta.url)}";

const tasks = "/proc/self/task";
const names = () =>
  process.platform === "linux" ? readdirSync(tasks).map((id) => readFileSync(tasks + "/" + id + "/comm", "utf8").trim()) : [];
const before = names();
const graph = newGraph("probe");
addOutput(graph, "y", builder(graph).exp(addInput(graph, "x", "float32", [2])));
const session = await (await openEngine("${name}")).load(graph);
await session.bind({ x: zeros("float32", [2]), y: zeros("float32", [2]) }).run();
session.release();
console.log(JSON.stringify([before, names().filter((name) => !name.startsWith("libuv"))].map((list) => list.toSorted())));
`;

test.each(["native", "binding"] as const)("the %s engine writes nothing about us and keeps no thread", (name) => {
  const home = mkdtempSync(join(tmpdir(), "batchscope-home-"));
  try {
    // A build server's variables would keep it quiet as well.
    const env = { PATH: process.env.PATH, HOME: home };
    const argv = ["--input-type=module-typescript", "--eval", script(name)];
    const [before, after] = JSON.parse(execFileSync(process.execPath, argv, { env, encoding: "utf8" }));
    expect(after).toEqual(before);
    expect(readdirSync(home, { recursive: true })).toEqual([]);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

test.each([
  [undefined, "1"],
  ["", "1"],
  ["1", "1"],
  ["0", "0"],
])("ORT_DISABLE_TELEMETRY %s becomes %s", (given, expected) => {
  vi.stubEnv("ORT_DISABLE_TELEMETRY", given);
  reportNothing();
  expect(process.env.ORT_DISABLE_TELEMETRY).toBe(expected);
});
