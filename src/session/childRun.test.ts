import { expect, test } from "vitest";
import { argumentsOf, inherited, runChild } from "./childRun.ts";

test("options are written again as they were read", () => {
  const flags = { batchSize: "4", tensorboard: true, fields: false, tag: ["a b", "c"], clipNorm: undefined, dir: "-x" };
  expect(argumentsOf(flags)).toEqual([
    "--batch-size=4",
    "--tensorboard",
    "--no-fields",
    "--tag=a b",
    "--tag=c",
    "--dir=-x",
  ]);
});

test.each([
  [
    ["--import", "a.mjs", "--expose-gc"],
    ["--import", "a.mjs", "--expose-gc"],
  ],
  [["--input-type=module", "-e", "run()", "--expose-gc"], ["--expose-gc"]],
  [["--input-type", "module", "--eval=run()", "--no-warnings"], ["--no-warnings"]],
  [
    ["-pe", "1", "-C", "here"],
    ["-C", "here"],
  ],
])("Node's arguments %j are %j for another file", (given, passed) => {
  expect(inherited(given)).toEqual(passed);
});

const forever = "console.log('up'); setInterval(() => {}, 1000)";

test.concurrent("a process is told by what it wrote and how it ended", async () => {
  const end = await runChild(["-e", "console.log('out'); console.error('err'); process.exit(3)"]);
  expect(end).toEqual({ pid: expect.any(Number), code: 3, by: null, stdout: "out\n", stderr: "err\n" });
});

test.concurrent.each([
  ["while the process runs", false],
  ["before it runs", true],
])("a signal that aborts %s ends it", async (_, already) => {
  const controller = new AbortController();
  if (already) controller.abort();
  const attend = () => {
    controller.abort();
    return () => {};
  };
  const { by } = await runChild(["-e", forever], { signal: controller.signal, attend });
  expect(by).toBe("SIGTERM");
});

test.concurrent("who attends may end it, and is told when it has ended", async () => {
  const told: string[] = [];
  const { by } = await runChild(["-e", forever], {
    attend: (child) => {
      told.push(`begins ${typeof child.pid}`);
      child.kill("SIGKILL");
      return () => told.push("ended");
    },
  });
  expect([by, ...told]).toEqual(["SIGKILL", "begins number", "ended"]);
});

test.concurrent("a program that is not there is an error", async () => {
  await expect(runChild([], { program: "/nowhere/node" })).rejects.toThrow(/ENOENT/);
});
