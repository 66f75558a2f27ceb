/**
 * jax-js on its WebAssembly backend, as javascript.ts starts it. One thread: its workers need a global `Worker`, which
 * Node lacks. The whole step is one jitted function, gradient and update together.
 */
import { readFileSync } from "node:fs";
import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { serve, type Task, type Trainer } from "./serve.ts";

type Arrays = { [name: string]: np.Array };
/** Takes ownership of its arguments, as everything in jax-js. */
type Network = (weights: Arrays, images: np.Array) => np.Array;

const SHAPES: Readonly<Record<string, number[]>> = {
  "conv1.weight": [6, 1, 5, 5],
  "conv2.weight": [16, 6, 5, 5],
  "fc1.weight": [120, 400],
  "fc2.weight": [84, 120],
  "fc3.weight": [10, 84],
  "hidden.weight": [256, 784],
  "output.weight": [10, 256],
};

/**
 * A convolution of stride 1 with its bias, by slices and one matrix product: a step with `lax.conv` instead takes four
 * times as long. `np.matmul` would spare the transpositions, but gives [6, 4, 784] for [6, 25] · [4, 25, 784].
 */
function convolution(x: np.Array, filters: np.Array, bias: np.Array, padding: number): np.Array {
  const [to = 0, from = 0, kernel = 0] = filters.shape;
  const length = from * kernel * kernel;
  const border: [number, number] = [padding, padding];
  const padded = padding > 0 ? np.pad(x, [[0, 0], [0, 0], border, border]) : x;
  const [batch = 0, , high = 0, wide = 0] = padded.shape;
  const [height, width] = [high - kernel + 1, wide - kernel + 1];
  const shifted = Array.from({ length: kernel * kernel }, (_, i) => {
    const [top, left] = [Math.floor(i / kernel), i % kernel];
    return padded.ref.slice([], [], [top, top + height], [left, left + width]);
  });
  padded.dispose();
  const columns = np.stack(shifted, 2).reshape([batch, length, height * width]);
  const wideColumns = np.transpose(columns, [1, 0, 2]).reshape([length, batch * height * width]);
  const y = np.dot(filters.reshape([to, length]), wideColumns).add(bias.reshape([to, 1]));
  return np.transpose(y.reshape([to, batch, height * width]), [1, 0, 2]).reshape([batch, to, height, width]);
}

function stage(x: np.Array, weights: Arrays, name: string, padding: number): np.Array {
  const y = convolution(x, weights[`${name}.weight`]!, weights[`${name}.bias`]!, padding);
  return nn.relu(lax.reduceWindow(y, np.max, [2, 2], [2, 2]));
}

function dense(x: np.Array, weights: Arrays, name: string): np.Array {
  return np.dot(x, weights[`${name}.weight`]!.transpose()).add(weights[`${name}.bias`]!);
}

const networks: Readonly<Record<string, Network>> = {
  lenet(weights, images) {
    const features = stage(stage(images, weights, "conv1", 2), weights, "conv2", 0);
    const first = nn.relu(dense(features.reshape([-1, 400]), weights, "fc1"));
    return dense(nn.relu(dense(first, weights, "fc2")), weights, "fc3");
  },
  mlp: (weights, images) => dense(nn.relu(dense(images.reshape([-1, 784]), weights, "hidden")), weights, "output"),
};

function trainer({ model, parameters, batches, momentum }: Task): Trainer {
  const network = networks[model]!;
  const shape = [-1, 1, 28, 28];
  const arrays = batches.map(({ images, labels }) => ({
    x: np.array(images).reshape(shape),
    y: nn.oneHot(np.array([...labels], { dtype: np.int32 }), 10),
  }));
  const gradientOf = valueAndGrad((weights: Arrays, x: np.Array, y: np.Array) => {
    const batch = y.shape[0]!;
    return nn
      .logSoftmax(network(weights, x))
      .mul(y)
      .sum()
      .mul(-1 / batch);
  });
  const step = jit((weights: Arrays, velocity: Arrays, x: np.Array, y: np.Array, learningRate: np.Array) => {
    const [loss, gradient] = gradientOf(tree.ref(weights), x, y) as [np.Array, Arrays];
    const faster = tree.map((v: np.Array, g: np.Array) => v.mul(momentum).add(g), velocity, gradient) as Arrays;
    const move = (w: np.Array, v: np.Array) => w.sub(v.mul(learningRate.ref));
    const moved = tree.map(move, weights, tree.ref(faster)) as Arrays;
    learningRate.dispose();
    return [loss, moved, faster] as const;
  });
  let weights: Arrays = Object.fromEntries(
    Object.entries(parameters).map(([name, values]) => [name, np.array(values).reshape(SHAPES[name] ?? [-1])]),
  );
  let velocity = tree.map((w: np.Array) => np.zeros(w.shape), tree.ref(weights)) as Arrays;
  let done = 0;
  return {
    gradients() {
      const { x, y } = arrays[0]!;
      const [loss, gradient] = gradientOf(tree.ref(weights), x.ref, y.ref) as [np.Array, Arrays];
      loss.dispose();
      return floats(gradient);
    },
    async step(learningRate) {
      const { x, y } = arrays[done++ % arrays.length]!;
      const [loss, moved, faster] = step(weights, velocity, x.ref, y.ref, np.array(learningRate));
      [weights, velocity] = [moved, faster];
      await blockUntilReady([weights, velocity]);
      return (await loss.data())[0]!;
    },
    parameters: () => floats(tree.ref(weights)),
  };
}

async function floats(arrays: Arrays): Promise<Record<string, Float32Array>> {
  const read = async ([name, array]: [string, np.Array]) => [name, (await array.data()) as Float32Array] as const;
  return Object.fromEntries(await Promise.all(Object.entries(arrays).map(read)));
}

await init();
const manifest = new URL("package.json", import.meta.url);
const version = JSON.parse(readFileSync(manifest, "utf8")).dependencies["@jax-js/jax"];
await serve(`jax-js ${version} on ${defaultDevice()}, one thread`, trainer);
