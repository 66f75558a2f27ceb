import { AttributeProto_AttributeType as AttributeType } from "onnx-buf";
import { describe, expect, test } from "vitest";
import { file, floats, type GraphInit, logits, type NodeInit, x3 } from "../../test/foreignFile.ts";
import { backward } from "../gradient/backward.ts";
import { examplesFirst } from "../gradient/examplesFirst.ts";
import { separateGroups } from "../gradient/rows.ts";
import { addInput, addOutput, type Graph, newGraph } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import { ShapeError, UnsupportedError } from "../tensor/errors.ts";
import { fromNumbers } from "../tensor/tensor.ts";
import { gradientGraph } from "../training/graphs.ts";
import { foreignModel } from "./foreign.ts";
import { createLoss } from "./loss.ts";
import type { Mode } from "./model.ts";

test("the logarithm of a sigmoid falls as far as its argument, one of something else is itself", async () => {
  const graph = (first: string) => ({
    node: [
      { opType: first, input: ["x"], output: ["a"] },
      { opType: "Log", input: ["a"], output: ["y"] },
    ],
  });
  const far = fromNumbers("float32", [1, 3], [-40, -15, 2]);
  const found = await logits(foreignModel(file(graph("Sigmoid")), "m"), far);
  for (const [i, x] of [-40, -15, 2].entries()) expect(found[i]).toBeCloseTo(-Math.log1p(Math.exp(-x)), 5);
  expect((await logits(foreignModel(file(graph("Abs")), "m"), far))[2]).toBeCloseTo(Math.log(2), 6);
});

describe("If", () => {
  const branch = (opType: string, name: string): GraphInit => ({
    node: [{ opType, input: ["x"], output: [name] }],
    output: [{ name }],
  });
  const choice = (condition: NodeInit[]): Uint8Array =>
    file({
      node: [
        ...condition,
        {
          opType: "If",
          name: "choice",
          input: ["condition"],
          output: ["y"],
          attribute: [
            { name: "then_branch", type: AttributeType.GRAPH, g: branch("Neg", "a") },
            { name: "else_branch", type: AttributeType.GRAPH, g: branch("Abs", "b") },
          ],
        },
      ],
    });
  const constantOf = (name: string, i: bigint) => ({
    opType: "Constant",
    output: [name],
    attribute: [{ name: "value_int", type: AttributeType.INT, i }],
  });
  const sizeEquals = (size: bigint): NodeInit[] => [
    { opType: "Shape", input: ["x"], output: ["shape"] },
    constantOf("one", 1n),
    constantOf("expected", size),
    { opType: "Gather", input: ["shape", "one"], output: ["size"] },
    { opType: "Equal", input: ["size", "expected"], output: ["condition"] },
  ];

  test.each([
    [3n, [-1, -2, -3, 4, -5, -6]],
    [4n, [1, 2, 3, 4, 5, 6]],
  ])("on a size takes one branch: is axis 1 of size %s?", async (size, expected) => {
    expect(await logits(foreignModel(choice(sizeEquals(size)), "if"), x3)).toEqual(expected);
  });

  test("on data is refused by name", () => {
    const computed: NodeInit[] = [
      {
        opType: "ReduceSum",
        input: ["x"],
        output: ["sum"],
        attribute: [{ name: "keepdims", type: AttributeType.INT, i: 0n }],
      },
      {
        opType: "Cast",
        input: ["sum"],
        output: ["condition"],
        attribute: [{ name: "to", type: AttributeType.INT, i: 9n }],
      },
    ];
    const build = () => gradientGraph(foreignModel(choice(computed), "if"), 2, { accumulate: false });
    expect(build).toThrow(UnsupportedError);
    expect(build).toThrow(
      'onnx: expected the condition of If to follow from sizes, got a computed one at node "choice"',
    );
  });
});

