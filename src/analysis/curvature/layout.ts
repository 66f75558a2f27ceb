import type { Parameter } from "../../model/model.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { layerName } from "../gramParts.ts";

/** Where one parameter tensor lies in a vector of all trained numbers. */
export interface ParameterSlice {
  readonly name: string;
  /** The tensor's name without its last part: "conv1" of "conv1.weight". */
  readonly layer: string;
  /** As far as the first number in the name, "h.0" of "h.0.attn.weight"; without one its first part. */
  readonly block: string;
  readonly shape: readonly number[];
  /** Its numbers are [offset, offset + length) of the vector, row-major. No gaps lie between tensors. */
  readonly offset: number;
  readonly length: number;
}

/** A part of the network, as the slices that belong to it. */
export interface ParameterGroup {
  readonly name: string;
  readonly slices: readonly ParameterSlice[];
}

/** One slice for each parameter, in order and without gaps. */
export function slicesOf(parameters: readonly Parameter[]): ParameterSlice[] {
  let offset = 0;
  return parameters.map(({ name, initial: { shape } }) => {
    const length = sizeOf(shape);
    const slice = { name, layer: layerName(name), block: blockName(name), shape, offset, length };
    offset += length;
    return slice;
  });
}

/** The slices of each layer or of each block, in the order of the network. */
export function groupsOf(slices: readonly ParameterSlice[], by: "layer" | "block"): ParameterGroup[] {
  const groups = Map.groupBy(slices, (slice) => slice[by]);
  return [...groups].map(([name, members]) => ({ name, slices: members }));
}

function blockName(parameter: string): string {
  const parts = parameter.split(".");
  const numbered = parts.findIndex((part) => /^\d+$/.test(part));
  return parts.slice(0, numbered < 0 ? 1 : numbered + 1).join(".");
}
