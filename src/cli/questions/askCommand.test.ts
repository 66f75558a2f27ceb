import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { CTRL_C, ENTER, fakeTerminal } from "../../../test/fakeTerminal.ts";
import { runOptions } from "../../../test/scratchStore.ts";
import { InterruptedError } from "../../session/ends.ts";
import { createRun } from "../../store/create.ts";
import { invocation, invoked } from "../invocation.ts";
import { commandTable, declared } from "../programs/commandTable.ts";
import { askCommand, goals, withCommand } from "./askCommand.ts";

const scene = mkdtempSync(join(tmpdir(), "batchscope-goals-"));
const [none, some] = [join(scene, "none"), join(scene, "some")];
createRun(some, runOptions);
afterAll(() => rmSync(scene, { recursive: true }));
afterEach(() => invoked(undefined));

/** Commands that answer no question of a first day: parts of others, and what programs call. */
const unasked = ["worker", "gradients", "compile", "studies", "attach"];

test("every command answers a question or is known not to", async () => {
  const named = goals.map(({ command }) => command.split(" "));
  const first = named.map(([name]) => name);
  expect(new Set([...first, ...unasked])).toEqual(new Set(commandTable.map(({ name }) => name)));
  for (const [name, inner] of named) {
    const { commands } = await declared(commandTable.find((row) => row.name === name)!);
    expect(commands.length > 0 ? commands.map((one) => one.name()) : [undefined]).toContain(inner);
  }
});

test("the command leads the line, and is repeated where it asks nothing more", async () => {
  invoked({ program: "npx batchscope", words: ["--dir", none] });
  const doctor = fakeTerminal([["What do you want to know?", "machine", ENTER]]);
  expect(await askCommand(["--dir", none], doctor.terminal)).toEqual(["doctor", "--dir", none]);
  expect(doctor.shown()).toMatch(/the same without questions:\nnpx batchscope doctor --dir \S+\n$/);

  const sweep = fakeTerminal([["您想知道什么？", "搜索", ENTER]], { language: "zh" });
  expect(await askCommand([], sweep.terminal)).toEqual(["sweep", "run"]);
  expect(sweep.shown()).not.toContain("batchscope");
  expect(invocation().words).toEqual(["sweep", "run"]);
});

test.each([
  ["without a run, what needs one comes last", none, ["train", "profile"], "analyze; train first"],
  ["with a run, what it says comes second", some, ["train", "analyze"], "analyze"],
])("%s", async (_, dir, [first, second], analyze) => {
  const { terminal, shown } = fakeTerminal([["What do you want to know?", "gradients", CTRL_C]], {
    rows: 40,
    columns: 100,
  });
  await expect(askCommand([`--dir=${dir}`], terminal)).rejects.toBeInstanceOf(InterruptedError);
  const rows = shown()
    .split("\n")
    .filter((line) => /^(> | {2})\S.* {2}\S/.test(line));
  expect(rows.slice(0, 2).map((line) => line.trim().split(/ {2,}/)[1])).toEqual([first, second]);
  expect(rows.find((line) => line.includes("gradients say"))?.trim()).toMatch(new RegExp(` {2}${analyze}$`));
});

test.each([[["--lang", "zh", "runs"]], [["--json"]], [[]]])("nobody is asked by %j", async (argv) => {
  expect(await withCommand(argv)).toBe(argv);
});
