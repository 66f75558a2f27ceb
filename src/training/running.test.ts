import { expect, test } from "vitest";
import { oracle } from "../../test/oracle.ts";
import { checkpointsOf, datasetOf, eventsOf } from "../../test/training.ts";
import { decodeSafetensors } from "../data/files/safetensors.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { type Tensor, toNumbers } from "../tensor/tensor.ts";

/** Mean and unbiased variance of each channel of a 3 × 3 convolution with stride 2 and padding 1, in plain loops. */
function channelMoments(x: Tensor, filters: Tensor): { mean: number[]; variance: number[] } {
  const [N, C, H, W] = x.shape as [number, number, number, number];
  const pixel = (n: number, c: number, i: number, j: number) =>
    i < 0 || j < 0 || i >= H || j >= W ? 0 : Number(x.data[((n * C + c) * H + i) * W + j]);
  const outputs = Array.from({ length: filters.shape[0]! }, (_, m) => {
    const values: number[] = [];
    for (let n = 0; n < N; n++)
      for (let i = 0; i < H / 2; i++)
        for (let j = 0; j < W / 2; j++) {
          let sum = 0;
          for (let k = 0; k < C * 9; k++) {
            const [c, di, dj] = [Math.floor(k / 9), Math.floor((k % 9) / 3) - 1, (k % 3) - 1];
            sum += Number(filters.data[m * C * 9 + k]) * pixel(n, c, 2 * i + di, 2 * j + dj);
          }
          values.push(sum);
        }
    return values;
  });
  const mean = outputs.map((values) => values.reduce((a, b) => a + b, 0) / values.length);
  const variance = outputs.map(
    (values, m) => values.reduce((a, b) => a + (b - mean[m]!) ** 2, 0) / (values.length - 1),
  );
  return { mean, variance };
}

test("running statistics of PyTorch's file follow PyTorch: running·0.9 + batch·0.1, with the unbiased variance", async () => {
  const { model, x, y } = oracle("bn_cnn");
  const data = datasetOf(x, y, 5);
  const events = await eventsOf(nativeEngine(), {
    model,
    train: data,
    validation: data,
    optimizer: sgd(),
    learningRate: 0.5,
    window: [8],
    epochs: 2,
    checkpointEvery: 1,
    seed: 0,
    threads: 1,
    logEvery: 1,
  });
  const [first, second] = checkpointsOf(events).map(({ bytes }) => decodeSafetensors(bytes, "checkpoint").tensors);
  const initial = new Map([...model.parameters, ...model.state].map((entry) => [entry.name, entry.initial]));
  expect(first!.get("0.weight")).not.toEqual(initial.get("0.weight"));
  for (const [before, after] of [
    [initial, first!],
    [first!, second!],
  ] as const) {
    const { mean, variance } = channelMoments(x, before.get("0.weight")!);
    for (const [name, batch] of [
      ["1.running_mean", mean],
      ["1.running_var", variance],
    ] as const) {
      const [old, now] = [toNumbers(before.get(name)!), toNumbers(after.get(name)!)];
      now.forEach((value, channel) => {
        expect(Math.abs(value - (0.9 * old[channel]! + 0.1 * batch[channel]!))).toBeLessThan(1e-6);
      });
    }
  }
});

test("each micro-batch of a window moves them, evaluation does not", async () => {
  const { model, x, y } = oracle("bn_cnn");
  const data = datasetOf(x, y, 5);
  const options = {
    model,
    train: data,
    validation: data,
    optimizer: sgd(),
    learningRate: 1e-12,
    window: [4, 4],
    epochs: 1,
    checkpointEvery: 1,
    seed: 0,
    threads: 1,
    logEvery: 1,
  };
  const [checkpoint] = checkpointsOf(await eventsOf(nativeEngine(), options));
  const running = toNumbers(decodeSafetensors(checkpoint!.bytes, "checkpoint").tensors.get("1.running_mean")!);
  // The mean is linear: 0.9²·old + 0.1·(0.9·a + b), where a and b, the means of the halves, average to the whole's.
  const { mean } = channelMoments(x, model.parameters[0]!.initial);
  const old = toNumbers(model.state.find(({ name }) => name === "1.running_mean")!.initial);
  const once = running.map((_, channel) => 0.9 * old[channel]! + 0.1 * mean[channel]!);
  const twice = running.map((_, channel) => 0.81 * old[channel]! + 0.19 * mean[channel]!);
  const distance = (a: readonly number[]) => Math.hypot(...a.map((value, i) => value - running[i]!));
  expect(distance(twice)).toBeLessThan(distance(once) / 5);
});
