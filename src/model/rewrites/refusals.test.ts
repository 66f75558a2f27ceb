import { expect, test } from "vitest";
import { asFunction, f, floats, longs, n, type Rewritten, realContents, s, ss } from "../../../test/rewriteCases.ts";
import { addInput, newGraph } from "../../graph/graph.ts";
import { builder } from "../../ops/builder.ts";

const refused: readonly [Rewritten, RegExp][] = [
  [
    {
      op: "LSTM",
      about: "peepholes",
      inputs: [[4, 3, 2], [1, 12, 2], [1, 12, 3], ...Array(4).fill(undefined), [1, 9]],
    },
    /^onnx: expected LSTM with no peepholes, got input P at node "LSTM"; replace it in the model$/,
  ],
  [
    {
      op: "LSTM",
      about: "clip",
      inputs: [
        [4, 3, 2],
        [1, 12, 2],
        [1, 12, 3],
      ],
      attributes: { clip: f(2) },
    },
    /^onnx: expected LSTM with no clip, got 2 at node/,
  ],
  [
    {
      op: "LSTM",
      about: "coupled",
      inputs: [
        [4, 3, 2],
        [1, 12, 2],
        [1, 12, 3],
      ],
      attributes: { input_forget: n(1) },
    },
    /^onnx: expected LSTM with input_forget 0, got 1 at node/,
  ],
  [
    { op: "GRU", about: "lengths", inputs: [[4, 2, 2], [1, 9, 2], [1, 9, 3], undefined, longs(4, 3)] },
    /^onnx: expected GRU with sequences of 4 steps each, got sequence_lens that may differ at node/,
  ],
  [
    {
      op: "RNN",
      about: "activation",
      inputs: [
        [4, 2, 2],
        [1, 3, 2],
        [1, 3, 3],
      ],
      attributes: { activations: ss("Affine") },
    },
    /^onnx: expected RNN with activations Relu, Sigmoid, Tanh, got Affine at node/,
  ],
  [
    {
      op: "RNN",
      about: "direction",
      inputs: [
        [4, 2, 2],
        [1, 3, 2],
        [1, 3, 3],
      ],
      attributes: { direction: s("back") },
    },
    /^onnx: expected RNN with direction forward, reverse or bidirectional, got back at node/,
  ],
  [
    { op: "RNN", about: "batch", inputs: [[4, 3, 2], [1, 3, 2], [1, 3, 3], undefined, undefined, [1, 2, 3]] },
    /^onnx: expected RNN with an initial state for 3 examples, got one for 2 at node/,
  ],
  [
    {
      op: "RNN",
      about: "weights",
      inputs: [
        [4, 2, 2],
        [1, 3, 2],
      ],
    },
    /^onnx: expected RNN with input 2, got none at node/,
  ],
  [
    { op: "CenterCropPad", about: "computed", inputs: [[2, 3], [2]] },
    /^onnx: expected CenterCropPad with a shape known when the graph is built, got a computed one at node/,
  ],
  [
    { op: "ReverseSequence", about: "computed", inputs: [[2, 3], [3]] },
    /^onnx: expected ReverseSequence with sequence_lens known when the graph is built, got computed ones at node/,
  ],
  [
    {
      op: "Resize",
      about: "antialias",
      inputs: [[1, 1, 4], undefined, floats(1, 1, 0.5)],
      attributes: { antialias: n(1) },
    },
    /^onnx: expected Resize with antialias 0 for nearest neighbours, got 1 at node/,
  ],
  [
    {
      op: "Resize",
      about: "aspect",
      inputs: [[1, 1, 4], undefined, undefined, longs(1, 1, 8)],
      attributes: { keep_aspect_ratio_policy: s("free") },
    },
    /^onnx: expected Resize with keep_aspect_ratio_policy stretch, not_larger or not_smaller, got "free" at node/,
  ],
  [
    {
      op: "Resize",
      about: "crop",
      inputs: [[1, 1, 4], undefined, floats(1, 1, 2)],
      attributes: { coordinate_transformation_mode: s("tf_crop_and_resize") },
    },
    /^onnx: expected Resize with coordinates asymmetric, half_pixel, .*, got tf_crop_and_resize at node/,
  ],
  [
    { op: "Resize", about: "mode", inputs: [[1, 1, 4], undefined, floats(1, 1, 2)], attributes: { mode: s("area") } },
    /^onnx: expected Resize with mode nearest, linear or cubic, got area at node/,
  ],
  [
    { op: "Resize", about: "computed", inputs: [[1, 1, 4], undefined, [3]] },
    /^onnx: expected Resize with scales and sizes known when the graph is built, got computed ones at node/,
  ],
  [
    { op: "Resize", about: "axes", inputs: [[1, 1, 4], undefined, floats(1, 2)] },
    /^onnx: expected Resize with scales or sizes for 3 axes, got 2 at node/,
  ],
  [
    { op: "GroupNormalization", about: "groups", inputs: [[2, 5, 2], [5], [5]], attributes: { num_groups: n(2) } },
    /^onnx: expected GroupNormalization with num_groups that divides 5 channels, got 2 at node/,
  ],
  [
    { op: "LpNormalization", about: "p", inputs: [[2, 3]], attributes: { p: n(3) } },
    /^onnx: expected LpNormalization with p of 1 or 2, got 3 at node/,
  ],
  [
    { op: "LpPool", about: "kernel", inputs: [[2, 3, 4]] },
    /^onnx: expected LpPool with kernel_shape, got none at node/,
  ],
];

test.each(refused)("$op refuses what it cannot do: $about", (one, message) => {
  const graph = newGraph("refused");
  const values = realContents(one).map(({ type, shape }, i) => addInput(graph, `x${i}`, type, shape));
  expect(() => asFunction(one)(builder(graph), values)).toThrow(message);
});
