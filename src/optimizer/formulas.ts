import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import type { UpdateInputs } from "./optimizer.ts";

/** Weight decay as an L2 penalty inside the gradient: g + λ·θ. */
export function penalized(
  g: Builder,
  { parameter, gradient, decays }: Pick<UpdateInputs, "parameter" | "gradient" | "decays">,
  weightDecay: number,
): Value {
  return decays && weightDecay > 0 ? g.add(gradient, g.mul(parameter, weightDecay)) : gradient;
}

/** Decoupled weight decay: θ·(1 − η·λ). */
export function shrunk(g: Builder, { parameter, learningRate, decays }: UpdateInputs, weightDecay: number): Value {
  return decays && weightDecay > 0 ? g.mul(parameter, g.sub(1, g.mul(learningRate, weightDecay))) : parameter;
}

/** Exponential moving average: β·old + (1−β)·now. */
export function average(g: Builder, old: Value, now: Value, beta: number | Value): Value {
  return g.add(g.mul(old, beta), g.mul(now, remainder(g, beta)));
}

/** 1 − β, computed beforehand where β never changes. */
export function remainder(g: Builder, beta: number | Value): number | Value {
  return typeof beta === "number" ? 1 - beta : g.sub(1, beta);
}

/** βᵗ [] float64. At t = 1 and β = 0.999 the 1 − βᵗ of float32 would lose four of seven digits. */
export function power(g: Builder, beta: number | Value, step: Value): Value {
  const base = typeof beta === "number" ? g.number("float64", beta) : g.cast(beta, "float64");
  return g.pow(base, g.cast(step, "float64"));
}

/** 1 − βᵗ [] in the type of the step. */
export function correction(g: Builder, step: Value, beta: number | Value): Value {
  return g.cast(g.sub(1, power(g, beta, step)), step.type);
}
