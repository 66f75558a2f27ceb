import { expect, test } from "vitest";
import { tryHere } from "../../../test/cli/inProcess.ts";
import { runOptions, scratchStore } from "../../../test/scratchStore.ts";
import { createRun } from "../../store/create.ts";

const store = scratchStore();

async function shown(...more: string[]): Promise<string[]> {
  const { text, printed } = await tryHere("runs", "show", "latest", "--dir", store.directory, ...more);
  expect(text).toBe("");
  return printed.split("\n");
}

test("runs show names what was chosen, and nothing that is so by default", async () => {
  const config = { model: "mlp", data: "iris", batchSize: 8, gradientAccumulationSteps: 2, learningRate: 0.001 };
  const usual = { optimizer: "adamw", beta1: 0.9, schedule: "constant", tags: ["lesson1", "b"], description: "" };
  createRun(store.directory, { ...runOptions, config: { ...config, ...usual, epochs: 7, clipNorm: 1 } }).finish(
    "finished",
    null,
  );
  const lines = await shown();
  expect(lines).toContain("model    mlp on iris");
  expect(lines).toContain("batch    16 examples per update, adamw, learning rate 0.001");
  expect(lines).toContain(
    "options  --tag lesson1 --tag b --epochs 7 --clip-norm 1; all else by default (config.yaml lists everything)",
  );
});

test("runs show of a configuration that says nothing of its update shows none", async () => {
  createRun(store.directory, { ...runOptions, config: { optimizer: "none of ours" } }).finish("finished", null);
  expect(await shown()).toContain("batch    – examples per update, none of ours, learning rate –");
});

test("runs show says in Chinese how a run stands", async () => {
  createRun(store.directory, { ...runOptions, config: {} }).finish("failed", "stopped by the test");
  const [first] = await shown("--lang", "zh");
  expect(first).toMatch(/ {2}失败：/);
});
