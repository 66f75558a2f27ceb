import { execFileSync, spawn } from "node:child_process";
import { globSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cleanEnvironment,
  follow,
  message,
  type Outcome,
  runsIn,
  scratch,
  start,
  writeImages,
} from "../cli/harness.ts";
import { type Artefacts, artefacts } from "../cli/killing.ts";

/**
 * What the machine withholds from a training that is otherwise well: descriptors, readers of its words, an honest
 * clock.
 */
const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));
const images = writeImages(join(folder, "images"), 1);
const argv = [
  ...["train", "--model", "mlp", "--data", images, "--batch-size", "4", "--gradient-accumulation-steps", "2"],
  ...["--epochs", "12", "--checkpoint-every", "3", "--patience", "50", "--tensorboard"],
];
const program = fileURLToPath(new URL("../../bin/batchscope.js", import.meta.url));
const newStore = () => mkdtempSync(join(folder, "store-"));
const artefactsIn = (store: string) => artefacts(join(store, "runs", runsIn(store)[0]!));

let whole: Artefacts;
beforeAll(async () => {
  const store = newStore();
  expect(await start([...argv, "--dir", store], { cwd: folder }).ended).toMatchObject({ code: 0 });
  whole = artefactsIn(store);
});

describe("file descriptors", () => {
  const prlimit = (limit: number, store: string) =>
    follow(
      spawn("prlimit", [`--nofile=${limit}:${limit}`, process.execPath, program, ...argv, "--dir", store], {
        cwd: folder,
        env: cleanEnvironment(),
        stdio: ["ignore", "pipe", "pipe"],
      }),
    ).ended;

  // Node itself needs about 20 to start.
  test.each([24, 26, 28, 30, 32, 36, 40, 48, 64])("%d are enough, or the want of them is said", async (limit) => {
    const store = newStore();
    const outcome = await prlimit(limit, store);
    if (outcome.code === 0) expect(artefactsIn(store)).toEqual(whole);
    else {
      expect(message(outcome)).toMatch(/too many open files|EMFILE/);
      expect(outcome.stderr).not.toMatch(/internal:|\n\s+at /);
    }
  });
});

describe("a terminal that is gone", () => {
  const closings: Record<string, (store: string) => Promise<Outcome>> = {
    "nobody reads stderr any more": async (store) => {
      const { child, said, ended } = start([...argv, "--dir", store], { cwd: folder });
      await said("radient accumulation");
      child.stderr!.destroy();
      return ended;
    },
    "nobody reads stdout": async (store) => {
      const { child, ended } = start([...argv, "--dir", store], { cwd: folder });
      child.stdout!.destroy();
      return ended;
    },
    "stderr is on a full disk": (store) => {
      const child = spawn(process.execPath, [program, ...argv, "--dir", store], {
        cwd: folder,
        env: cleanEnvironment(),
        stdio: ["ignore", "pipe", openSync("/dev/full", "w")],
      });
      return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout: "", stderr: "" })));
    },
  };
  test.each(Object.entries(closings))("%s", async (_, close) => {
    const store = newStore();
    expect(await close(store)).toMatchObject({ code: 0 });
    expect(artefactsIn(store)).toEqual(whole);
  });
});

const [faketime] = globSync("/usr/lib/*/faketime/libfaketimeMT.so.1");
const withoutClock = faketime === undefined;
if (withoutClock) console.log("clocks: left out, libfaketime is not installed");
describe.skipIf(withoutClock)("a clock that is set", () => {
  test.each(["-1d", "+1d", "-10y", "+30y"])("by %s while a run trains", async (jump) => {
    const store = newStore();
    const offset = join(store, "offset");
    writeFileSync(offset, "+0");
    const clock = { LD_PRELOAD: faketime!, FAKETIME_TIMESTAMP_FILE: offset, FAKETIME_NO_CACHE: "1" };
    const { said, ended } = start([...argv, "--dir", store], {
      cwd: folder,
      env: { ...clock, FAKETIME_DONT_FAKE_MONOTONIC: "1" },
    });
    await said("validation:");
    writeFileSync(offset, jump);
    expect(await ended).toMatchObject({ code: 0 });
    expect(artefactsIn(store)).toEqual(whole);
    const listed = execFileSync(process.execPath, [program, "runs", "--json", "--dir", store], { encoding: "utf8" });
    expect(JSON.parse(listed).runs).toMatchObject([{ status: "finished" }]);
  });
});
