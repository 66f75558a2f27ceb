import { describe, expect, test } from "vitest";
import { applyCase, declareInputs, drawContents } from "../../test/cases/case.ts";
import { cases } from "../../test/cases/cases.ts";
import { evaluateOn } from "../../test/evaluate.ts";
import { addInput, addOutput, constant, type Graph, newGraph, type Value } from "../graph/graph.ts";
import { apply, builder } from "../ops/builder.ts";
import type { OpName } from "../ops/table.ts";
import { type ElementType, fromNumbers, type Tensor, tensor, toNumbers, zeros } from "../tensor/tensor.ts";
import { scalarLoops } from "./elementwiseLoops.ts";
import type { Engine } from "./engine.ts";
import { loops } from "./loops.ts";
import { openEngine } from "./open.ts";
import { openReference } from "./reference.ts";

const engine = await openEngine();
const reference = openReference(engine);

function graphOf(type: ElementType, shape: number[], y: (graph: Graph, x: Value) => Value): Graph {
  const graph = newGraph("test");
  addOutput(graph, "y", y(graph, addInput(graph, "x", type, shape)));
  return graph;
}

async function run(graph: Graph, tensors: Record<string, Tensor>): Promise<void> {
  const session = await reference.load(graph);
  await session.bind(tensors).run();
  session.release();
}

describe("a graph in float32 is computed in float64", () => {
  const third = Math.fround(1 / 3);
  const graph = graphOf("float32", [2], (g, x) => builder(g).mul(builder(g).add(x, 1e-9), 1 / 3));

  test("with float64 tensors in and out, and constants as float32 holds them", async () => {
    const [x, y] = [fromNumbers("float64", [2], [0.1, 3]), zeros("float64", [2])];
    await run(graph, { x, y });
    const tiny = Math.fround(1e-9);
    expect(toNumbers(y)).toEqual([(0.1 + tiny) * third, (3 + tiny) * third]);
  });

  test("with float32 tensors: read exactly, rounded once when written", async () => {
    const [x, y] = [fromNumbers("float32", [2], [0.1, 3]), zeros("float32", [2])];
    await run(graph, { x, y });
    const exact = toNumbers(x).map((element) => (element + Math.fround(1e-9)) * third);
    expect(toNumbers(y)).toEqual(exact.map(Math.fround));
  });

  test("through casts to float32 and float16", async () => {
    const casts = graphOf("float32", [1], (g, x) => {
      const b = builder(g);
      return b.cast(b.cast(b.cast(x, "float16"), "float64"), "float32");
    });
    const [x, y] = [fromNumbers("float64", [1], [Math.PI]), zeros("float64", [1])];
    await run(casts, { x, y });
    expect(toNumbers(y)).toEqual([Math.PI]);
  });
});

test("an output may lie on an input's memory", async () => {
  const graph = graphOf("float32", [2], (g, x) => builder(g).add(x, 1));
  const memory = new Float32Array([1, 2]);
  await run(graph, { x: tensor("float32", [2], memory), y: tensor("float32", [2], memory) });
  expect([...memory]).toEqual([2, 3]);
});

test("inputs are read at each run, integers and truth values pass through, an input may be an output", async () => {
  const graph = newGraph("mixed");
  const [n, p] = [addInput(graph, "n", "int64", [2]), addInput(graph, "p", "bool", [2])];
  addOutput(graph, "not", apply(graph, "Not", [p])[0]!);
  addOutput(graph, "same", n);
  addOutput(graph, "known", constant(graph, fromNumbers("float32", [1], [0.5])));
  const tensors = {
    n: fromNumbers("int64", [2], [7, -7]),
    p: fromNumbers("bool", [2], [1, 0]),
    not: zeros("bool", [2]),
    same: zeros("int64", [2]),
    known: zeros("float32", [1]),
  };
  const session = await reference.load(graph);
  const bound = session.bind(tensors);
  await bound.run();
  expect([tensors.not, tensors.same, tensors.known].map(toNumbers)).toEqual([[0, 1], [7, -7], [0.5]]);
  tensors.p.data.set([0, 0] as never);
  await bound.run();
  expect(toNumbers(tensors.not)).toEqual([1, 1]);
  session.release();
});

