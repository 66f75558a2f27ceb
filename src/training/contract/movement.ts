import { clipFactor } from "../clip.ts";
import { type Contract, type Look, report } from "./contract.ts";
import { explain } from "./explain.ts";
import { inputsWithoutGradient } from "./inputBranches.ts";
import { isRight, judgeStep } from "./judgeStep.ts";
import { changedParts, gather, type Probe, type ProbePart, type Sample, sampleOf } from "./probe.ts";
import { createStepAgain } from "./stepAgain.ts";

/** Of which steps what moved is looked at, beside the first two of a process. */
const EVERY = 128;

/** Stands in the sums before a window: nothing of it is left once its first micro-batch has written them. */
const MARK = -1.375 * 2 ** 20;

/** Fewer coordinates than these may have such a gradient by chance, in float16. */
const FEW = 4;

export function isDue({ looks, steps }: Contract): boolean {
  return looks < 2 || (steps + 1) % EVERY === 0;
}

/** As a window begins: what an update left, where it was looked at, is still there. */
export function requireLast(contract: Contract): void {
  const { state, probe, last } = contract;
  contract.last = undefined;
  if (last) requireStill(contract, last, gather(state.parameters, probe.places));
}

export function beginLook(contract: Contract): void {
  const { state, probe, running } = contract;
  const parameters = gather(state.parameters, probe.places);
  contract.looks++;
  contract.look = { parameters, running: running.sample(), sums: gather(state.sums, probe.places) };
  for (const place of probe.places) state.sums[place] = MARK;
}

/** After the first micro-batch. Where sums were added to instead of written, what was there is put back. */
export function checkMark(contract: Contract): void {
  const { look, state, probe } = contract;
  if (!look) return;
  const isLeft = ({ start, end }: ProbePart) =>
    probe.places.subarray(start, end).every((place) => Math.abs(state.sums[place]! / MARK - 1) <= 2 ** -8);
  const all = probe.parts.filter(isLeft);
  const left = all.some(({ start, end }) => end - start >= FEW) ? all : [];
  for (const { start, end } of left)
    for (let i = start; i < end; i++) {
      const place = probe.places[i]!;
      state.sums[place] = state.sums[place]! - MARK + look.sums[i]!;
    }
  if (left.length > 0) report(contract, "gradients-carried-over", "fault", [parts(left.length, probe)], namesOf(left));
}

/** With the factor of a loss scale still in the sums. */
export function lookBeforeUnscale({ look, state, probe }: Contract, factor: number): void {
  if (look) look.scaled = { sums: gather(state.sums, probe.places), factor };
}

export function lookBeforeUpdate(contract: Contract): void {
  const { look, state, probe, running } = contract;
  if (!look) return;
  const before = sampleOf(state, probe);
  look.before = before;
  const moved = changedParts(probe, look.parameters, before.parameters);
  if (moved.length > 0) report(contract, "update-inside-window", "fault", [parts(moved.length, probe)], moved);
  const bad = probe.parts.filter((part) => look.scaled && !isUnscaled(part, look.scaled, before.sums));
  if (bad.length > 0) report(contract, "loss-scale", "fault", [parts(bad.length, probe)], namesOf(bad));
  if (running.names.length > 0 && !running.hasMoved(look.running))
    report(contract, "batch-normalisation", "fault", [still(running.names.length)], running.names);
}

export function lookAfterSkip(contract: Contract): void {
  const { look, state, probe } = contract;
  if (look) requireStill(contract, look.parameters, gather(state.parameters, probe.places));
  contract.look = undefined;
}

/** The update as the loop made it, but with the numbers that were counted here. */
export interface OwnNumbers {
  readonly weight: number;
  readonly learningRate: number;
  readonly step: number;
  readonly gradientNorm: number;
  readonly momentum: number | undefined;
}

export async function endLook(contract: Contract, made: OwnNumbers): Promise<void> {
  const { engine, options, state, probe, movesMomentum, tally } = contract;
  const before = contract.look?.before;
  contract.look = undefined;
  if (!before) return;
  const after = sampleOf(state, probe);
  contract.last = after.parameters;
  contract.again ??= await createStepAgain(engine, options.optimizer, probe, movesMomentum);
  const { again } = contract;
  const clip = clipFactor(made.gradientNorm, options.clipNorm, options.optimizer.largestNorm);
  const numbers = { ...made, clip };
  const expected = await again(before, numbers);
  const judged = judgeStep(probe, before, after, expected);
  const wrong = { probe, before, after, expected, judged, numbers, again, microBatches: tally.microBatches };
  if (!isRight(judged))
    for (const one of await explain(wrong)) report(contract, one.kind, "fault", one.evidence, one.parameters);
  requireFinite(contract, before);
  followSilent(contract, before, made.learningRate);
}

/** Also outside an update: before an evaluation and after it. */
export function holdState(contract: Contract): void {
  const { state, probe, running } = contract;
  contract.held = { parameters: gather(state.parameters, probe.places), running: running.sample() };
}

export function requireHeld(contract: Contract): void {
  const { held, state, probe, running } = contract;
  if (!held) return;
  contract.held = undefined;
  requireStill(contract, held.parameters, gather(state.parameters, probe.places));
  if (running.hasMoved(held.running))
    report(
      contract,
      "batch-normalisation",
      "fault",
      [{ name: "runningInEvaluation", value: running.names.length, unit: "" }],
      running.names,
    );
}

function requireStill(contract: Contract, then: Float32Array, now: Float32Array): void {
  const moved = changedParts(contract.probe, then, now);
  if (moved.length > 0)
    report(contract, "moved-without-gradient", "fault", [parts(moved.length, contract.probe)], moved);
}

function requireFinite(contract: Contract, { parameters, moments }: Sample): void {
  const bad = contract.probe.parts.filter(({ start, end }) => {
    for (const values of Object.values(moments))
      for (let i = start; i < end; i++) if (!Number.isFinite(values[i]) && Number.isFinite(parameters[i])) return true;
    return false;
  });
  if (bad.length > 0) report(contract, "optimizer-state", "fault", [parts(bad.length, contract.probe)], namesOf(bad));
}

/** In two windows one after the other, between which something was learned: a gate that starts at 0 hides only one. */
function followSilent(contract: Contract, { sums }: Sample, learningRate: number): void {
  const { looks, probe, options } = contract;
  if (looks > 2 || !(learningRate > 0)) return;
  const silent = probe.parts.filter(({ start, end }) => sums.subarray(start, end).every((sum) => sum === 0));
  const both = namesOf(silent).filter((name) => looks === 1 || contract.silent?.includes(name));
  contract.silent = both;
  if (looks < 2 || both.length === 0) return;
  for (const { input, parameters } of inputsWithoutGradient(options, contract.state, both))
    report(contract, "zero-input-gradient", "fault", [{ name: input, value: 0, unit: "" }], parameters);
}

function isUnscaled(
  { start, end }: ProbePart,
  { sums, factor }: NonNullable<Look["scaled"]>,
  now: Float32Array,
): boolean {
  for (let i = start; i < end; i++) {
    const own = sums[i]! / factor;
    if (Number.isFinite(own) && Math.abs(now[i]! - own) > 1e-3 * Math.abs(own) + 1e-30) return false;
  }
  return true;
}

const namesOf = (some: readonly ProbePart[]) => some.map(({ name }) => name);

function parts(count: number, probe: Probe) {
  return {
    name: "parametersWrong",
    value: count,
    unit: "parameters",
    threshold: 0,
    upper: probe.parts.length,
  } as const;
}

const still = (count: number) => ({ name: "runningStill", value: count, unit: "parameters" }) as const;
