import { expect, test } from "vitest";
import { ball, box, climb, type Neighbourhood } from "./ascent.ts";
import { norm, pointByPoint } from "./losses.ts";
import { rescaledTwin } from "./rescaledTwin.ts";
import { sharpness } from "./sharpness.ts";

const curvatures = [9, 4, 1, 0.25, 0];
const diagonal = {
  loss: (x: Float64Array) => x.reduce((sum, v, i) => sum + 0.5 * curvatures[i]! * v * v, 2),
  gradient: (x: Float64Array) => x.map((v, i) => curvatures[i]! * v),
};
const climbed = (
  { loss, gradient }: { loss: (x: Float64Array) => number; gradient: (x: Float64Array) => Float64Array },
  at: Float64Array,
  neighbourhood: Neighbourhood,
  steps = 30,
) => climb((x) => ({ gradient: gradient(x) }), pointByPoint(loss), at, neighbourhood, { steps });

test("at a minimum several steps find ½ρ²λ_max, in a basin of known flatness", async () => {
  const minimum = new Float64Array(5);
  for (const radius of [0.05, 1]) {
    const { loss, highest, displacement } = await climbed(diagonal, minimum, ball(radius));
    expect(loss).toBe(2);
    expect((highest - loss) / (0.5 * radius ** 2 * 9)).toBeCloseTo(1, 6);
    expect(norm(displacement)).toBeCloseTo(radius, 9);
  }
});

test("one step along a nearly vanished gradient understates it, more steps do not", async () => {
  const near = Float64Array.from([0, 0, 0, 1e-3, 0]);
  const one = await climb((x) => ({ gradient: diagonal.gradient(x) }), pointByPoint(diagonal.loss), near, ball(0.1), {
    steps: 1,
    starts: 0,
  });
  const more = await climbed(diagonal, near, ball(0.1));
  expect((one.highest - one.loss) / (0.5 * 0.01 * 9)).toBeLessThan(0.1);
  expect((more.highest - more.loss) / (0.5 * 0.01 * 9)).toBeCloseTo(1, 3);
});

test("the box of Keskar's measure is left nowhere, and its highest corner is found", async () => {
  const at = Float64Array.from([0, 1, 0, 3, 0]);
  const { loss, highest, displacement } = await climbed(diagonal, at, box(at, 1e-2));
  const sides = at.map((x) => 1e-2 * (Math.abs(x) + 1));
  displacement.forEach((x, i) => {
    expect(Math.abs(x)).toBeLessThanOrEqual(sides[i]! * (1 + 1e-12));
  });
  const corner = at.map((x, i) => x + sides[i]!);
  expect(highest - loss).toBeCloseTo(diagonal.loss(corner) - loss, 12);
});

test("a search whose time is over says what one gradient of each climb found", async () => {
  const far = Float64Array.from([0.1, 0.2, 0.3, 0.4, 0.5]);
  const gradientAt = (x: Float64Array) => ({ gradient: diagonal.gradient(x) });
  const whole = await sharpness(pointByPoint(diagonal.loss), gradientAt, far);
  const cut = await sharpness(pointByPoint(diagonal.loss), gradientAt, far, { isOver: () => true });
  expect(cut.gradients).toBe(4);
  expect(cut.samOneStep).toBe(whole.samOneStep);
  for (const name of ["keskar", "sam", "asam"] as const) {
    expect(cut[name]).toBeGreaterThan(0);
    expect(cut[name]).toBeLessThanOrEqual(whole[name]);
  }
});

test("what does not rise, and what overflows, ends the climb", async () => {
  const hill = { loss: (x: Float64Array) => -x[0]! * x[0]!, gradient: (x: Float64Array) => x.map((v) => -2 * v) };
  expect((await climbed(hill, new Float64Array(1), ball(1))).highest).toBeCloseTo(0, 12);
  const wall = { loss: (x: Float64Array) => (x[0]! > 1 ? Number.NaN : x[0]!), gradient: () => Float64Array.from([1]) };
  expect((await climbed(wall, Float64Array.from([0.95]), ball(1))).highest).toBe(Number.POSITIVE_INFINITY);
});

/** A network x → Relu(x w₁ + b₁) w₂ of 3 units on a few points, with its squared error and gradient. */
const inputs = [-2, -1, -0.5, 0.3, 0.8, 1.7];
const shapes = [
  { name: "first.weight", shape: [3, 1] },
  { name: "first.bias", shape: [3] },
  { name: "second.weight", shape: [1, 3] },
];
const network = {
  loss: (p: Float64Array) =>
    inputs.reduce((sum, x) => sum + (outputOf(p, x) - Math.sin(2 * x)) ** 2 / inputs.length, 0),
  gradient(p: Float64Array) {
    const gradient = new Float64Array(9);
    for (const x of inputs) {
      const error = (2 * (outputOf(p, x) - Math.sin(2 * x))) / inputs.length;
      for (let unit = 0; unit < 3; unit++) {
        const before = x * p[unit]! + p[3 + unit]!;
        if (before <= 0) continue;
        gradient[unit]! += error * p[6 + unit]! * x;
        gradient[3 + unit]! += error * p[6 + unit]!;
        gradient[6 + unit]! += error * before;
      }
    }
    return gradient;
  },
};
const outputOf = (p: Float64Array, x: number) =>
  [0, 1, 2].reduce((sum, unit) => sum + Math.max(0, x * p[unit]! + p[3 + unit]!) * p[6 + unit]!, 0);

test("a rescaled twin is the same function: ASAM stays, SAM and Keskar's measure move", async () => {
  const point = Float64Array.from([0.9, -0.7, 0.4, 0.2, 0.1, -0.3, 0.8, -0.5, 0.6]);
  const pairs = [{ grown: ["first.weight", "first.bias"], shrunk: ["second.weight"] }];
  for (const factor of [3, 0.1]) {
    const twin = rescaledTwin(point, shapes, pairs, factor);
    for (const x of inputs) expect(outputOf(twin, x)).toBeCloseTo(outputOf(point, x), 12);
    const [here, there] = [point, twin].map((at) =>
      sharpness(pointByPoint(network.loss), (x) => ({ gradient: network.gradient(x) }), at),
    );
    const [one, other] = [await here!, await there!];
    expect(other.loss).toBeCloseTo(one.loss, 12);
    expect(other.asam / one.asam).toBeCloseTo(1, 6);
    for (const raw of ["keskar", "sam", "samOneStep"] as const)
      expect(Math.abs(Math.log(other[raw] / one[raw])), raw).toBeGreaterThan(0.05);
  }
});
