import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { batchscope, message, scratch, start } from "../cli/harness.ts";
import { numbersOf, persisted, trialLines, until } from "../storm/scene.ts";

/**
 * A sweep and a judgement whose own process is killed with no word, alone and with its trials, or told to stop: given
 * again they come to what they come to undisturbed. `test/storm` does it with comparisons, and more often.
 */
const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const place = (name: string) => {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
};

const kept = ["--study", "s", "--dir", "store", "--json"];
const subject = ["--model", "linear", "--data", "iris", ...kept];
const random = ["--random", "learning-rate=1e-4..1e-1,log", "--trials", "9", "--halving", "--epochs", "2"];
const measured = ["--metric", "validation-loss", "--minimum-effect", "0.0001", "--most-seeds", "6", "--epochs", "1"];
const studies: Readonly<Record<string, readonly string[]>> = {
  sweep: ["sweep", ...random, "--seeds", "1", ...subject],
  judge: ["judge", "learning-rate=0.01", "learning-rate=0.009", ...measured, "--confirmation-share", "0", ...subject],
};

/** What each trial that ended came to; each once. */
function numbersIn(cwd: string): Map<string, unknown> {
  const done = trialLines(cwd).filter(({ state }) => state === "done");
  expect(new Set(done.map(({ trial }) => trial)).size).toBe(done.length);
  return new Map(done.map(({ trial, run }) => [trial, numbersOf(cwd, run!)]));
}

test.each(Object.entries(studies))(
  "a %s that is killed twice goes on, and two at once are refused",
  async (name, argv) => {
    const [calm, cwd] = [place(`${name}-calm`), place(name)];
    const whole = await batchscope(argv, { cwd: calm });
    const end = await persisted(argv, cwd, [1, 2], { withChildren: true });
    expect(end.code, end.stderr).toBe(whole.code);
    expect(JSON.parse(end.stdout)).toMatchObject(name === "judge" ? { verdict: JSON.parse(whole.stdout).verdict } : {});
    expect(numbersIn(cwd)).toEqual(numbersIn(calm));

    const held = place(`${name}-held`);
    const first = start(argv, { cwd: held });
    await until(() => trialLines(held).length > 0);
    const second = await batchscope(argv, { cwd: held });
    expect([second.code, message(second)]).toEqual([
      2,
      expect.stringContaining("--study: expected a study that no other process works on, got s, which one does"),
    ]);
    first.child.kill("SIGINT");
    expect((await first.ended).code).toBe(130);
  },
);

test("a sweep that is told to stop ends in order, and sweep resume goes on to the same", async () => {
  const [calm, cwd] = [place("sweep-calm"), place("stopped")];
  const running = start(studies.sweep!, { cwd });
  await until(() => trialLines(cwd).some(({ state }) => state === "done" || state === "stopped"));
  expect((await batchscope(["sweep", "stop", "s", "--dir", "store"], { cwd })).code).toBe(0);
  expect((await running.ended).code).toBe(143);
  const end = await batchscope(["sweep", "resume", ...kept.slice(1)], { cwd });
  expect(end.code, end.stderr).toBe(0);
  expect(numbersIn(cwd)).toEqual(numbersIn(calm));
});
