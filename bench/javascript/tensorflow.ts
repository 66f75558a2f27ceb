/**
 * TensorFlow.js on its WebAssembly backend with SIMD, as javascript.ts starts it. One thread: the backend refuses more
 * in Node (github.com/tensorflow/tfjs/issues/3830).
 */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { serve, type Task, type Trainer } from "./serve.ts";

/** PyTorch's shapes. fc1 reads 16 images of 5 × 5, which its own layout interleaves otherwise than TensorFlow's. */
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  "conv1.weight": [6, 1, 5, 5],
  "conv2.weight": [16, 6, 5, 5],
  "fc1.weight": [120, 16, 5, 5],
  "fc2.weight": [84, 120, 1, 1],
  "fc3.weight": [10, 84, 1, 1],
  "hidden.weight": [256, 784, 1, 1],
  "output.weight": [10, 256, 1, 1],
};

type Weights = Readonly<Record<string, tf.Variable>>;
type Network = (images: tf.Tensor4D, weights: Weights) => tf.Tensor2D;

/** [to, from, height, width] to [height, width, from, to], and linear weights to [from, to]. */
function toTensorflow(name: string, values: Float32Array): tf.Variable {
  const shape = SHAPES[name];
  if (shape === undefined) return tf.variable(tf.tensor(values));
  const turned = tf.transpose(tf.tensor(values, [...shape]), [2, 3, 1, 0]);
  return tf.variable(name.startsWith("conv") ? turned : tf.reshape(turned, [-1, shape[0]!]));
}

function fromTensorflow(name: string, tensor: tf.Tensor): Float32Array {
  const [to, from, height, width] = SHAPES[name] ?? [];
  if (to === undefined) return tensor.dataSync<"float32">();
  return tf.tidy(() =>
    tf.transpose(tf.reshape(tensor, [height!, width!, from!, to]), [3, 2, 0, 1]).dataSync<"float32">(),
  );
}

/**
 * A convolution of stride 1. The WebAssembly backend has no gradient of a convolution by its filters ("Kernel
 * 'Conv2DBackpropFilter' not registered for backend 'wasm'"), so it is written here as what it is, a convolution of the
 * input by the gradient with images and channels exchanged. Of the ways that the backend can run (this, conv3d of depth
 * 1, slices and a matrix product) the fastest.
 */
function convolution(x: tf.Tensor4D, filters: tf.Tensor4D, padding: number): tf.Tensor4D {
  const border: [number, number] = [padding, padding];
  const pad: tf.backend_util.ExplicitPadding = [[0, 0], border, border, [0, 0]];
  const operation = tf.customGrad((...inputs) => {
    const [x, w, save] = inputs as unknown as [tf.Tensor4D, tf.Tensor4D, (kept: tf.Tensor[]) => void];
    save([x, w]);
    return {
      value: tf.conv2d(x, w, 1, pad),
      gradFunc(dy: tf.Tensor, saved: tf.Tensor[]) {
        const [x, w, dY] = [...saved, dy] as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
        const dW = tf.conv2d(tf.transpose(x, [3, 1, 2, 0]), tf.transpose(dY, [1, 2, 0, 3]), 1, pad);
        // Only images have one channel here, and nobody asks for their gradient.
        const dX = x.shape[3] === 1 ? x : tf.conv2dTranspose(dY, w, x.shape, 1, "valid");
        return [dX, tf.transpose(dW, [1, 2, 0, 3])];
      },
    };
  });
  return operation(x, filters) as tf.Tensor4D;
}

function dense(x: tf.Tensor2D, weights: Weights, name: string): tf.Tensor2D {
  return tf.add(tf.matMul(x, weights[`${name}.weight`] as tf.Tensor2D), weights[`${name}.bias`]!);
}

function stage(x: tf.Tensor4D, weights: Weights, name: string, padding: number): tf.Tensor4D {
  const y = convolution(x, weights[`${name}.weight`] as tf.Tensor4D, padding);
  return tf.maxPool(tf.relu(tf.add(y, weights[`${name}.bias`]!)), 2, 2, "valid");
}

const networks: Readonly<Record<string, Network>> = {
  lenet(images, weights) {
    const features = stage(stage(images, weights, "conv1", 2), weights, "conv2", 0);
    const first = tf.relu(dense(tf.reshape(features, [-1, 400]), weights, "fc1"));
    return dense(tf.relu(dense(first, weights, "fc2")), weights, "fc3");
  },
  mlp: (images, weights) => dense(tf.relu(dense(tf.reshape(images, [-1, 784]), weights, "hidden")), weights, "output"),
};

function trainer({ model, parameters, batches, momentum, firstRate }: Task): Trainer {
  const network = networks[model]!;
  const weights = Object.fromEntries(
    Object.entries(parameters).map(([name, values]) => [name, toTensorflow(name, values)]),
  );
  const tensors = batches.map(({ images, labels }) => ({
    // One channel: [N, 1, 28, 28] and [N, 28, 28, 1] are the same bytes.
    x: tf.tensor4d(images, [labels.length, 28, 28, 1]),
    y: tf.oneHot(tf.tensor1d([...labels], "int32"), 10),
  }));
  const optimizer = tf.train.momentum(firstRate, momentum);
  let done = 0;
  const loss = () => {
    const { x, y } = tensors[done % tensors.length]!;
    return tf.losses.softmaxCrossEntropy(y, network(x, weights)) as tf.Scalar;
  };
  const all = async (values: Readonly<Record<string, tf.Tensor>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fromTensorflow(name, value)]));
  return {
    gradients() {
      const { grads } = tf.variableGrads(loss, Object.values(weights));
      return all(Object.fromEntries(Object.entries(weights).map(([name, { name: id }]) => [name, grads[id]!])));
    },
    async step(learningRate) {
      optimizer.setLearningRate(learningRate);
      const value = optimizer.minimize(loss, true)!;
      done++;
      const [number] = value.dataSync();
      value.dispose();
      return number!;
    },
    parameters: () => all(weights),
  };
}

await tf.setBackend("wasm");
const [simd, threads] = await Promise.all(
  ["WASM_HAS_SIMD_SUPPORT", "WASM_HAS_MULTITHREAD_SUPPORT"].map((flag) => tf.env().getAsync(flag)),
);
const how = `${simd ? "with" : "without"} SIMD, ${threads ? "several threads" : "one thread"}`;
await serve(`TensorFlow.js ${tf.version.tfjs} on ${tf.getBackend()} ${how}`, trainer);
