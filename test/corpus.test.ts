import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { compare } from "../scripts/corpus/compare.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { openReference } from "../src/runtime/reference.ts";

const folder = fileURLToPath(new URL("fixtures/models/", import.meta.url));
const names = readdirSync(folder).sort();

/**
 * Small networks of the kinds that people export, as PyTorch wrote them (scripts/corpus/export.py), against its
 * gradients in float64. What is left in float64 is that attributes of ONNX are float32.
 */
describe.each(names)("%s", (name) => {
  test("has PyTorch's loss and gradients in float32", async () => {
    const { loss, worst } = await compare(nativeEngine(), `${folder}${name}`);
    expect(loss).toBeLessThan(1e-5);
    expect(worst.difference).toBeLessThan(1e-4);
  });

  test("has them in float64", async () => {
    const { loss, worst } = await compare(openReference(nativeEngine()), `${folder}${name}`);
    expect(loss).toBeLessThan(1e-7);
    expect(worst.difference).toBeLessThan(3e-7);
  });
});

test("the corpus has networks of every kind, in the oldest and in a newer operator set", () => {
  expect(names.filter((name) => name.endsWith("-13")).length).toBeGreaterThan(5);
  expect(names.filter((name) => name.endsWith("-17")).length).toBeGreaterThan(5);
});
