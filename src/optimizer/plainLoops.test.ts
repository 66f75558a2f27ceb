import { describe, expect, test } from "vitest";
import { farthest, rough, type Walk, walk } from "../../test/optimizerWalk.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { adadelta } from "./adadelta.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamW } from "./adam.ts";
import { lamb, lars } from "./layerWise.ts";
import { lion } from "./lion.ts";
import { nAdam } from "./nadam.ts";
import type { Optimizer } from "./optimizer.ts";
import { rAdam } from "./radam.ts";
import { rmsProp } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

/**
 * The same formulas once more, as loops over numbers, for what no recorded trajectory has. `w`, `g` are arrays of one
 * parameter; a step changes `w` and what it keeps in `s`.
 */
type Step = (w: number[], g: readonly number[], s: Record<string, number[]>, t: number, rate: number) => void;

const norm = (x: readonly number[]) => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
const penalty = (w: readonly number[], g: readonly number[], decay: number) =>
  g.map((value, i) => value + decay * w[i]!);

/** β·old + (1−β)·now, kept under a name. */
function mean(s: Record<string, number[]>, name: string, now: readonly number[], beta: number): number[] {
  s[name] = now.map((value, i) => beta * (s[name]?.[i] ?? 0) + (1 - beta) * value);
  return s[name];
}

/** m̂/(√v̂ + ε) */
function adamDirection(s: Record<string, number[]>, g: readonly number[], t: number, epsilon: number): number[] {
  const m = mean(s, "m", g, 0.9);
  const v = mean(
    s,
    "v",
    g.map((x) => x * x),
    0.999,
  );
  return m.map((x, i) => x / (1 - 0.9 ** t) / (Math.sqrt(v[i]! / (1 - 0.999 ** t)) + epsilon));
}

const move = (w: number[], direction: readonly number[], rate: number) => {
  direction.forEach((d, i) => {
    w[i]! -= rate * d;
  });
};

function lionStep(decay: number, beta1 = 0.9, beta2 = 0.99): Step {
  return (w, g, s, _, rate) => {
    const old = s.m ?? g.map(() => 0);
    w.forEach((x, i) => {
      w[i] = x * (1 - rate * decay) - rate * Math.sign(beta1 * old[i]! + (1 - beta1) * g[i]!);
    });
    mean(s, "m", g, beta2);
  };
}

function larsStep(decay: number, clip: boolean): Step {
  return (w, g, s, _, rate) => {
    const [size, slope] = [norm(w), norm(g)];
    let ratio = size > 0 && slope > 0 ? (0.02 * size) / (slope + decay * size + 1e-8) : 1;
    if (clip) ratio = Math.min(ratio / rate, 1);
    s.b = penalty(w, g, decay).map((x, i) => 0.9 * (s.b?.[i] ?? 0) + ratio * x);
    move(w, s.b, rate);
  };
}

function lambStep(decay: number, clip: boolean): Step {
  return (w, g, s, t, rate) => {
    const u = penalty(w, adamDirection(s, g, t, 1e-6), decay);
    const ratio = norm(w) > 0 && norm(u) > 0 ? norm(w) / norm(u) : 1;
    move(w, u, rate * (clip ? Math.min(1, ratio) : ratio));
  };
}

const amsgradStep: Step = (w, g, s, t, rate) => {
  const m = mean(s, "m", g, 0.9);
  const v = mean(
    s,
    "v",
    g.map((x) => x * x),
    0.999,
  );
  s.top = v.map((x, i) => Math.max(x, s.top?.[i] ?? 0));
  move(
    w,
    m.map((x, i) => x / (1 - 0.9 ** t) / (Math.sqrt(s.top![i]! / (1 - 0.999 ** t)) + 1e-8)),
    rate,
  );
};

const adagradStep: Step = (w, g, s, _, rate) => {
  const penalized = penalty(w, g, 0.1);
  s.sum = penalized.map((x, i) => (s.sum?.[i] ?? 0.3) + x * x);
  move(
    w,
    penalized.map((x, i) => x / (Math.sqrt(s.sum![i]!) + 1e-10)),
    rate,
  );
};

const rmsPropStep: Step = (w, g, s, _, rate) => {
  const penalized = penalty(w, g, 0.1);
  const v = mean(
    s,
    "v",
    penalized.map((x) => x * x),
    0.99,
  );
  move(
    w,
    penalized.map((x, i) => x / (Math.sqrt(v[i]!) + 1e-8)),
    rate,
  );
};

const adadeltaStep: Step = (w, g, s, _, rate) => {
  const penalized = penalty(w, g, 0.1);
  const v = mean(
    s,
    "v",
    penalized.map((x) => x * x),
    0.8,
  );
  const change = penalized.map((x, i) => (x * Math.sqrt((s.u?.[i] ?? 0) + 1e-3)) / Math.sqrt(v[i]! + 1e-3));
  mean(
    s,
    "u",
    change.map((x) => x * x),
    0.8,
  );
  move(w, change, rate);
};

