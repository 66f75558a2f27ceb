import { type Optimizer, oneGroup, type ParameterGroup } from "../../optimizer/optimizer.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import type { FlatEntry, FlatLayout } from "../flat.ts";
import { groupKey } from "../pieces.ts";
import type { TrainingState } from "../state.ts";

/** Coordinates of the flat arrays that stand for all: some of each parameter. */
export interface Probe {
  /** In the flat arrays; those of one part lie side by side. */
  readonly places: Uint32Array;
  readonly parts: readonly ProbePart[];
  /** Parts of one group, whose step can be taken again on these coordinates alone. */
  readonly stretches: readonly Stretch[];
}

export interface ProbePart {
  readonly name: string;
  /** In `places`. */
  readonly start: number;
  readonly end: number;
  /** Its parameter stays as it is. */
  readonly frozen: boolean;
  /** In a stretch. */
  readonly stepped: boolean;
}

export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly group: ParameterGroup;
}

/** Coordinates of a parameter, spread evenly. */
const EACH = 32;

/** An optimizer that takes norms can be followed on whole parameters alone: some small ones, at most so large. */
const [WHOLE, WHOLES] = [1024, 4];

export function probeOf(layout: FlatLayout, optimizer: Optimizer): Probe {
  const groupOf = (entry: FlatEntry) => optimizer.groupOf?.(entry) ?? oneGroup;
  const whole = optimizer.layerWise ? smallest(layout) : null;
  const keyOf = (entry: FlatEntry) => (whole ? entry.name : groupKey(groupOf(entry)));
  const places: number[] = [];
  const parts: ProbePart[] = [];
  const stretches: Stretch[] = [];
  for (const entries of Map.groupBy(layout.entries, keyOf).values()) {
    const first = places.length;
    const group = groupOf(entries[0]!);
    const frozen = group.learningRateScale === 0;
    const stepped = !frozen && (!whole || whole.has(entries[0]!.name));
    for (const { name, shape, offset } of entries) {
      const [start, size] = [places.length, sizeOf(shape)];
      const count = whole && stepped ? size : Math.min(size, EACH);
      for (let i = 0; i < count; i++) places.push(offset + Math.floor((i * size) / count));
      parts.push({ name, start, end: places.length, frozen, stepped });
    }
    if (stepped) stretches.push({ start: first, end: places.length, group });
  }
  return { places: Uint32Array.from(places), parts, stretches };
}

function smallest({ entries }: FlatLayout): ReadonlySet<string> {
  const small = entries.map(({ name, shape }) => ({ name, size: sizeOf(shape) })).filter(({ size }) => size <= WHOLE);
  return new Set(
    small
      .sort((a, b) => a.size - b.size)
      .slice(0, WHOLES)
      .map(({ name }) => name),
  );
}

/** What the flat arrays hold at the coordinates of a probe. */
export interface Sample {
  readonly parameters: Float32Array;
  readonly sums: Float32Array;
  readonly moments: Readonly<Record<string, Float32Array>>;
}

export function gather(flat: Float32Array, places: Uint32Array): Float32Array {
  const found = new Float32Array(places.length);
  for (let i = 0; i < places.length; i++) found[i] = flat[places[i]!]!;
  return found;
}

export function sampleOf({ parameters, sums, moments }: TrainingState, { places }: Probe): Sample {
  return {
    parameters: gather(parameters, places),
    sums: gather(sums, places),
    moments: Object.fromEntries(Object.entries(moments).map(([name, flat]) => [name, gather(flat, places)])),
  };
}

/** Names of the parts where the two differ in a bit of a number; two that are no numbers are the same. */
export function changedParts({ parts }: Probe, before: Float32Array, after: Float32Array): string[] {
  return parts
    .filter(({ start, end }) => {
      for (let i = start; i < end; i++) if (!Object.is(before[i], after[i]) && before[i] !== after[i]) return true;
      return false;
    })
    .map(({ name }) => name);
}
