import type { Value } from "../../graph/graph.ts";
import { defaultLoss } from "../../model/loss.ts";
import { viewOf } from "../flat.ts";
import { forward } from "../graphs.ts";
import type { TrainingOptions } from "../options.ts";
import type { TrainingState } from "../state.ts";

/** An input of the model whose first parameters all have no gradient. */
export interface SilentInput {
  readonly input: string;
  readonly parameters: readonly string[];
}

/** `silent`: parameters without a gradient in the coordinates that were looked at; here all of them are. */
export function inputsWithoutGradient(
  { model, window, loss = defaultLoss }: TrainingOptions,
  { sums, layout }: TrainingState,
  silent: readonly string[],
): SilentInput[] {
  const quiet = new Set(
    layout.entries
      .filter((entry) => silent.includes(entry.name) && viewOf(sums, entry).data.every((sum) => Number(sum) === 0))
      .map(({ name }) => name),
  );
  const { g, parameters } = forward(model, window[0]!, "training", "branches", loss);
  const names = new Map(Object.entries(parameters).map(([name, value]) => [value, name]));
  return model.inputs.flatMap(({ name: input }) => {
    const first = firstParameters(g.graph.nodes, g.graph.inputs.find(({ name }) => name === input)!, names);
    return first.length > 0 && first.every((name) => quiet.has(name)) ? [{ input, parameters: first }] : [];
  });
}

interface Reading {
  readonly inputs: readonly (Value | null | undefined)[];
  readonly outputs: readonly Value[];
}

/** Parameters that the input meets with no other one between them. */
function firstParameters(nodes: readonly Reading[], input: Value, names: ReadonlyMap<Value, string>): string[] {
  const reached = new Set<Value>([input]);
  const found: string[] = [];
  for (const node of nodes) {
    if (!node.inputs.some((value) => value && reached.has(value))) continue;
    const own = node.inputs.flatMap((value) => (value && names.get(value)) ?? []);
    found.push(...own);
    if (own.length === 0) for (const output of node.outputs) reached.add(output);
  }
  return [...new Set(found)];
}
