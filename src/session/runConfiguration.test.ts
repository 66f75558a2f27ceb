import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeEnvironment } from "../store/describeEnvironment.ts";
import { encodeJson } from "../store/json.ts";
import type { TrainConfiguration } from "./options/options.ts";
import { locateFiles } from "./runConfiguration.ts";

const before = process.cwd();
let root: string;

/** A run that was started in `one`, looked at from `two`. */
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "batchscope-folders-")));
  for (const name of ["one", "two", "run"]) mkdirSync(join(root, name));
  const environment = describeEnvironment({}, {}, join(root, "one"));
  writeFileSync(join(root, "run", "environment.json"), encodeJson(environment));
  process.chdir(join(root, "two"));
});
afterEach(() => {
  process.chdir(before);
  rmSync(root, { recursive: true });
});

const located = (given: Partial<TrainConfiguration>) => {
  const configuration = { data: "mnist", model: "mlp", ...given } as TrainConfiguration;
  return locateFiles({ path: join(root, "run") }, configuration);
};
const put = (path: string) => writeFileSync(join(root, path), "");

test("what lies where the run was started is found from elsewhere", () => {
  for (const name of ["a.csv", "net.onnx", "weights.safetensors"]) put(`one/${name}`);
  expect(located({ data: "a.csv", model: "net.onnx", initFrom: "weights.safetensors" })).toMatchObject({
    data: join(root, "one/a.csv"),
    model: join(root, "one/net.onnx"),
    initFrom: join(root, "one/weights.safetensors"),
  });
});

test("what was known by name is no file, whatever lies there", () => {
  for (const name of ["mnist", "mlp"]) put(`one/${name}`);
  expect(located({})).toEqual({ data: "mnist", model: "mlp" });
});

test("what lies at both places is that of the start, what lies only here is that", () => {
  for (const path of ["one/a.csv", "two/a.csv", "two/net.onnx"]) put(path);
  expect(located({ data: "a.csv", model: "net.onnx" })).toEqual({ data: join(root, "one/a.csv"), model: "net.onnx" });
});

test("what lies nowhere is named where it should be", () => {
  expect(() => located({ data: "a.csv" })).toThrow(
    `${join(root, "one/a.csv")}: expected what the run was started with, got nothing there; restore it, go to a folder where a.csv is, or tell analyze by \`data\``,
  );
});

test("an absolute path, and one of a run that does not say where it was started, stay", () => {
  put("one/a.csv");
  for (const name of ["a.csv", "nowhere.csv"])
    expect(located({ data: join(root, "one", name) }).data).toBe(join(root, "one", name));
  const { directory: _directory, ...older } = describeEnvironment({});
  writeFileSync(join(root, "run", "environment.json"), encodeJson(older));
  expect(located({ data: "b.csv" }).data).toBe("b.csv");
});
