import { type Objective, openObjective } from "../../analysis/curvature/objective.ts";
import type { SpectralDensity } from "../../curvature/density.ts";
import type { Trace } from "../../curvature/trace.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Model } from "../../model/model.ts";
import type { Engine } from "../../runtime/engine.ts";
import { openReference } from "../../runtime/reference.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { homogeneousPairs } from "../../training/homogeneousPairs.ts";
import { measureCritical, type NextUpdateFound } from "./critical.ts";
import { type Flatness, measureSharpness, measureTwin } from "./flatness.ts";
import { type GroupCurvature, measureGroups, measurePreconditioned, type Preconditioned } from "./groups.ts";
import { gradientHistory } from "./history.ts";
import {
  type Budget,
  budgetOf,
  type GroupKind,
  LATEST,
  type LandscapePart,
  type Limit,
  limitOf,
  type Meter,
} from "./parts.ts";
import { type DrawnSlice, drawSlice, type SliceAsked } from "./slices.ts";
import { type Looked, type MeasuredPoint, measureDensity, measurePoint, measureTrace } from "./spectrum.ts";
import type { Subject } from "./subject.ts";

/** Examples of the training and of the validation data at most, where nothing is said. */
export const LANDSCAPE_EXAMPLES = 1000;

export interface LandscapeQuestion {
  readonly subject: Subject;
  readonly parts: readonly LandscapePart[];
  readonly slice: Omit<SliceAsked, "seed">;
  readonly groups: GroupKind | null;
  readonly preconditioned: boolean;
  /** Eigenvalues at each end. */
  readonly count: number;
  readonly precision: "float32" | "float64";
  readonly examples?: number | undefined;
  /** After which searches end with what they have. */
  readonly seconds?: number | undefined;
  readonly seed: number;
  readonly threads: number;
  readonly memoryBudget: number;
}

/** Why a part is missing that was asked for. */
export interface Omitted {
  readonly part: LandscapePart | GroupKind | "preconditioned" | "twin";
  readonly reason: "noRun" | "parameters" | "noOptimizerState" | "memory" | "time";
}

/** What is known of a place of the loss; a part that was not measured is null. */
export interface Landscape {
  readonly place: { readonly epoch: number; readonly step: number } | null;
  readonly parameters: number;
  readonly examples: number;
  readonly validationExamples: number;
  readonly precision: Objective["precision"];
  /** How products with the Hessian were formed. */
  readonly second: Objective["second"];
  readonly loss: number;
  /** Before training, over the same examples; null where that is not known. */
  readonly lossBefore: number | null;
  readonly point: MeasuredPoint | null;
  readonly trace: Trace | null;
  readonly density: SpectralDensity | null;
  readonly flatness: Flatness | null;
  readonly critical: NextUpdateFound | null;
  readonly groupKind: GroupKind | null;
  readonly groups: readonly GroupCurvature[] | null;
  readonly preconditioned: Preconditioned | null;
  readonly slice: DrawnSlice | null;
  readonly omitted: readonly Omitted[];
}

/** What a measurement runs on, and who is told what it does. */
export interface LandscapeMeans {
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
  readonly meter?: Meter | undefined;
}

const quiet: Meter = { start() {}, passed() {} };

/**
 * What the loss is like around the parameters of a subject. Throws `UnsupportedError` naming the layer where two passes
 * give two gradients, and `UsageError` for what the subject cannot be asked.
 */
export async function measureLandscape(question: LandscapeQuestion, means: LandscapeMeans): Promise<Landscape> {
  const { subject, threads, seed, memoryBudget, examples = LANDSCAPE_EXAMPLES } = question;
  const { meter = quiet, signal } = means;
  const budget = budgetOf(question);
  const engine = question.precision === "float64" ? openReference(means.engine) : means.engine;
  const limit = limitOf(budget, meter.passed);
  const common = { loss: subject.loss, seed, threads, memoryBudget, signal, progress: limit.passed };
  const open = (data: Dataset, model: Model) =>
    openObjective(engine, { ...common, model, data, examples: Math.min(examples, data.size) });
  const objective = await open(subject.train, subject.model);
  const draws = question.parts.includes("slice") && subject.validation.size > 0;
  const held = draws ? await opened(objective, () => open(subject.validation, subject.model)) : null;
  try {
    const scene = {
      ...{ engine, objective, held, meter, budget, limit },
      openAt: (model: Model) => open(subject.train, model),
    };
    return await measureAll(question, scene);
  } finally {
    objective.release();
    held?.release();
  }
}

