import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { batchscope, document, message, runsIn, scratch, writeImages } from "./harness.ts";

const scene = scratch();
afterAll(() => rmSync(scene, { recursive: true }));

/** Every request of a lock fails, as on a network file system without them. */
const source = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#define REFUSING(name) int name(int file, int command, ...) { \\
  va_list rest; va_start(rest, command); void *given = va_arg(rest, void *); va_end(rest); \\
  if (command == F_SETLK || command == F_SETLKW || command == F_GETLK || command == F_OFD_SETLK) { \\
    errno = atoi(getenv("LOCK_ERROR")); return -1; } \\
  static int (*real)(int, int, ...); if (!real) real = dlsym(RTLD_NEXT, #name); \\
  return real(file, command, given); }
REFUSING(fcntl)
REFUSING(fcntl64)
`;
const library = join(scene, "nolocks.so");
writeFileSync(join(scene, "nolocks.c"), source);
const compiled = spawnSync("cc", ["-shared", "-fPIC", "-o", library, join(scene, "nolocks.c"), "-ldl"]);
const can = process.platform === "linux" && compiled.status === 0;
if (!can) console.log(`skipped: no C compiler for Linux here (${compiled.error?.message ?? compiled.stderr})`);

const said =
  "the store's file system has no locks: only the signs of life in run.json keep a second process from this run; go on with it from one place at a time\n";

describe.skipIf(!can)("a store without locks", () => {
  const images = writeImages(join(scene, "images"), 1);
  test.concurrent.each([
    ["ENOSYS", 38],
    ["ENOLCK", 37],
    ["EPERM", 1],
  ])("(%s) is trained in, listed, gone on with, and tidied", async (name, code) => {
    const store = join(scene, name);
    const under = (line: string) =>
      batchscope([...line.split(" "), "--dir", store], {
        cwd: scene,
        env: { LD_PRELOAD: library, LOCK_ERROR: String(code) },
      });
    const trained = await under(`train --model mlp --data ${images} --batch-size 8 --steps 3 --progress none`);
    expect([trained.code, trained.stderr]).toEqual([0, expect.stringContaining(said)]);
    const longer = await under("train --resume latest --steps 6 --progress none");
    expect([longer.code, longer.stderr]).toEqual([0, expect.stringContaining(said)]);
    expect(document(await under("runs --json")).runs).toMatchObject([{ status: "finished", steps: 6 }]);
    for (const line of ["runs gc", "runs rm latest --yes"]) {
      const outcome = await under(line);
      expect([line, outcome.code, message(outcome)]).toEqual([line, 0, ""]);
    }
    expect(runsIn(store)).toEqual([]);
    // Neither a lock nor its record tells of such a run whether it is used.
    const [{ id }] = document(await under("runs --trash --json")).trash;
    await under(`runs restore ${id}`);
    const record = join(store, "runs", id, "run.json");
    writeFileSync(record, "{");
    const refused = await under(`runs rm ${id} --yes`);
    expect([refused.code, message(refused)]).toEqual([2, expect.stringContaining(`neither its damaged ${record} nor`)]);
    expect(runsIn(store)).toHaveLength(1);
  });
});
