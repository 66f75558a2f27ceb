import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Random } from "../tensor/random.ts";
import { tensor } from "../tensor/tensor.ts";
import { even, normal } from "./initial.ts";
import { chain, dropout, dropped, type Layer } from "./layers.ts";
import type { Model } from "./model.ts";
import type { ModelTask } from "./task.ts";
import { attention, gelu, layerNormalization, residual } from "./transformer.ts";

interface Sizes {
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  /** Largest number of tokens. */
  readonly context: number;
}

/** "nano" and "micro" have the widths of minGPT's; "small" is the 124 million parameters of the paper's Table 2. */
const sizes: Readonly<Record<string, Sizes>> = {
  nano: { layers: 3, heads: 3, width: 48, context: 128 },
  micro: { layers: 4, heads: 4, width: 128, context: 256 },
  small: { layers: 12, heads: 12, width: 768, context: 1024 },
};

export const GPT2_SIZES = ["nano", "micro", "small"] as const;

/** Standard deviation of the initial weights, and what layer normalisation adds to a variance. */
const DEVIATION = 0.02;
const EPSILON = 1e-5;
/** Hugging Face's names of dropout layers, here that of the sum of embeddings. */
const EMBEDDING_DROP = "drop";
/** Added to the score of a later token. The difference to −∞ is below the smallest float32 after the exponential. */
const HIDDEN = -1e9;

/**
 * GPT-2 for texts [tokens]: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", §2.3. Pre-norm
 * blocks of causal attention and GELU (tanh form), position embeddings, the output layer tied to the token embedding.
 * `classes` is the vocabulary; logits [N, tokens, classes] predict each next token. Named as Hugging Face's
 * `GPT2Model`, whose weights `loadGpt2` reads; matrices are [in, out]. Weights normal with deviation 0.02, those in
 * front of a residual sum divided by √(2·layers).
 */
export function gpt2({ shape, classes }: ModelTask, random: Random, variant: string): Model {
  const size = sizes[variant]!;
  const [tokens = 0] = shape;
  if (shape.length !== 1 || tokens < 1 || tokens > size.context)
    throw new ShapeError(
      `gpt2: expected texts of 1 to ${size.context} tokens, got examples [${shape.join(", ")}]; cut the texts to that length`,
    );
  const body = decoder(size, tokens, random);
  const embeddings = [
    { name: "wte.weight", initial: normal([classes, size.width], DEVIATION, random) },
    { name: "wpe.weight", initial: normal([size.context, size.width], DEVIATION, random) },
  ];
  return {
    name: `gpt2_${variant}`,
    inputs: [{ name: "x", type: "int64", shape }],
    parameters: [...embeddings, ...body.parameters],
    state: [],
    dropout: [{ name: EMBEDDING_DROP }, ...body.dropout!],
    forward(g, { inputs, ...rest }) {
      const [vocabulary, positions] = [rest.parameters["wte.weight"]!, rest.parameters["wpe.weight"]!];
      const count = inputs.x!.shape[0]!;
      const places = g.slice(positions, [0], [0], [tokens], [1]);
      const embedded = g.add(g.gather(vocabulary, inputs.x!, 0), places);
      const rows = g.reshape(dropped(g, embedded, EMBEDDING_DROP, rest), [count * tokens, size.width]);
      const logits = g.gemm(body.forward(g, rows, { ...rest, newState: {} }), vocabulary, undefined, { transB: 1 });
      return { logits: g.reshape(logits, [count, tokens, classes]), state: {} };
    },
  };
}

interface Block {
  /** Before and after attention, and the perceptron with its residual. */
  readonly projection: Layer;
  /** Name of the dropout of attention weights. */
  readonly attentionDrop: string;
  readonly output: Layer;
  readonly perceptron: Layer;
}

function block(name: string, { layers, width }: Sizes, random: Random): Block {
  const scaled = DEVIATION / Math.sqrt(2 * layers);
  return {
    projection: chain([
      layerNormalization(`${name}.ln_1`, width, EPSILON),
      matrix(`${name}.attn.c_attn`, [width, 3 * width], DEVIATION, random),
    ]),
    attentionDrop: `${name}.attn.attn_dropout`,
    output: chain([
      matrix(`${name}.attn.c_proj`, [width, width], scaled, random),
      dropout(`${name}.attn.resid_dropout`),
    ]),
    perceptron: residual(
      chain([
        layerNormalization(`${name}.ln_2`, width, EPSILON),
        matrix(`${name}.mlp.c_fc`, [width, 4 * width], DEVIATION, random),
        gelu("tanh"),
        matrix(`${name}.mlp.c_proj`, [4 * width, width], scaled, random),
        dropout(`${name}.mlp.dropout`),
      ]),
    ),
  };
}

/** Every block and the last normalisation, on rows [N·T, width]. The mask is one constant that all blocks read. */
function decoder(size: Sizes, tokens: number, random: Random): Layer {
  const blocks = Array.from({ length: size.layers }, (_, i) => block(`h.${i}`, size, random));
  const last = layerNormalization("ln_f", size.width, EPSILON);
  return {
    parameters: [...blocks.flatMap((one) => [one.projection, one.output, one.perceptron]), last].flatMap(
      (layer) => layer.parameters,
    ),
    dropout: blocks.flatMap(({ attentionDrop, output, perceptron }) => [
      { name: attentionDrop },
      ...output.dropout!,
      ...perceptron.dropout!,
    ]),
    forward(g, x, io) {
      const sizes = { tokens, heads: size.heads, mask: causalMask(g, tokens) };
      const after = blocks.reduce((rows, { projection, attentionDrop, output, perceptron }) => {
        const drop = (weights: Value) => dropped(g, weights, attentionDrop, io);
        const mixed = attention(g, projection.forward(g, rows, io), { ...sizes, drop });
        return perceptron.forward(g, g.add(rows, output.forward(g, mixed, io)), io);
      }, x);
      return last.forward(g, after, io);
    },
  };
}

/** y = x·W + b with W [in, out], which Hugging Face calls Conv1D. */
function matrix(name: string, shape: readonly [number, number], deviation: number, random: Random): Layer {
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  return {
    parameters: [{ name: weight, initial: normal(shape, deviation, random) }, even(bias, shape[1], 0)],
    forward: (g, x, { parameters }) => g.gemm(x, parameters[weight]!, parameters[bias]!),
  };
}

/** [T, T]: row t may look at columns 0 … t. */
function causalMask(g: Builder, tokens: number): Value {
  const mask = Float32Array.from({ length: tokens * tokens }, (_, i) =>
    i % tokens > Math.floor(i / tokens) ? HIDDEN : 0,
  );
  return g.constant(tensor("float32", [tokens, tokens], mask), "causalMask");
}
