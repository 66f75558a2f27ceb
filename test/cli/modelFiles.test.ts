import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { file, floats } from "../foreignFile.ts";
import { scratch } from "./harness.ts";
import { tryHere } from "./inProcess.ts";

const scene = scratch();
const at = (name: string) => join(scene, `${name}.onnx`);
execFileSync("mkfifo", [at("pipe")]);
symlinkSync("/dev/zero", at("device"));
mkdirSync(at("folder"));
const server = createServer().listen(at("socket"));
await once(server, "listening");
writeFileSync(at("large"), "");
truncateSync(at("large"), 3 * 2 ** 30);
afterAll(() => {
  server.close();
  rmSync(scene, { recursive: true });
});

const commands: readonly [string, (model: string) => string[]][] = [
  ["models", (model) => ["models", model]],
  ["compile", (model) => ["compile", "--model", model, "--out", join(scene, "compiled")]],
  ["gradients", (model) => ["gradients", "--model", model, "--batch", join(scene, "batch.npz")]],
  ["verify", (model) => ["verify", "--model", model, "--data", "iris"]],
  ["evaluate", (model) => ["evaluate", model, "--data", "iris"]],
  ["predict", (model) => ["predict", model, "--data", "iris", "--out", join(scene, "predictions.csv")]],
  ["train", (model) => ["train", "--model", model, "--data", "iris", "--dir", join(scene, "runs")]],
  ["inspect-data", (model) => ["inspect-data", "--data", "iris", "--model", model]],
];

describe.each(commands)("%s refuses to read a model from", (_, words) => {
  test.each([
    ["pipe", "expected a file, got a pipe; save what it gives as a file and pass that"],
    ["device", "expected a file, got a device; save what it gives as a file and pass that"],
    ["socket", "expected a file, got a socket; save what it gives as a file and pass that"],
    ["folder", "expected a file, got a folder; check the path"],
    [
      "large",
      "expected an ONNX model of at most 2 GiB, as the format allows, got 3072 MiB; export it with its tensors in a " +
        "file beside it, e.g. torch.onnx.export(…, external_data=True)",
    ],
  ])("a %s", async (name, message) => {
    const { code, text } = await tryHere(...words(at(name)));
    expect(text).toBe(`batchscope: error: ${at(name)}: ${message}`);
    expect(code).toBe(1);
  });
});

test("models counts the tensors that a model keeps in a file beside it", async () => {
  const beside = (key: string, value: string) => ({ key, value });
  const model = file({
    node: [{ opType: "MatMul", input: ["x", "w"], output: ["y"] }],
    initializer: [
      { name: "w", dataType: 1, dims: [3n, 2n], dataLocation: 1, externalData: [beside("location", "weights.bin")] },
    ],
  });
  writeFileSync(at("beside"), model);
  expect((await tryHere("models", at("beside"))).text).toMatch(/expected initializer "w" in the file "weights.bin"/);
  writeFileSync(join(scene, "weights.bin"), new Uint8Array(24));
  const counted = await tryHere("models", at("beside"), "--json");
  expect({ ...counted, parameters: JSON.parse(counted.printed).parameters }).toMatchObject({ code: 0, parameters: 6 });
});

test.each(["train", "verify", "compile"])("%s refuses a model whose output no weight leads to", async (command) => {
  const model = file({
    node: [{ opType: "Identity", input: ["x"], output: ["y"] }],
    input: [floats("x", "N", 4n)],
    output: [floats("y", "N", 4n)],
  });
  writeFileSync(at("same"), model);
  const more = command === "compile" ? ["--out", join(scene, "same")] : [];
  const { code, text } = await tryHere(command, "--model", at("same"), "--data", "iris", ...more);
  expect(text).toMatch(/same.*: expected weights that lead to the output, got none; train another model/);
  expect(code).toBe(2);
});
