import type { Engine } from "../runtime/engine.ts";
import { withSessions } from "../runtime/scope.ts";
import type { Inspection } from "../store/inspection.ts";
import { is, requireArguments, requireOptions } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { laterSeed } from "../tensor/random.ts";
import { exampleGraph } from "../training/exampleGraph.ts";
import { openModel } from "../training/openModel.ts";
import { type FoldSchedule, foldSchedule } from "./defaults.ts";
import { classFindings, duplicateFindings, outlierFindings, outlierZ, rounded, summaryOf } from "./findings.ts";
import { defaultFolds, foldUnits, stratifiedFolds } from "./folds.ts";
import { conflictFindings, groupFindings } from "./groups.ts";
import { duplicateThreshold, type Inputs, readInputs } from "./inputs.ts";
import { judgeLabels, type LabelVerdict } from "./labels.ts";
import { remarksOf } from "./remarks.ts";
import type { Subject } from "./subject.ts";
import { type FoldScores, measuredEpochs, newFoldScores, trainFold } from "./training.ts";

/** What `inspectData` does, and how far. */
export interface InspectOptions {
  readonly subject: Subject;
  /** As the option `model` takes it. */
  readonly model: string;
  /** The output to train, of an .onnx file that has several. Default the first. */
  readonly output?: string | undefined;
  /** Default 5, or fewer where there are fewer than 10 different examples. */
  readonly folds?: number | undefined;
  /** A column whose equal values share a fold: rows of one patient, one sensor. Default none. */
  readonly together?: string | undefined;
  /** Default: as many as `foldSchedule` finds right. */
  readonly epochs?: number | undefined;
  readonly seed: number;
  /** Models that are trained at the same time, each on one thread; changes no result. */
  readonly threads: number;
  /** Is told what is done, and of the training how much of it, 0 to 1. */
  readonly tell?: ((progress: InspectProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Decided = InspectOptions & { readonly folds: number };

export type InspectProgress =
  | { readonly kind: "reading" | "comparing" }
  | { readonly kind: "planned"; readonly plan: FoldSchedule; readonly folds: number; readonly examples: number }
  | { readonly kind: "training"; readonly done: number };

/** Of `random`: not one of training's. */
const FOLD_STREAM = 3;
const LEARNING_RATE = 1e-3;

/**
 * What is wrong with data of one class per example. K models, each trained without one fold, judge the fold that they
 * have not seen: `labelNoise` names the labels to doubt, and distances in what the last layer reads the outliers.
 * Copies of examples are found by their inputs, and never stand on both sides of a fold. Gives null where `signal`
 * ended it. Throws `UsageError` for a model that is not for these data and for folds that they cannot fill, and what
 * `train` throws.
 */
export async function inspectData(engine: Engine, asked: InspectOptions): Promise<Inspection | null> {
  requireArguments("inspectData", { engine }, { engine: is.engine });
  requireOptions("inspectData", asked, {
    subject: is.object,
    model: is.text,
    output: is.optional(is.text),
    folds: is.optional(is.whole(2)),
    together: is.optional(is.text),
    epochs: is.optional(is.whole(1)),
    seed: is.seed,
    threads: is.whole(1),
    tell: is.optional(is.function),
    signal: is.optional(is.object),
  });
  const { subject, seed, tell = () => {} } = asked;
  const { data, other } = subject;
  const start = performance.now();
  await checkModel(asked);
  tell({ kind: "reading" });
  const inputs = await readInputs(other ? [data, other] : [data]);
  const copyOf = inputs.copyOf.subarray(0, data.size);
  const cells = asked.together === undefined ? undefined : data.columns?.[asked.together];
  const units = cells ? foldUnits(copyOf, cells) : copyOf;
  const folds = asked.folds ?? defaultFolds(units);
  const options = { ...asked, folds };
  const foldOf = stratifiedFolds(data.labels, units, folds, { seed, stream: FOLD_STREAM });
  const plan = foldSchedule(data.size - Math.ceil(data.size / folds), options.epochs);
  tell({ kind: "planned", plan, folds, examples: data.size });
  const scores = newFoldScores(data);
  const trained = await withSessions(engine, (sessions) =>
    trainAll(sessions, options, { inputs, foldOf, plan, scores }),
  );
  if (!trained) return null;
  tell({ kind: "comparing" });
  const found = findingsOf(options, { inputs, foldOf, plan, scores });
  const seconds = (performance.now() - start) / 1000;
  return { ...found, summary: { ...found.summary, seconds }, conflicts: trained.conflicts };
}

/** What the scores of all examples say together. */
function findingsOf(options: Decided, { inputs, foldOf, plan, scores }: Plan) {
  const { subject, model, folds, seed } = options;
  const { data, inspected } = subject;
  const verdict = judgeLabels(subject, scores, foldOf, seed);
  const { issues: labelIssues } = verdict;
  const found = {
    labelIssues,
    outliers: outlierFindings(subject, scores),
    nearDuplicates: duplicateFindings(subject, inputs),
  };
  const classes = classFindings(data, verdict.noise.calibrated, labelIssues);
  const summary = { ...summaryOf(data, found, classes), ...verdict.summary };
  return {
    data: data.name,
    model,
    inspected,
    classNames: classes.map(({ name }) => name),
    settings: {
      folds,
      epochs: plan.epochs,
      batchSize: plan.batchSize,
      learningRate: LEARNING_RATE,
      seed,
      measuredAfter: measuredEpochs(plan),
      duplicateCosine: duplicateThreshold(inputs),
    },
    summary,
    classes,
    ...found,
    groups: groupFindings(data, verdict.doubted),
    examples: examplesOf(subject, scores, verdict),
    findings: remarksOf({
      data,
      model,
      together: options.together !== undefined,
      untraced: scores.untraced,
      summary,
    }),
  };
}

function examplesOf(
  { data: { labels, classes }, place }: Subject,
  scores: FoldScores,
  { noise }: LabelVerdict,
): Inspection["examples"] {
  return {
    index: Array.from(labels, (_, i) => place(i).index),
    score: rounded(noise.right),
    loss: rounded(Float64Array.from(labels, (label, i) => -scores.logProbabilities[i * classes + label]!)),
    errorNorm: rounded(scores.errorNorm),
    outlier: rounded(outlierZ(scores)),
    selfInfluence: scores.untraced === undefined ? rounded(scores.selfInfluence) : null,
  };
}

/** Throws before any time is spent. */
async function checkModel({ model: name, output, subject: { data }, seed }: InspectOptions): Promise<void> {
  const model = await openModel(name, data, seed, { output });
  const graph = exampleGraph(model, 1, { features: false, squaredNorms: false });
  const [, classes] = [...graph.outputs.values()][0]!.shape;
  if (classes !== data.classes)
    throw new UsageError(
      `${name}: expected a model of ${data.classes} classes as in ${data.name}, got one of ${classes}; choose another model`,
    );
}

interface Plan {
  readonly inputs: Inputs;
  readonly foldOf: Uint8Array;
  readonly plan: FoldSchedule;
  readonly scores: FoldScores;
}

/** All folds, `threads` at a time; undefined where `signal` ended them. */
async function trainAll(engine: Engine, options: Decided, { inputs, foldOf, plan, scores }: Plan) {
  const { subject, folds, seed, threads, signal, tell = () => {} } = options;
  const { data } = subject;
  const done = new Float64Array(folds);
  let conflicts: Inspection["conflicts"] = [];
  const training = {
    data,
    inputs,
    foldOf,
    folds,
    ...plan,
    learningRate: LEARNING_RATE,
    seed,
    modelOf: (fold: number) => openModel(options.model, data, laterSeed(seed, fold), { output: options.output }),
    atEnd: async (fold: number, trained: Parameters<typeof conflictFindings>[2]) => {
      if (fold === 0) conflicts = await conflictFindings(engine, data, trained, seed);
    },
  };
  let [next, complete] = [0, true];
  const worker = async (stop: AbortSignal) => {
    while (next < folds && complete) {
      const fold = next++;
      const report = (share: number) => {
        done[fold] = share;
        tell({ kind: "training", done: done.reduce((sum, one) => sum + one, 0) / folds });
      };
      complete &&= await trainFold(engine, training, fold, scores, report, stop);
    }
  };
  await allTogether(Math.min(threads, folds), worker, signal);
  return complete ? { conflicts } : undefined;
}

/** Waits until all have ended. Where one fails the others are stopped, and what it threw is thrown. */
async function allTogether(count: number, worker: (stop: AbortSignal) => Promise<void>, signal?: AbortSignal) {
  const failure = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failure.signal]) : failure.signal;
  const working = Array.from({ length: count }, () => worker(stop));
  await Promise.all(working)
    .catch((error) => {
      failure.abort();
      throw error;
    })
    .finally(() => Promise.allSettled(working));
}
