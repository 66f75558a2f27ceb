import { existsSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { batchscope, message, runsIn, scratch, writeImages } from "../cli/harness.ts";
import { type Artefacts, artefacts } from "../cli/killing.ts";
import { copyScene, makeScene, outputsOf, writing } from "./commands.ts";
import { type Disk, makeDisk, whyNoDisk } from "./disk.ts";

/**
 * A disk that fills up, has no room for another file, or becomes read-only: the command ends with one line and exit
 * code 1, nothing is half written, and with room a run goes on to the bytes of one that always had it.
 * `BATCHSCOPE_FAULTS` sets how many sizes are tried.
 */
const sizes = Number(process.env.BATCHSCOPE_FAULTS || 10);

const folder = scratch();
const reason = whyNoDisk(folder);
if (reason) console.log(`disks: left out, ${reason}`);
const images = writeImages(join(folder, "images"), 1);

const argv = [
  ...["train", "--model", "mlp", "--data", images, "--batch-size", "4", "--gradient-accumulation-steps", "2"],
  ...["--epochs", "6", "--checkpoint-every", "1", "--evaluate-steps", "5", "--progress", "none"],
];
const runIn = (store: string) => join(store, "runs", runsIn(store)[0]!);

let disk: Disk;
const remove = () => disk?.remove();
afterAll(() => rmSync(folder, { recursive: true }));

/** The end of a command that found no room: one line of error, which names the trouble, or no trouble at all. */
function expectOrderly(outcome: Awaited<ReturnType<typeof batchscope>>): void {
  if (outcome.code === 0) return;
  expect(message(outcome)).toMatch(/ENOSPC|EROFS|full disk|no space|read-only/i);
  expect([outcome.code, outcome.stderr]).toEqual([1, expect.not.stringMatching(/internal:|\n\s+at /)]);
}

describe.skipIf(reason !== null)("train", () => {
  let whole: Artefacts;
  let needs: { bytes: number; inodes: number };
  beforeAll(async () => {
    const room = makeDisk(join(folder, "room"), { bytes: 2 ** 28, inodes: 10_000 });
    const { code, stderr } = await batchscope([...argv, "--dir", join(room.path, "store")], { cwd: folder });
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    whole = artefacts(runIn(join(room.path, "store")));
    const { bsize, blocks, bfree, files, ffree } = statfsSync(room.path);
    needs = { bytes: bsize * (blocks - bfree), inodes: files - ffree };
    room.remove();
  });
  afterEach(remove);

  /** Trains on a disk of this size, gives it room, and goes on. */
  async function throughWant(size: { bytes?: number; inodes?: number }): Promise<void> {
    disk = makeDisk(join(folder, "disk"), size);
    const store = join(disk.path, "store");
    expectOrderly(await batchscope([...argv, "--dir", store], { cwd: folder }));
    disk.resize({ bytes: 2 ** 28, inodes: 10_000 });
    const [id] = runsIn(store).filter((name) => existsSync(join(store, "runs", name, "run.json")));
    if (id !== undefined)
      expect(JSON.parse(readFileSync(join(runIn(store), "run.json"), "utf8")).status).not.toBe("running");
    const again = id === undefined ? argv : ["train", "--resume", id];
    const finished = id !== undefined && readFileSync(join(runIn(store), "run.json"), "utf8").includes('"finished"');
    if (!finished) expect(await batchscope([...again, "--dir", store], { cwd: folder })).toMatchObject({ code: 0 });
    expect(artefacts(join(store, "runs", id ?? runsIn(store)[0]!))).toEqual(whole);
  }

  test.each(Array.from({ length: sizes }, (_, i) => (i + 0.5) / sizes))("on a disk of %d of its bytes", (part) =>
    throughWant({ bytes: 4096 * Math.ceil((needs.bytes * part) / 4096) }),
  );
  test.each(Array.from({ length: sizes }, (_, i) => (i + 0.5) / sizes))("on a disk of %d of its files", (part) =>
    throughWant({ inodes: Math.max(2, Math.round(needs.inodes * part)) }),
  );

  test("on a disk that is read-only: what reads works, what writes says why it does not", async () => {
    disk = makeDisk(join(folder, "disk"), { bytes: 2 ** 28 });
    const store = ["--dir", join(disk.path, "store")];
    const at = (...words: string[]) => batchscope([...words, ...store], { cwd: folder });
    expect(await at(...argv)).toMatchObject({ code: 0 });
    const whole = artefacts(runIn(store[1]!));
    disk.setReadOnly(true);
    const page = join(folder, "page.html");
    for (const reading of [["runs"], ["runs", "show", "latest"], ["report", "latest", "--out", page]])
      expect(await at(...reading)).toMatchObject({ code: 0 });
    for (const words of [
      argv,
      ["train", "--resume", "latest", "--epochs", "7"],
      ["analyze", "latest", "--rows", "4"],
    ]) {
      const outcome = await at(...words);
      expect(outcome.code).toBe(1);
      expectOrderly(outcome);
    }
    expect(artefacts(runIn(store[1]!))).toEqual(whole);
  });
});

describe.skipIf(reason !== null)("other commands", () => {
  const scene = join(folder, "scene");
  beforeAll(() => makeScene(scene));
  afterEach(remove);

  test.each(Object.entries(writing))("%s", async (_, command) => {
    disk = makeDisk(join(folder, "disk"), { bytes: 2 ** 28 });
    const place = join(disk.path, "copy");
    copyScene(scene, place);
    const used = () => {
      const { bsize, blocks, bfree } = statfsSync(disk.path);
      return bsize * (blocks - bfree);
    };
    const before = used();
    expect(await batchscope(command.argv, { cwd: place })).toMatchObject({ code: 0 });
    const needed = used() - before;
    const whole = outputsOf(place, command);
    for (let i = 0; i < sizes; i++) {
      copyScene(scene, place);
      const free = 4096 * Math.floor((needed * (i + 0.5)) / sizes / 4096);
      disk.resize({ bytes: used() + free });
      const outcome = await batchscope(command.argv, { cwd: place });
      expectOrderly(outcome);
      const left = Object.entries(outputsOf(place, command)).filter(([name]) => !name.includes("/analysis/"));
      expect(whole).toMatchObject(Object.fromEntries(left));
      disk.resize({ bytes: 2 ** 28 });
      if (outcome.code !== 0) expect(await batchscope(command.argv, { cwd: place })).toMatchObject({ code: 0 });
      expect(outputsOf(place, command)).toEqual(whole);
      writeFileSync(join(place, "done"), "");
    }
  });
});
