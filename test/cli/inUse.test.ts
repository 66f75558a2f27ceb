import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { whileReading } from "../../src/cli/whileReading.ts";
import { lockRun } from "../../src/store/lock.ts";
import { openRun } from "../../src/store/runs.ts";
import { batchscope, document, message, scratch, writeImages } from "./harness.ts";

const scene = scratch();
const images = writeImages(join(scene, "images"), 1);
afterAll(() => rmSync(scene, { recursive: true }));
let [id, path] = ["", ""];
const command = (line: string) => batchscope([...line.split(" "), "--dir", scene], { cwd: scene });

beforeAll(async () => {
  const made = await command(`train --model mlp --data ${images} --batch-size 8 --epochs 1 --progress none --json`);
  ({ run: id, path } = document(made));
});

test("a run that a process reads is neither removed nor tidied", async () => {
  const [removing, tidied] = await whileReading(openRun(scene, id), id, () =>
    Promise.all([command(`runs rm ${id} --yes`), command("runs gc")]),
  );
  expect([removing.code, message(removing)]).toEqual([
    2,
    `runs rm: expected runs that nobody uses, got ${id}, which is being analyzed, reported or exported; wait for it`,
  ]);
  expect([tidied.code, tidied.stderr]).toEqual([0, `left as it is: ${id} is in use\n`]);
  expect(lockRun({ path }, "alone")?.release()).toBeUndefined();
});

test("a run that is being removed is neither analyzed, nor reported, nor exported", async () => {
  const before = readdirSync(path);
  const lock = lockRun({ path }, "alone")!;
  const outcomes = await Promise.all(
    [`analyze ${id} --rows 4`, `report ${id}`, `export ${id} --format csv`].map(command),
  );
  lock.release();
  for (const outcome of outcomes)
    expect([outcome.code, message(outcome)]).toEqual([
      4,
      `${path}: expected a run that stays, got one that is being removed; choose another`,
    ]);
  expect(readdirSync(path)).toEqual(before);
});
