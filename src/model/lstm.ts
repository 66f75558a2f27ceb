import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Random } from "../tensor/random.ts";
import { uniform } from "./initial.ts";
import { type Layer, linear, sequential } from "./layers.ts";
import type { Model } from "./model.ts";
import type { ModelTask } from "./task.ts";

const HIDDEN = 128;

/**
 * Long short-term memory with one layer of 128 units and a linear layer on its last state, for series [channels,
 * length] or for images row by row: Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000. Named and
 * initialised as `torch.nn.LSTM` with `batch_first`, and unrolled: one step is two matrix products, so a graph grows
 * with the length of the series.
 */
export function lstm({ shape, classes }: ModelTask, random: Random): Model {
  const [channels = 0, height, width] = shape;
  if (height === undefined || shape.length > 3)
    throw new ShapeError(
      `lstm: expected series [channels, length] or images [channels, height, width], got [${shape.join(", ")}]; use mlp`,
    );
  const features = channels * (width ?? 1);
  return sequential("lstm", { name: "x", type: "float32", shape }, [
    recurrent("lstm", { steps: height, channels, features }, random),
    linear("fc", HIDDEN, classes, random),
  ]);
}

interface Sizes {
  readonly steps: number;
  readonly channels: number;
  /** Numbers that one step reads. */
  readonly features: number;
}

/** x [N, channels, steps, …] to the last hidden state [N, 128]. */
function recurrent(name: string, { steps, channels, features }: Sizes, random: Random): Layer {
  const names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"].map((last) => `${name}.${last}`);
  const shapes = [[4 * HIDDEN, features], [4 * HIDDEN, HIDDEN], [4 * HIDDEN], [4 * HIDDEN]];
  const bound = 1 / Math.sqrt(HIDDEN);
  return {
    parameters: names.map((parameter, i) => ({ name: parameter, initial: uniform(shapes[i]!, bound, random) })),
    forward(g, x, { parameters }) {
      const [fromInput, fromHidden, inputBias, hiddenBias] = names.map((parameter) => parameters[parameter]!);
      const [examples = 0] = x.shape;
      const series = g.reshape(x, [examples, channels, steps, features / channels]);
      let state: State | undefined;
      for (let t = 0; t < steps; t++) {
        const now = g.reshape(g.slice(series, [2], [t], [t + 1], [1]), [examples, features]);
        const driven = g.gemm(now, fromInput!, inputBias, { transB: 1 });
        // Before the first step the hidden state is 0: only its bias is left.
        const recalled = state ? g.gemm(state.hidden, fromHidden!, hiddenBias, { transB: 1 }) : hiddenBias!;
        state = step(g, g.add(driven, recalled), state?.cell);
      }
      return state!.hidden;
    },
  };
}

interface State {
  readonly hidden: Value;
  readonly cell: Value;
}

/** c = σ(f)·c + σ(i)·tanh(g), h = σ(o)·tanh(c), with the gates [N, 4·128] in PyTorch's order i, f, g, o. */
function step(g: Builder, gates: Value, cell: Value | undefined): State {
  const gate = (index: number) => g.slice(gates, [1], [index * HIDDEN], [(index + 1) * HIDDEN], [1]);
  const added = g.mul(g.sigmoid(gate(0)), g.tanh(gate(2)));
  const kept = cell && g.mul(g.sigmoid(gate(1)), cell);
  const now = kept ? g.add(kept, added) : added;
  return { hidden: g.mul(g.sigmoid(gate(3)), g.tanh(now)), cell: now };
}
