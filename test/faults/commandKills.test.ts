import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { random } from "../../src/tensor/random.ts";
import { batchscope, scratch, start } from "../cli/harness.ts";
import { copyScene, makeScene, outputsOf, type WritingCommand, writing } from "./commands.ts";

/**
 * Commands that write, killed at random moments: what stands under the name of an output is whole or not there, and the
 * same command, given again, ends with what it would have made. `BATCHSCOPE_FAULTS` sets how often each is killed.
 */
const kills = Number(process.env.BATCHSCOPE_FAULTS || 10);

const folder = scratch();
const scene = join(folder, "scene");
beforeAll(() => makeScene(scene));
afterAll(() => rmSync(folder, { recursive: true }));

interface Whole {
  readonly outputs: Record<string, string>;
  /** In milliseconds, from the start of the process. */
  readonly lasts: number;
}

/** Paths stand in some outputs, so that all copies of the scene lie in the same place. */
const place = join(folder, "copy");

async function whole(command: WritingCommand): Promise<Whole> {
  const cwd = copyScene(scene, place);
  const began = performance.now();
  const { code, stderr } = await batchscope(command.argv, { cwd });
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return { outputs: outputsOf(cwd, command), lasts: performance.now() - began };
}

/** Whether the command was killed before its end. */
async function killedAt(command: WritingCommand, after: number): Promise<boolean> {
  const { child, ended } = start(command.argv, { cwd: place, detached: true });
  const timer = new AbortController();
  const killing = sleep(after, undefined, { signal: timer.signal }).then(
    () => process.kill(-child.pid!, "SIGKILL"),
    () => {},
  );
  const { code } = await ended;
  timer.abort();
  await killing;
  return code === null;
}

/** Numbers of an analysis that were measured so far, which another one goes on from, each written whole. */
const isPart = (name: string) => /\/analysis\//.test(name);

const generator = random(20_261_130);
let killed = 0;
test.each(Object.entries(writing))("%s", async (_, command) => {
  const { outputs, lasts } = await whole(command);
  expect(Object.keys(outputs)).not.toEqual([]);
  for (let i = 0; i < kills; i++) {
    const cwd = copyScene(scene, place);
    if (await killedAt(command, generator.uniform() * lasts)) killed++;
    const left = Object.entries(outputsOf(cwd, command)).filter(([name]) => !isPart(name));
    expect(outputs).toMatchObject(Object.fromEntries(left));
    const { code, stderr } = await batchscope(
      command.argv.map((word) => word),
      { cwd },
    );
    const after = outputsOf(cwd, command);
    // An output that was there whole may be refused as one that exists.
    if (code === 2) expect(left.length, stderr).toBeGreaterThan(0);
    else expect([code, stderr]).toEqual([0, expect.any(String)]);
    expect(after).toEqual(outputs);
  }
});

test("most were killed before their end", () => {
  console.log(`${killed} of ${kills * Object.keys(writing).length} commands were killed before their end`);
  expect(killed).toBeGreaterThan((kills * Object.keys(writing).length) / 2);
});