describe("the engine's float64 kernels are exact to a few units in the last place", () => {
  const x = [-3.7, -1.1, -0.3, 1e-9, 0.4, 1.3, 2.9, 17.5];
  const functions: Partial<Record<OpName, (x: number) => number>> = {
    Exp: Math.exp,
    Tanh: Math.tanh,
    Sigmoid: (element) => 1 / (1 + Math.exp(-element)),
    Abs: Math.abs,
    Sign: Math.sign,
  };
  const positive: Partial<Record<OpName, (x: number) => number>> = { Log: Math.log, Sqrt: Math.sqrt };
  const table = [
    ...Object.entries(functions).map(([op, f]) => ({ op: op as OpName, f, x })),
    ...Object.entries(positive).map(([op, f]) => ({ op: op as OpName, f, x: x.map(Math.abs) })),
  ];
  test.each(table)("$op", async ({ op, f, x }) => {
    const graph = graphOf("float64", [x.length], (g, value) => apply(g, op, [value])[0]!);
    const y = zeros("float64", [x.length]);
    await run(graph, { x: fromNumbers("float64", [x.length], x), y });
    for (const [i, found] of toNumbers(y).entries()) expect(Math.abs(found / f(x[i]!) - 1)).toBeLessThan(1e-15);
  });
});

describe("loops equal the engine's float32 kernels to the last bit on small integers, where float32 is exact", () => {
  const rounded: Partial<typeof loops> = { ...scalarLoops, LayerNormalization: loops.LayerNormalization! };
  const exact = Object.keys(loops).filter((op) => !(op in rounded)) as OpName[];
  test.each(exact)("%s", async (op) => {
    // The mean of up to ten multiples of 2520 is an integer too.
    const unit = op.startsWith("Conv") ? 1 : 2520;
    for (const one of cases[op]) {
      const graph = newGraph(op);
      const drawn = drawContents(one, "float32", 1);
      const whole = ({ type, shape, data }: Tensor) =>
        fromNumbers(
          type,
          shape,
          Array.from(data as Float32Array, (x) => unit * Math.round(x)),
        );
      const contents = new Map([...drawn].map(([input, t]) => [input, input.type === "real" ? whole(t) : t]));
      const declared = declareInputs(graph, one, contents);
      addOutput(graph, "y", applyCase(graph, op, one, contents, declared)[0]!);
      const feeds = Object.fromEntries([...declared].map(([input, { name }]) => [name, contents.get(input)!]));
      const [found] = await evaluateOn(reference)(graph, [feeds]);
      const [expected] = await evaluateOn(engine)(graph, [feeds]);
      // + 0 because the sign of a zero depends on the order of a sum.
      const numbers = (y: Tensor) => toNumbers(y).map((x) => x + 0);
      expect(numbers(found!.y!), one.about).toEqual(numbers(expected!.y!));
    }
  });

  test("LeakyRelu, with the slope as float32 holds it", async () => {
    const graph = graphOf("float64", [3], (g, x) => apply(g, "LeakyRelu", [x], { alpha: 0.1 })[0]!);
    const y = zeros("float64", [3]);
    await run(graph, { x: fromNumbers("float64", [3], [-2, 0, 5]), y });
    expect(toNumbers(y)).toEqual([-2 * Math.fround(0.1), 0, 5]);
  });
});

test("what does not fit is refused as by every engine", async () => {
  const session = await reference.load(graphOf("float32", [2], (g, x) => builder(g).add(x, 1)));
  const x = zeros("float64", [2]);
  expect(() => session.bind({ x })).toThrow(/^bind: expected "y" float32\[2\] for graph "test", got none; /);
  expect(() => session.bind({ x, y: zeros("float64", [3]) })).toThrow(
    /^bind: expected "y" float32\[2\] .* got float32\[3\]/,
  );
  expect(() => session.bind({ x, y: zeros("int64", [2]) })).toThrow(
    /^bind: expected "y" float32\[2\] .* got int64\[2\]/,
  );
  session.release();
});

test("a graph that the engine refuses in part leaves no session behind", async () => {
  let open = 0;
  const counting: Engine = {
    name: "native",
    async load(graph, options) {
      const session = await engine.load(graph, options);
      open++;
      const release = () => {
        open--;
        session.release();
      };
      return { ...session, release };
    },
  };
  const graph = graphOf("float32", [1, 1, 3], (g, x) => {
    const b = builder(g);
    const pooled = b.globalAveragePool(b.mul(x, 2));
    return apply(g, "Relu", [pooled])[0]!;
  });
  const unknown = { ...graph, nodes: graph.nodes.map((n) => (n.op === "Relu" ? { ...n, op: "Unheard" } : n)) };
  await expect(openReference(counting).load(unknown)).rejects.toThrow(/Unheard/);
  expect(open).toBe(0);
});
