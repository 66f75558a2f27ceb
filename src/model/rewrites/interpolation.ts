import { float, int, ints, type Op, string } from "../../ops/op.ts";
import { type ForeignNode, unsupported } from "./node.ts";

/** How Resize-19 finds the input positions that an output position reads, along every axis alike. */
export interface Interpolation {
  /** 1: filters are as wide as an output element, where that is wider than an input element. */
  readonly antialias: number;
  readonly mode: string;
  readonly coordinate_transformation_mode: string;
  readonly nearest_mode: string;
  readonly cubic_coeff_a: number;
  readonly exclude_outside: number;
}

export const interpolationAttributes = {
  antialias: int(0),
  axes: ints(),
  coordinate_transformation_mode: string("half_pixel"),
  cubic_coeff_a: float(-0.75),
  exclude_outside: int(0),
  keep_aspect_ratio_policy: string("stretch"),
  mode: string("nearest"),
  nearest_mode: string("round_prefer_floor"),
} satisfies Op["attributes"];

/** One axis from `from` to `to` elements, `scale` output elements for an input element. */
export interface ResizedAxis {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

const round = Math.fround;

type Coordinate = (x: number, axis: ResizedAxis) => number;

/** In float32 as ONNX Runtime computes them: which neighbour is nearest hangs on the last bit. */
const coordinates: Readonly<Record<string, Coordinate>> = {
  asymmetric: (x, { scale }) => round(x / scale),
  half_pixel: (x, { scale }) => round(round((x + 0.5) / scale) - 0.5),
  pytorch_half_pixel: (x, { to, scale }) => (to > 1 ? round(round((x + 0.5) / scale) - 0.5) : 0),
  align_corners: (x, { from, to }) => (to === 1 ? 0 : round(round(x * (from - 1)) / (to - 1))),
  half_pixel_symmetric(x, { from, to, scale }) {
    const adjustment = round(to / round(scale * from));
    const offset = round((from / 2) * round(1 - adjustment));
    return round(round(offset + round((x + 0.5) / scale)) - 0.5);
  },
};

const nearest: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Input times output elements of an axis, which is what the matrix of weights holds: 8192 each. */
const LARGEST = 2 ** 26;

/**
 * The real-valued input position under each output position. Throws `UnsupportedError` for other modes and damaged
 * sizes.
 */
function positionsOf(node: ForeignNode, one: ResizedAxis, { coordinate_transformation_mode: mode }: Interpolation) {
  const coordinate = coordinates[mode];
  if (!coordinate) throw unsupported(node, `coordinates ${Object.keys(coordinates).join(", ")}`, mode);
  if (!(one.to >= 1 && one.from * one.to <= LARGEST))
    throw unsupported(node, "sizes of 8192 at most on both sides", `${one.from} and ${one.to}`);
  return Array.from({ length: one.to }, (_, x) => coordinate(x, one));
}

function clamp(index: number, size: number): number {
  return Math.min(size - 1, Math.max(0, index));
}

/** The input element that each output element copies: [to] indices. */
export function nearestIndices(node: ForeignNode, one: ResizedAxis, how: Interpolation): number[] {
  const rounded = nearest[how.nearest_mode];
  if (!rounded) throw unsupported(node, `nearest_mode ${Object.keys(nearest).join(", ")}`, how.nearest_mode);
  return positionsOf(node, one, how).map((x) => clamp(rounded(x), one.from));
}

/** The weight of each input element in each output element, [to, from], row-major. Rows add up to 1. */
export function interpolationWeights(node: ForeignNode, one: ResizedAxis, how: Interpolation): number[] {
  const taps = (x: number) => {
    if (how.antialias === 1) return wideTaps(x, one, how);
    return how.mode === "cubic" ? cubicTaps(x, one.from, how) : linearTaps(x, one.from);
  };
  return positionsOf(node, one, how).flatMap((x) => {
    const row = Array<number>(one.from).fill(0);
    for (const [index, weight] of taps(x)) row[clamp(index, one.from)]! += weight;
    return row;
  });
}

type Tap = readonly [index: number, weight: number];

function linearTaps(x: number, size: number): Tap[] {
  const inside = Math.min(size - 1, Math.max(0, x));
  const low = Math.floor(inside);
  return [
    [low, 1 - (inside - low)],
    [low + 1, inside - low],
  ];
}

/** Keys 1981, Cubic convolution interpolation, equation 15 with a free parameter a (Resize-19, cubic_coeff_a). */
function cubic(distance: number, a: number): number {
  const d = Math.abs(distance);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
}

function cubicTaps(x: number, size: number, { cubic_coeff_a, exclude_outside }: Interpolation): Tap[] {
  const low = Math.floor(x);
  const all = [-1, 0, 1, 2].map((step): Tap => [low + step, cubic(x - low - step, cubic_coeff_a)]);
  return exclude_outside === 0 ? all : normalized(all.filter(([index]) => index >= 0 && index < size));
}

/** The filter stretched by how much smaller the output is (antialias of Resize-18, as Pillow resizes images). */
function wideTaps(x: number, { from, scale }: ResizedAxis, { mode, cubic_coeff_a, exclude_outside }: Interpolation) {
  const shrink = Math.min(1, scale);
  const filter = (distance: number) =>
    mode === "cubic" ? cubic(distance, cubic_coeff_a) : Math.max(0, 1 - Math.abs(distance));
  const reach = (mode === "cubic" ? 2 : 1) / shrink;
  const first = Math.floor(x + 1 - reach);
  const count = Math.floor(x + 1 + reach) - first;
  const all = Array.from({ length: count }, (_, i): Tap => [first + i, filter((first + i - x) * shrink)]);
  return normalized(exclude_outside === 0 ? all : all.filter(([index]) => index >= 0 && index < from));
}

function normalized(taps: readonly Tap[]): Tap[] {
  const total = taps.reduce((sum, [, share]) => sum + share, 0);
  return taps.map(([index, share]) => [index, share / total]);
}