describe("operators of older sets", () => {
  const build = async (version: bigint, graph: GraphInit, mode: Mode = "training") =>
    logits(foreignModel(file(graph, version), "old"), x3, mode);

  test("BatchNormalization trains by its number of outputs before set 14", async () => {
    const ones = ["s", "v"].map((name) => ({ name, dataType: 1, dims: [3n], floatData: [1, 1, 1] }));
    const zeros = ["b", "m"].map((name) => ({ name, dataType: 1, dims: [3n], floatData: [0, 0, 0] }));
    const graph = (outputs: string[]) => ({
      node: [
        {
          opType: "BatchNormalization",
          input: ["x", "s", "b", "m", "v"],
          output: outputs,
          attribute: [{ name: "epsilon", type: AttributeType.FLOAT, f: 0 }],
        },
      ],
      initializer: [...ones, ...zeros],
    });
    expect(await build(13n, graph(["y"]))).toEqual([1, 2, 3, -4, 5, 6]);
    const trained = await build(13n, graph(["y", "m1", "v1", "m2", "v2"]));
    for (const [i, value] of [1, -1, -1, -1, 1, 1].entries()) expect(trained[i]).toBeCloseTo(value, 5);
  });

  test.each([[13n], [17n]])("Split without sizes is even in set %s", async (version) => {
    const split = {
      opType: "Split",
      input: ["x"],
      output: ["a", "b", "c"],
      attribute: [{ name: "axis", type: AttributeType.INT, i: 1n }],
    };
    expect(
      await build(version, {
        node: [
          split,
          {
            opType: "Concat",
            input: ["c", "b", "a"],
            output: ["y"],
            attribute: [{ name: "axis", type: AttributeType.INT, i: 1n }],
          },
        ],
      }),
    ).toEqual([3, 2, 1, 6, 5, -4]);
  });

  test("a Resize whose region and scales are empty goes by its sizes", async () => {
    const empty = { name: "empty", dataType: 1, dims: [0n] };
    const sizes = { name: "sizes", dataType: 7, dims: [2n], int64Data: [2n, 6n] };
    const attribute = [
      { name: "coordinate_transformation_mode", type: AttributeType.STRING, s: Buffer.from("asymmetric") },
      { name: "nearest_mode", type: AttributeType.STRING, s: Buffer.from("floor") },
    ];
    const node = { opType: "Resize", input: ["x", "empty", "empty", "sizes"], output: ["y"], attribute };
    expect(await build(13n, { node: [node], initializer: [empty, sizes] })).toEqual([
      1, 1, 2, 2, 3, 3, -4, -4, 5, 5, 6, 6,
    ]);
  });
});

describe("sizes", () => {
  test("of more steps than are written out one by one are refused", () => {
    const weights = (name: string, columns: bigint) => ({
      name,
      dataType: 1,
      dims: [1n, 4n, columns],
      floatData: Array(4 * Number(columns)).fill(1),
    });
    const model = foreignModel(
      file({
        input: [floats("x", "T", 1n, 3n)],
        node: [{ opType: "LSTM", name: "long", input: ["x", "w", "r"], output: ["y"] }],
        initializer: [weights("w", 3n), weights("r", 1n)],
      }),
      "long",
    );
    const built = gradientGraph(model, 2, { accumulate: false });
    expect([...built.outputs.keys()]).toEqual(expect.arrayContaining(["gradient:w", "gradient:r"]));
    expect(() => gradientGraph(model, 5000, { accumulate: false })).toThrow(
      'onnx: expected LSTM with at most 4096 steps, got 5000 at node "long"; replace it in the model',
    );
  });

  test.each([-1n, 2n ** 40n])("of a Resize that make no picture are refused: %s", (size) => {
    const sizes = { name: "sizes", dataType: 7, dims: [2n], int64Data: [2n, size] };
    const node = { opType: "Resize", name: "up", input: ["x", "", "", "sizes"], output: ["y"] };
    const model = foreignModel(file({ node: [node], initializer: [sizes] }), "resize");
    const build = () => gradientGraph(model, 2, { accumulate: false });
    expect(build).toThrow(UnsupportedError);
    expect(build).toThrow(`expected Resize with sizes of 8192 at most on both sides, got 3 and ${size} at node "up"`);
  });

  test("that no machine holds are refused before memory is asked for", () => {
    const model = foreignModel(
      file({
        node: [{ opType: "Expand", name: "grow", input: ["x", "sizes"], output: ["y"] }],
        initializer: [{ name: "sizes", dataType: 7, dims: [3n], int64Data: [2n ** 20n, 2n ** 20n, 3n] }],
      }),
      "huge",
    );
    expect(() => gradientGraph(model, 1, { accumulate: false })).toThrow(
      /^onnx: expected values of at most 2147483648 elements, got float32\[1048576, 1048576, 3\] at node "grow"; use a smaller micro-batch$/,
    );
  });

  test("of a batch that the file fixed are named when another does not fit", () => {
    const model = foreignModel(
      file({
        input: [floats("x", 4n, 3n)],
        node: [{ opType: "Reshape", name: "fixed", input: ["x", "sizes"], output: ["y"] }],
        initializer: [{ name: "sizes", dataType: 7, dims: [2n], int64Data: [4n, 3n] }],
      }),
      "fixed",
    );
    expect(gradientGraph(model, 4, { accumulate: false }).outputs.has("total:loss")).toBe(true);
    expect(() => gradientGraph(model, 2, { accumulate: false })).toThrow(ShapeError);
    expect(() => gradientGraph(model, 2, { accumulate: false })).toThrow(
      /^onnx: at node "fixed": Reshape: expected 6 elements .* \(the file fixes the batch at 4: use that, or export with dynamic_axes={"x": {0: "N"}}\)$/,
    );
  });
});

