import { expect, test } from "vitest";
import { openEngine } from "../src/runtime/open.ts";
import type { FirstSteps } from "./rival.ts";
import { assertSame, ourStep, randomImages, rivalModel, type Subject } from "./step.ts";

const subject: Subject = { model: "mlp", shape: [1, 4, 4], batch: 4, count: 1, tolerance: 1e-5 };
const data = randomImages(subject.shape);
const decode = (text: string) => new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
const encode = (values: Float32Array) => Buffer.from(values.buffer).toString("base64");

/** What a second copy of ours answers, as a rival would: the mean gradient, and parameters after two steps. */
async function firstSteps(): Promise<FirstSteps> {
  const step = await ourStep(await openEngine(), subject, 1, data);
  const now = () => rivalModel(subject, step, data).parameters;
  const loss = await step.gradient();
  const kept = step.state.parameters.slice();
  step.state.parameters.set(step.state.sums.map((sum) => sum / subject.batch));
  const gradients = now();
  step.state.parameters.set(kept);
  await step.update();
  await step.gradient();
  await step.update();
  return { loss, gradients, after: now() };
}

function changed(arrays: Readonly<Record<string, string>>, name: string, factor: number): Record<string, string> {
  return { ...arrays, [name]: encode(decode(arrays[name]!).map((value) => value * factor)) };
}

test("the same numbers pass; a loss, a gradient or an update that is wrong does not", async () => {
  const engine = await openEngine();
  const right = await firstSteps();
  const check = async (theirs: FirstSteps) => assertSame(subject, await ourStep(engine, subject, 1, data), theirs);
  await check(right);
  const { "output.bias": _, ...others } = right.gradients;
  const start = rivalModel(subject, await ourStep(engine, subject, 1, data), data).parameters;
  const wrong: [FirstSteps, RegExp][] = [
    [{ ...right, loss: right.loss * 1.0001 }, /the loss of mlp at batch 4 within 0.00001 of theirs, got a difference/],
    [{ ...right, gradients: changed(right.gradients, "output.bias", 1.001) }, /the gradient of mlp/],
    [{ ...right, gradients: others }, /got a difference of NaN/],
    [{ ...right, after: start }, /the weights after two steps of mlp/],
    [{ ...right, after: changed(right.after, "hidden.weight", 1.0001) }, /the weights after two steps of mlp/],
  ];
  expect(Object.keys(others)).toEqual(Object.keys(right.gradients).filter((name) => name !== "output.bias"));
  for (const [theirs, words] of wrong) await expect(check(theirs)).rejects.toThrow(words);
});
