import type { Graph, Value } from "../graph/graph.ts";
import { equalShapes } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { arrayClass, show, sizeOf, type Tensor } from "../tensor/tensor.ts";
import { assertInPlaceSafe } from "./inPlace.ts";

/**
 * What every engine checks before it ties `tensors` to the graph's inputs and outputs: all are there, none is unknown,
 * types and shapes are exact, and an output shares memory only with an input that `assertInPlaceSafe` allows. Gives the
 * inputs that outputs lie on, output name → input name. Throws `ShapeError`, and `internal: …` for memory that must not
 * be shared.
 */
export function assertBindable(
  graph: Graph,
  tensors: Readonly<Record<string, Tensor>>,
): Readonly<Record<string, string>> {
  const inputs = new Map(graph.inputs.map((value) => [value.name, value]));
  const expected = new Map<string, Value>([...inputs, ...graph.outputs]);
  for (const [name, value] of expected)
    assertFits(graph, name, value, Object.hasOwn(tensors, name) ? tensors[name] : undefined);
  for (const name of Object.keys(tensors))
    if (!expected.has(name))
      throw new ShapeError(
        `bind: expected the inputs and outputs of graph "${graph.name}" (${[...expected.keys()].join(", ")}), got "${name}"; remove it`,
      );
  const aliases = sharedMemory(graph, tensors);
  assertInPlaceSafe(graph, aliases);
  return aliases;
}

function assertFits(graph: Graph, name: string, value: Value, given: Tensor | undefined): void {
  const fits =
    given?.type === value.type &&
    equalShapes(given.shape, value.shape) &&
    given.data instanceof arrayClass(value.type) &&
    given.data.length === sizeOf(value.shape);
  if (fits) return;
  const got = given ? `${show(given)} in a ${given.data.constructor.name} of ${given.data.length}` : "none";
  throw new ShapeError(
    `bind: expected "${name}" ${show(value)} for graph "${graph.name}", got ${got}; pass that tensor`,
  );
}

/** Output name → input name, for those on the same bytes. Throws where memory overlaps in any other way. */
function sharedMemory(graph: Graph, tensors: Readonly<Record<string, Tensor>>): Record<string, string> {
  const inputs = graph.inputs.map((value) => value.name);
  const aliases = Object.create(null) as Record<string, string>;
  for (const output of graph.outputs.keys()) {
    const bytes = tensors[output]!.data;
    const touched = [...inputs, ...graph.outputs.keys()].filter(
      (name) => name !== output && overlap(bytes, tensors[name]!.data),
    );
    const [input] = touched;
    if (input === undefined) continue;
    const same =
      tensors[input]!.data.byteOffset === bytes.byteOffset && tensors[input]!.data.byteLength === bytes.byteLength;
    if (touched.length > 1 || !inputs.includes(input) || !same)
      throw new Error(
        `internal: bind: expected output "${output}" to share exactly the bytes of one input or none, got an overlap with ${touched.map((name) => `"${name}"`).join(", ")}`,
      );
    aliases[output] = input;
  }
  return aliases;
}

function overlap(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const apart = a.byteOffset >= b.byteOffset + b.byteLength || b.byteOffset >= a.byteOffset + a.byteLength;
  return a.buffer === b.buffer && !apart && a.byteLength > 0 && b.byteLength > 0;
}
