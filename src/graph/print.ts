import { is, requireArguments } from "../tensor/arguments.ts";
import { show, toNumbers } from "../tensor/tensor.ts";
import type { Attribute, Graph, Value } from "./graph.ts";

/**
 * The graph as text, one line per node, for goldens and for reading:
 *
 *     graph name(x: float32[2, 3]) {
 *       Relu_out: float32[2, 3] = Relu(x)
 *       return y = Relu_out
 *     }
 */
export function printGraph(graph: Graph): string {
  requireArguments("printGraph", { graph }, { graph: is.graph });
  const inputs = graph.inputs.map((value) => `${value.name}: ${show(value)}`).join(", ");
  const nodes = graph.nodes.map((node) => {
    const outputs = node.outputs.map((value) => `${value.name}: ${show(value)}`).join(", ");
    const attributes = Object.entries(node.attributes).map(([key, value]) => `${key}=${printAttribute(value)}`);
    const operator = node.domain === "" ? node.op : `${node.domain}.${node.op}`;
    return `  ${outputs} = ${operator}(${[...node.inputs.map(printInput), ...attributes].join(", ")})`;
  });
  const outputs = [...graph.outputs].map(([name, value]) => `${name} = ${printInput(value)}`).join(", ");
  return [`graph ${graph.name}(${inputs}) {`, ...nodes, `  return ${outputs}`, "}"].join("\n");
}

function printInput(value: Value | undefined): string {
  if (!value) return "_";
  if (!value.constant) return value.name;
  const numbers = toNumbers(value.constant);
  if (value.shape.length === 0) return String(numbers[0]);
  return numbers.length <= 8 && value.shape.length === 1 ? `[${numbers.join(", ")}]` : show(value);
}

function printAttribute(attribute: Attribute): string {
  if (attribute.kind === "tensor") return show(attribute.value);
  return Array.isArray(attribute.value) ? `[${attribute.value.join(", ")}]` : String(attribute.value);
}
