import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { DataError, UnsupportedError } from "../../tensor/errors.ts";
import { externalReader } from "./files.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "batchscope-external-")));
afterAll(() => rmSync(root, { recursive: true }));

const folder = join(root, "model");
mkdirSync(join(folder, "weights"), { recursive: true });
writeFileSync(join(folder, "a.bin"), Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7));
writeFileSync(join(folder, "weights/b.bin"), Uint8Array.of(9, 8));
writeFileSync(join(root, "secret"), Uint8Array.of(1, 2, 3, 4));
symlinkSync(join(root, "secret"), join(folder, "link"));
symlinkSync("a.bin", join(folder, "alias"));
symlinkSync(root, join(folder, "up"));

const model = join(folder, "model.onnx");
const read = (location: string, offset = 0, length = 2) =>
  externalReader(model)({ label: 'initializer "w"', location, offset, length });

test.each<[string, number, number, number[]]>([
  ["a.bin", 0, 8, [0, 1, 2, 3, 4, 5, 6, 7]],
  ["a.bin", 6, 2, [6, 7]],
  ["a.bin", 8, 0, []],
  ["./a.bin", 1, 1, [1]],
  ["weights/b.bin", 0, 2, [9, 8]],
  ["alias", 2, 2, [2, 3]],
])("reads %s from %d, %d bytes", (location, offset, length, expected) => {
  expect([...read(location, offset, length)]).toEqual(expected);
});

test("a model named without a folder has its files in the current one", () => {
  const script = `import { externalReader } from ${JSON.stringify(new URL("./files.ts", import.meta.url).href)};
    console.log([...externalReader("model.onnx")({ label: "w", location: "a.bin", offset: 3, length: 2 })].join());`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: folder });
  expect(printed.toString().trim()).toBe("3,4");
});

test.each(["../secret", "weights/../../secret", "/etc/passwd", "C:\\secret", "..\\secret", "", "\0", "weights/.."])(
  "does not look at %j",
  (location) => {
    expect(() => read(location)).toThrow(UnsupportedError);
    expect(() => read(location)).toThrow(
      `onnx: expected initializer "w" in a file in the model's own folder, got "${location}"; move it beside the model`,
    );
  },
);

test.each(["link", "up/secret"])("does not follow %s out of the folder", (location) => {
  expect(() => read(location)).toThrow(UnsupportedError);
  expect(() => read(location)).toThrow(`got "${location}", a link that leads elsewhere; move it beside the model`);
});

test.each<[string, string, number, number, RegExp]>([
  ["a file that is not there", "c.bin", 0, 1, /^onnx: expected initializer "w" in the file "c.bin" beside .*: ENOENT/],
  [
    "more than the file has",
    "a.bin",
    0,
    9,
    /^onnx: expected 9 bytes at 0 of "a.bin" for initializer "w", got a file of 8/,
  ],
  [
    "a part beyond its end",
    "a.bin",
    7,
    2,
    /^onnx: expected 2 bytes at 7 of "a.bin" for initializer "w", got a file of 8/,
  ],
  ["a size that no memory has", "a.bin", 0, 2 ** 52, /^onnx: expected 4503599627370496 bytes at 0 of "a.bin"/],
  ["a folder", "weights", 0, 0, /^onnx: expected 0 bytes at 0 of "weights" for initializer "w", got no plain file/],
])("refuses %s", (_, location, offset, length, message) => {
  expect(() => read(location, offset, length)).toThrow(DataError);
  expect(() => read(location, offset, length)).toThrow(message);
});

test.each<[string, number, number]>([
  ["an offset beyond its end", 2 ** 52, 1],
  ["an offset and a length that reach beyond what numbers hold", Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ["an offset at its end, and more", 8, 1],
])("refuses %s", (_, offset, length) => {
  expect(() => read("a.bin", offset, length)).toThrow(/^onnx: expected \d+ bytes at \d+ of "a.bin" .*a file of 8/);
});

test("parts may lie on one another, and are counted", () => {
  const reader = externalReader(model, 2 ** 20);
  writeFileSync(join(folder, "half"), new Uint8Array(2 ** 19));
  const next = (offset: number, length: number) =>
    reader({ label: 'initializer "w"', location: "half", offset, length });
  expect(next(0, 2 ** 19).length).toBe(2 ** 19);
  expect(next(1, 2 ** 19 - 1).length).toBe(2 ** 19 - 1);
  expect(() => next(0, 2)).toThrow(
    'onnx: expected tensors that fit into 1 MiB of memory, got 2 MiB with initializer "w" in "half"; use a smaller model',
  );
});

test("a file of holes that no memory holds is not read", () => {
  writeFileSync(join(folder, "holes"), "");
  truncateSync(join(folder, "holes"), 2 ** 43);
  expect(() => read("holes", 0, 2 ** 43)).toThrow(/got 8388608 MiB with initializer "w" in "holes"/);
});

test("does not wait at a pipe", () => {
  execFileSync("mkfifo", [join(folder, "pipe")]);
  expect(() => read("pipe")).toThrow(/got no plain file/);
});

test("reads beyond 4 GiB", () => {
  const far = 2 ** 32 + 5;
  writeFileSync(join(folder, "sparse"), "");
  truncateSync(join(folder, "sparse"), far + 1);
  expect([...read("sparse", far - 1, 2)]).toEqual([0, 0]);
});
