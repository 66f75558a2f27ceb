import type { Attributes, Value } from "../../graph/graph.ts";
import type { Builder } from "../../ops/builder.ts";
import { type Op, plainAttributes } from "../../ops/op.ts";
import { UnsupportedError } from "../../tensor/errors.ts";

/** A node of an imported graph whose inputs are known. */
export interface ForeignNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
}

/**
 * The same values in operators that have gradient rules, in the order of the node's outputs. Every rule that those have
 * (gradients of gradients, rows, float64) then holds for the rewritten operator too. `undefined`: keep the node.
 */
export type Rewrite = (g: Builder, node: ForeignNode) => readonly Value[] | undefined;

/** The node's attributes as plain values, with the specification's defaults. */
export function attributesOf(node: ForeignNode, specification: Op["attributes"]): ReturnType<typeof plainAttributes> {
  return plainAttributes({ type: node.op, attributes: specification }, node.attributes);
}

/** The inputs that an operator always has. Throws `UnsupportedError` when one of the first `count` is missing. */
export function required(node: ForeignNode, count: number): Value[] {
  return Array.from({ length: count }, (_, i) => {
    const value = node.inputs[i];
    if (value) return value;
    throw unsupported(node, `input ${i}`, "none");
  });
}

export function unsupported(node: ForeignNode, expected: string, got: string): Error {
  return new UnsupportedError(
    `onnx: expected ${node.op} with ${expected}, got ${got} at node "${node.name || node.op}"; replace it in the model`,
  );
}