/** The product of the momenta factor by factor. */
const nAdamStep: Step = (w, g, s, t, rate) => {
  const momentum = (i: number) => 0.9 * (1 - 0.5 * 0.96 ** (i * 0.02));
  const product = (n: number) => Array.from({ length: n }, (_, i) => momentum(i + 1)).reduce((a, b) => a * b);
  const penalized = penalty(w, g, 0.1);
  const m = mean(s, "m", penalized, 0.9);
  const v = mean(
    s,
    "v",
    penalized.map((x) => x * x),
    0.999,
  );
  const now = (1 - momentum(t)) / (1 - product(t));
  const ahead = momentum(t + 1) / (1 - product(t + 1));
  move(
    w,
    m.map((x, i) => (now * penalized[i]! + ahead * x) / (Math.sqrt(v[i]! / (1 - 0.999 ** t)) + 1e-8)),
    rate,
  );
};

/** The second line of the algorithm up to `plain` steps. */
function rAdamStep(beta2: number, plain: number): Step {
  return (w, g, s, t, rate) => {
    const penalized = penalty(w, g, 0.1);
    const m = mean(s, "m", penalized, 0.9).map((x) => x / (1 - 0.9 ** t));
    const v = mean(
      s,
      "v",
      penalized.map((x) => x * x),
      beta2,
    );
    const limit = 2 / (1 - beta2) - 1;
    const rho = limit - (2 * t * beta2 ** t) / (1 - beta2 ** t);
    expect(rho > 5).toBe(t > plain);
    const r = Math.sqrt(((rho - 4) * (rho - 2) * limit) / ((limit - 4) * (limit - 2) * rho));
    const adaptive = (i: number) => (r * Math.sqrt(1 - beta2 ** t)) / (Math.sqrt(v[i]!) + 1e-8);
    move(
      w,
      m.map((x, i) => (t > plain ? x * adaptive(i) : x)),
      rate,
    );
  };
}

const adamWStep: Step = (w, g, s, t, rate) => {
  move(
    w,
    w.map((x, i) => 0.1 * x + adamDirection({ ...s }, g, t, 1e-8)[i]!),
    rate,
  );
  adamDirection(s, g, t, 1e-8);
};

const sgdStep: Step = (w, g, s, _, rate) => {
  const penalized = penalty(w, g, 0.1);
  s.b = penalized.map((x, i) => 0.9 * (s.b?.[i] ?? 0) + x);
  move(
    w,
    penalized.map((x, i) => x + 0.9 * s.b![i]!),
    rate,
  );
};

const table: readonly (readonly [string, Optimizer, Step])[] = [
  ["lion", lion(), lionStep(0)],
  ["lion with a short memory", lion({ beta1: 0.5, beta2: 0.6 }), lionStep(0, 0.5, 0.6)],
  ["lion with weight decay", lion({ weightDecay: 0.5 }), lionStep(0.5)],
  ["lars", lars({ trustCoefficient: 0.02, weightDecay: 0 }), larsStep(0, false)],
  ["lars with weight decay", lars({ trustCoefficient: 0.02, weightDecay: 0.3 }), larsStep(0.3, false)],
  ["lars, clipped", lars({ trustCoefficient: 0.02, weightDecay: 0.3, trustClip: true }), larsStep(0.3, true)],
  ["lamb", lamb({ weightDecay: 0 }), lambStep(0, false)],
  ["lamb with weight decay", lamb({ weightDecay: 0.3 }), lambStep(0.3, false)],
  ["lamb, clipped", lamb({ weightDecay: 0.3, trustClip: true }), lambStep(0.3, true)],
  ["amsgrad", adam({ amsgrad: true }), amsgradStep],
  ["adamw", adamW({ weightDecay: 0.1 }), adamWStep],
  ["adagrad", adagrad({ initialAccumulator: 0.3, weightDecay: 0.1 }), adagradStep],
  ["rmsprop", rmsProp({ weightDecay: 0.1 }), rmsPropStep],
  ["adadelta", adadelta({ rho: 0.8, epsilon: 1e-3, weightDecay: 0.1 }), adadeltaStep],
  ["nadam", nAdam({ momentumDecay: 0.02, weightDecay: 0.1 }), nAdamStep],
  ["radam", rAdam({ weightDecay: 0.1 }), rAdamStep(0.999, 5)],
  ["radam with a short memory", rAdam({ beta2: 0.9, weightDecay: 0.1 }), rAdamStep(0.9, 5)],
  ["radam that never adapts", rAdam({ beta2: 0.5, weightDecay: 0.1 }), rAdamStep(0.5, 60)],
  ["nesterov with weight decay", sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.1 }), sgdStep],
];

function plain({ start, gradients, rate }: Walk, step: Step): number[][] {
  const [w, state]: [number[], Record<string, number[]>] = [[...start], {}];
  return gradients.map((g, i) => {
    step(w, g, state, i + 1, rate(i + 1));
    return [...w];
  });
}

describe.each(table)("%s", (_, optimizer, step) => {
  const expected = plain(rough(), step);

  test("is the plain loop to 1e-9 in float64", async () => {
    const path = await walk(openReference(nativeEngine()), "float64", optimizer, rough());
    expect(farthest(path, expected)).toBeLessThan(1e-9);
  });

  test("and to 1e-5 in float32", async () => {
    expect(farthest(await walk(nativeEngine(), "float32", optimizer, rough()), expected)).toBeLessThan(1e-5);
  });
});

test("no two of the loops agree", () => {
  const ends = table.map(([, , step]) =>
    plain(rough(), step)
      .at(-1)!
      .map((x) => x.toPrecision(5))
      .join(),
  );
  expect(new Set(ends).size).toBe(table.length);
});