test.each(["y", "x", "mask:d", "sum:w", "new:m", "total:loss", "gradient:w", "lossScale"])(
  "a node and a constant may be called %s, as inputs and outputs of a training step are",
  (name) => {
    const constant = (output: string): NodeInit => ({
      opType: "Constant",
      name: output,
      output: [output],
      attribute: [{ name: "value_float", type: AttributeType.FLOAT, f: 2 }],
    });
    const inner = name === "x" ? "c" : name;
    const bytes = file({
      node: [
        constant(inner),
        { opType: "Mul", name, input: ["x", inner], output: ["scaled"] },
        { opType: "MatMul", input: ["scaled", "w"], output: ["out"] },
      ].map((node, i) => (i === 0 ? { ...node, name: "" } : node)),
      initializer: [{ name: "w", dataType: 1, dims: [3n, 3n], floatData: Array(9).fill(1) }],
      output: [{ name: "out" }],
    });
    for (const accumulate of [false, true])
      expect(() => gradientGraph(foreignModel(bytes, "m"), 2, { accumulate, precision: "float16" })).not.toThrow();
  },
);

describe("twenty thousand nodes", () => {
  const count = 20_000;
  const value = (i: number) => (i === 0 ? "x" : i === count ? "y" : `v${i}`);
  const chain = (opType: string, more: (i: number) => object = () => ({})): NodeInit[] =>
    Array.from({ length: count }, (_, i) => ({ opType, input: [value(i)], output: [value(i + 1)], ...more(i) }));
  const branch = (name: string, i: number): NodeInit =>
    ({
      name,
      type: AttributeType.GRAPH,
      g: {
        name,
        node: [{ opType: "Relu", input: [value(i)], output: [`${name}${i}`] }],
        output: [{ name: `${name}${i}` }],
      },
    }) as NodeInit;
  const ones = (name: string) => ({ name, dataType: 1, dims: [3n], floatData: [1, 1, 1] });
  const truth: NodeInit = {
    opType: "Constant",
    output: ["true"],
    attribute: [{ name: "value", type: AttributeType.TENSOR, t: { dataType: 9, int32Data: [1] } }],
  };
  const graphs: Record<string, () => GraphInit> = {
    "in a row": () => ({ node: chain("Relu") }),
    "that drop out": () => ({ node: chain("Dropout") }),
    "with a weight each": () => ({
      node: chain("Add", (i) => ({ input: [value(i), `w${i}`] })),
      initializer: Array.from({ length: count }, (_, i) => ones(`w${i}`)),
    }),
    "with two branches each": () => ({
      node: [
        truth,
        ...chain("If", (i) => ({
          input: ["true"],
          attribute: ["then_branch", "else_branch"].map((name) => branch(name, i)),
        })),
      ],
    }),
    "between batch normalisation and its statistics": () => ({
      node: [
        ...Array.from({ length: count }, (_, i) => ({ opType: "Identity", input: [`m${i}`], output: [`m${i + 1}`] })),
        { opType: "BatchNormalization", input: ["x", "w", "w", `m${count}`, "w"], output: ["y"] },
      ],
      initializer: [ones("m0"), ones("w")],
    }),
    "that read one value": () => ({
      node: [
        ...Array.from({ length: count }, (_, i) => ({ opType: "Log", input: ["x"], output: [`v${i}`] })),
        { opType: "Sum", input: Array.from({ length: count }, (_, i) => `v${i}`), output: ["y"] },
      ],
    }),
  };
  test.each(Object.entries(graphs))("%s become a gradient graph", (_, graph) => {
    const built = gradientGraph(foreignModel(file(graph()), "m"), 2, { accumulate: true, loss: createLoss("mse") });
    expect(built.outputs.size).toBeGreaterThan(1);
  });
});

