import type { Value } from "../src/graph/graph.ts";
import type { Model, Parameter } from "../src/model/model.ts";
import type { Builder } from "../src/ops/builder.ts";
import { random } from "../src/tensor/random.ts";
import { type Shape, sizeOf, tensor } from "../src/tensor/tensor.ts";

export interface TransformerSizes {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly length: number;
  readonly vocabulary: number;
}

/** A causal transformer over tokens (pre-normalisation, x·σ(1.702·x) units), as large as a benchmark wants it. */
export function transformer({ layers, width, heads, length, vocabulary }: TransformerSizes): Model {
  const { normal } = random(1);
  const parameters: Parameter[] = [];
  const add = (name: string, shape: Shape, deviation: number, mean = 0) => {
    const data = Float32Array.from({ length: sizeOf(shape) }, () => mean + deviation * normal());
    parameters.push({ name, initial: tensor("float32", shape, data) });
  };
  const norm = (name: string) => {
    add(`${name}.scale`, [width], 0, 1);
    add(`${name}.shift`, [width], 0);
  };
  const linear = (name: string, from: number, to: number) => {
    add(`${name}.weight`, [from, to], 0.02);
    add(`${name}.bias`, [to], 0);
  };
  add("tokens", [vocabulary, width], 0.02);
  add("positions", [length, width], 0.02);
  for (let layer = 0; layer < layers; layer++) {
    norm(`${layer}.norm1`);
    linear(`${layer}.attention`, width, 3 * width);
    linear(`${layer}.projection`, width, width);
    norm(`${layer}.norm2`);
    linear(`${layer}.up`, width, 4 * width);
    linear(`${layer}.down`, 4 * width, width);
  }
  norm("norm");
  linear("head", width, vocabulary);
  return {
    name: "transformer",
    inputs: [{ name: "x", type: "int64", shape: [length] }],
    parameters,
    state: [],
    forward(g, { inputs, parameters: values }) {
      const p = (name: string) => values[name]!;
      const apply = (x: Value, name: string) => g.add(g.matMul(x, p(`${name}.weight`)), p(`${name}.bias`));
      const normalized = (x: Value, name: string) => layerNorm(g, x, p(`${name}.scale`), p(`${name}.shift`));
      let x = g.add(g.gather(p("tokens"), inputs.x!, 0), p("positions"));
      for (let layer = 0; layer < layers; layer++) {
        const attended = attention(g, apply(normalized(x, `${layer}.norm1`), `${layer}.attention`), heads);
        x = g.add(x, apply(attended, `${layer}.projection`));
        const up = apply(normalized(x, `${layer}.norm2`), `${layer}.up`);
        x = g.add(x, apply(g.mul(up, g.sigmoid(g.mul(up, 1.702))), `${layer}.down`));
      }
      return { logits: apply(normalized(x, "norm"), "head"), state: {} };
    },
  };
}

function layerNorm(g: Builder, x: Value, scale: Value, shift: Value): Value {
  const centred = g.sub(x, g.reduceMean(x, [-1], true));
  const variance = g.reduceMean(g.mul(centred, centred), [-1], true);
  return g.add(g.mul(g.div(centred, g.sqrt(g.add(variance, 1e-5))), scale), shift);
}

/** Queries, keys and values [N, T, 3·width] to [N, T, width]; each position sees those up to it. */
function attention(g: Builder, qkv: Value, heads: number): Value {
  const [N, T, width] = [qkv.shape[0]!, qkv.shape[1]!, qkv.shape[2]! / 3];
  const [q, k, v] = [0, 1, 2].map((i) => {
    const part = g.slice(qkv, [2], [i * width], [(i + 1) * width], [1]);
    return g.transpose(g.reshape(part, [N, T, heads, width / heads]), [0, 2, 1, 3]);
  }) as [Value, Value, Value];
  const scores = g.mul(g.matMul(q, g.transpose(k, [0, 1, 3, 2])), 1 / Math.sqrt(width / heads));
  const future = Float32Array.from({ length: T * T }, (_, i) => (i % T > Math.floor(i / T) ? -1e9 : 0));
  const weights = g.softmax(g.add(scores, g.constant(tensor("float32", [T, T], future))));
  return g.reshape(g.transpose(g.matMul(weights, v), [0, 2, 1, 3]), [N, T, width]);
}
