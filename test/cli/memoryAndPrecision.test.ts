import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { decodeSafetensors } from "../../src/data/files/safetensors.ts";
import { toNumbers } from "../../src/tensor/tensor.ts";
import { batchscope, scratch, writeImages } from "./harness.ts";

const scene = scratch();
const images = writeImages(join(scene, "images"), 1);
afterAll(() => rmSync(scene, { recursive: true }));

/** Trains an epoch and gives what the user is told, and the parameters and settings that are left. */
async function trained(...flags: readonly string[]) {
  const line = [
    "train",
    "--model",
    "lenet",
    "--data",
    images,
    "--batch-size",
    "8",
    "--epochs",
    "1",
    "--optimizer",
    "sgd",
  ];
  const { code, stdout, stderr } = await batchscope([...line, "--learning-rate", "0.1", "--json", ...flags], {
    cwd: scene,
  });
  expect(code, stderr).toBe(0);
  const { path } = JSON.parse(stdout);
  const file = readdirSync(join(path, "checkpoints")).find((name) => name.endsWith(".safetensors"));
  const { tensors, metadata } = decodeSafetensors(readFileSync(join(path, "checkpoints", file!)), file!);
  const config = readFileSync(join(path, "config.yaml"), "utf8");
  return {
    stderr,
    config,
    numbers: [...tensors.values()].flatMap(toNumbers),
    position: JSON.parse(metadata.batchscope!),
  };
}

const difference = (a: readonly number[], b: readonly number[]) => Math.max(...a.map((x, i) => Math.abs(x - b[i]!)));

test("train --gradient-checkpointing gives the same parameters, --precision float16 near ones and says that it emulates", async () => {
  const plain = await trained();
  const again = await trained("--gradient-checkpointing");
  const half = await trained("--precision", "float16", "--gradient_checkpointing");
  expect(difference(again.numbers, plain.numbers)).toBeLessThan(1e-4);
  expect(again.config).toMatch(/^gradientCheckpointing: true$/m);
  expect(again.stderr).not.toContain("float16");

  expect(difference(half.numbers, plain.numbers)).toBeLessThan(0.05);
  expect(difference(half.numbers, plain.numbers)).toBeGreaterThan(1e-5);
  expect(half.stderr).toContain("float16 is emulated: products are rounded to float16 and computed in float32;");
  expect(half.config).toMatch(/^precision: float16$/m);
  expect(plain.position).not.toHaveProperty("lossScale");
  expect(half.position.lossScale.scale * 2 ** (12 - half.position.step)).toBe(65536);
});