describe("nodes that stand for the file's are marked", () => {
  // The examples lie on axis 1 in between, and are put in front (examplesFirst.ts).
  const turned: GraphInit = {
    input: [floats("x", "N", 3n, 2n)],
    node: [
      { opType: "Transpose", input: ["x"], output: ["a"], attribute: [perm(1n, 0n, 2n)] },
      { opType: "Tanh", input: ["a"], output: ["b"] },
      { opType: "Transpose", input: ["b"], output: ["c"], attribute: [perm(1n, 0n, 2n)] },
      { opType: "Flatten", input: ["c"], output: ["d"] },
      { opType: "Hardmax", input: ["d"], output: ["e"] },
      { opType: "MatMul", input: ["e", "w"], output: ["y"] },
    ],
    initializer: [{ name: "w", dataType: 1, dims: [6n, 4n], floatData: Array<number>(24).fill(0.5) }],
  };

  function perm(...axes: bigint[]) {
    return { name: "perm", type: AttributeType.INTS, ints: axes };
  }

  function built() {
    const model = foreignModel(file(turned), "m");
    const graph = newGraph("turned");
    const g = builder(graph);
    const x = addInput(graph, "x", "float32", [4, 3, 2]);
    const w = addInput(graph, "w", "float32", [6, 4]);
    const before = g.mul(x, 2);
    const { logits } = model.forward(g, { inputs: { x: before }, parameters: { w }, state: {}, mode: "training" });
    addOutput(graph, "y", g.neg(logits));
    return { graph, g, logits, w, x };
  }

  const marked = ({ nodes }: Graph) => nodes.filter(({ imported }) => imported).map(({ op }) => op);

  test("those that it is rewritten to as well, and none before or behind", () => {
    const { graph } = built();
    const own = graph.nodes.filter(({ imported }) => !imported).map(({ op }) => op);
    expect(own).toEqual(["Mul", "Neg"]);
    expect(marked(graph)).toEqual(expect.arrayContaining(["Tanh", "MatMul"]));
  });

  test("in a copy with the examples in front or in groups too", () => {
    const { graph } = built();
    for (const copy of [examplesFirst(graph, ["x"]), separateGroups(graph, ["x"], 2)]) {
      expect(copy).not.toBe(graph);
      expect(marked(copy)).toEqual(expect.arrayContaining(["Tanh", "MatMul"]));
      expect(copy.nodes.filter(({ op }) => op === "Mul" || op === "Neg").some(({ imported }) => imported)).toBe(false);
    }
  });

  test("but no node of its gradient", () => {
    const { graph, g, logits, w } = built();
    const before = graph.nodes.length;
    backward(g, logits, [w]);
    expect(graph.nodes.length).toBeGreaterThan(before);
    expect(marked({ ...graph, nodes: graph.nodes.slice(before) })).toEqual([]);
  });
});