async function opened(first: Objective, open: () => Promise<Objective>): Promise<Objective> {
  try {
    return await open();
  } catch (error) {
    first.release();
    throw error;
  }
}

interface Scene {
  readonly engine: Engine;
  readonly objective: Objective;
  readonly held: Objective | null;
  readonly meter: Meter;
  readonly budget: Budget;
  readonly limit: Limit;
  readonly openAt: (model: Model) => Promise<Objective>;
}

async function measureAll(question: LandscapeQuestion, scene: Scene): Promise<Landscape> {
  const { subject, count, seed, groups, seconds, threads } = question;
  const { objective, held, meter, budget, engine } = scene;
  const omitted: Omitted[] = [];
  const looked: Looked = { budget, meter, seed, count, timed: seconds !== undefined };
  /** A part that was asked for, unless the time is over; null of one that memory cannot hold. */
  const part = async <T>(name: Omitted["part"], isAsked: boolean, measure: () => Promise<T | null>) => {
    if (!isAsked) return null;
    const found = budget.isOver(LATEST) ? "time" : await scene.limit.during(measure);
    if (found !== null && found !== "time") return found;
    omitted.push({ part: name, reason: found === null ? "memory" : "time" });
    return null;
  };
  const asked = (name: LandscapePart) => question.parts.includes(name);
  const next = nextOf(question, omitted);
  const needsHistory = asked("verdict") || asked("sharpness");
  const history = needsHistory ? await gradientHistory(subject, objective, scene) : [];
  const critical = await part("critical", next !== null && asked("critical"), () =>
    measureCritical(engine, objective, { ...subject.trained!, next: next! }, { threads, meter }),
  );
  const point = await part("verdict", asked("verdict"), () => measurePoint(objective, history, looked));
  const trace = await part("trace", asked("trace"), () => measureTrace(objective, looked));
  const density = await part("density", asked("density"), () => measureDensity(objective, looked));
  const parts = await part(groups ?? "layer", groups !== null, () => measureGroups(objective, groups!, looked));
  const scaled = question.preconditioned && next !== null;
  const preconditioned = await part("preconditioned", scaled, () => measurePreconditioned(objective, next!, looked));
  const sharpness = await part("sharpness", asked("sharpness"), () => measureSharpness(objective, looked));
  const hasTwin = sharpness !== null && homogeneousPairs(subject.model).length > 0;
  const twin = await part("twin", hasTwin, () => measureTwin(objective, subject, looked));
  const flatness = sharpness && { sharpness, twin };
  const slice = await part("slice", asked("slice"), () =>
    drawSlice({ ...question.slice, seed }, { objective, held, meter, trained: subject.trained }),
  );
  return {
    place: subject.trained?.place ?? null,
    parameters: objective.size,
    examples: objective.examples,
    validationExamples: held?.examples ?? 0,
    precision: objective.precision,
    second: objective.second,
    loss: point?.loss ?? critical?.loss ?? flatness?.sharpness.loss ?? (await objective.lossAt(objective.start)),
    lossBefore: history.find(({ step }) => step === 0)?.loss ?? null,
    ...{ point, trace, density, flatness, critical, groupKind: groups, groups: parts, preconditioned, slice, omitted },
  };
}

/**
 * What decides the next update; null, and said, where there is none. Throws `UsageError` where that alone was asked.
 */
function nextOf({ subject: { trained }, parts, preconditioned }: LandscapeQuestion, omitted: Omitted[]) {
  if (trained?.next) return trained.next;
  const reason = trained === null ? "noRun" : trained.place === null ? "parameters" : "noOptimizerState";
  const isAlone = preconditioned || (parts.length === 1 && parts[0] === "critical");
  if (isAlone)
    throw new UsageError(
      `${option(preconditioned ? "preconditioned" : "only")}: expected a checkpoint that keeps its optimizer's state, got ${shown[reason]}; choose another with ${option("checkpoint")}, or leave it out`,
    );
  if (parts.includes("critical")) omitted.push({ part: "critical", reason });
  return null;
}

const shown = {
  noRun: "a model without a run",
  parameters: "parameters of a file",
  noOptimizerState: "weights alone",
} as const;
