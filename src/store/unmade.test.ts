import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockRun } from "./lock.ts";
import { openRemovable } from "./ownRuns.ts";
import { rememberedRows } from "./rowIndex.ts";
import { listRows } from "./runIndex.ts";
import { temporaryPath } from "./temporary.ts";
import { emptyTrash, listTrash, moveToTrash, restoreRun } from "./trash.ts";
import { isUnmade } from "./unmade.ts";

let store: string;
beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), "batchscope-unmade-"));
});
afterEach(() => rmSync(store, { recursive: true }));

const ID = "20260101-120000-mlp-iris-0abc";
const BEFORE = ["lock", "config.yaml", "command.txt", "environment.json", "data.json"];

function folderOf(names: readonly string[], id = ID): string {
  const path = join(store, "runs", id);
  mkdirSync(path, { recursive: true });
  for (const name of names) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), "");
  }
  return path;
}

test.each([0, 1, 2, 3, 4, 5])("killed after %i files: listed as such, and removed for good", (count) => {
  const path = folderOf(BEFORE.slice(0, count));
  if (count > 1) writeFileSync(temporaryPath(join(path, BEFORE[count - 1]!), 1), "half");
  expect(rememberedRows(store)).toBeNull();
  const { rows, damaged } = listRows(store);
  expect([rows, damaged.map(({ message }) => message)]).toEqual([
    [],
    [
      `${path}: expected a run, got a folder without run.json: its process was killed while it made the run; ` +
        `remove it with \`batchscope runs rm ${ID}\``,
    ],
  ]);
  expect(openRemovable(store, ID)).toMatchObject({ path, run: null });
  expect(() => openRemovable(store, "20260101")).toThrow(/expected the whole name/);
  moveToTrash(store, ID);
  expect([readdirSync(join(store, "runs")), listTrash(store).map(({ id }) => id)]).toEqual([[], [ID]]);
  emptyTrash(store, 0);
  expect(listTrash(store)).toEqual([]);
});

test("what it had can be brought back", () => {
  folderOf(BEFORE);
  moveToTrash(store, ID);
  restoreRun(store, ID);
  expect(readdirSync(join(store, "runs", ID)).sort()).toEqual(BEFORE.toSorted());
});

test.each<[string, readonly string[], string?]>([
  ["of another name", [], "my-notes"],
  ["with a file of others", ["config.yaml", "notes.txt"]],
  ["with what is written later", ["config.yaml", "metrics.jsonl"]],
  ["with a folder", ["checkpoints/last.json"]],
  ["with a run.json", ["run.json"]],
])("a folder %s is none", (_, names, id = ID) => {
  expect(isUnmade(folderOf(names, id))).toBe(false);
});

test("nor is one that is being made now", () => {
  const path = folderOf(["config.yaml"]);
  const lock = lockRun({ path })!;
  try {
    // The lock keeps out other processes; this one may ask as another would.
    expect(isUnmade(path)).toBe(!lock.held);
    expect(listRows(store).damaged).toHaveLength(lock.held ? 0 : 1);
  } finally {
    lock.release();
  }
  expect(isUnmade(path)).toBe(true);
});
