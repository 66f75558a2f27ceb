import type { Command } from "../commander.ts";

/** One command: what the list of commands says of it, and where its options are declared. */
export interface CommandRow {
  readonly name: string;
  /** As the declaration has them. */
  readonly operands?: string;
  /** True of one that only holds others and has no options of its own. */
  readonly isGroup?: true;
  readonly about: string;
  /** A command without description. The types of flags are of use to its declaration alone. */
  readonly load: () => Promise<unknown>;
}

const store = () => import("./storePrograms.ts");
const studies = () => import("./studyPrograms.ts");

const aboutExport = "a run's model as .onnx, or its metrics for TensorBoard, as CSV or Parquet";

/** Every command, in the order of the help. */
export const commandTable: readonly CommandRow[] = [
  {
    name: "train",
    about: "train a model with exact gradient accumulation; writes a run",
    load: async () => (await import("./trainProgram.ts")).train(),
  },
  {
    name: "lr-find",
    about: "learning-rate range test: the rate where the loss falls fastest, with its spread over seeds",
    load: async () => (await studies()).learningRateFind(),
  },
  {
    name: "batch-size-find",
    about: "the largest micro-batch that fits into memory, verified, and the one that is fastest per example",
    load: async () => (await studies()).batchSizeFind(),
  },
  {
    name: "compare",
    about: "arms side by side over paired seeds: which is better, by how much, in which time and memory",
    load: async () => (await import("./compareProgram.ts")).compare(),
  },
  {
    name: "judge",
    operands: "[a] [b]",
    about: "is A better than B, by enough to matter? seed after seed until it is clear; the exit code says it",
    load: async () => (await import("./judgeProgram.ts")).judge(),
  },
  {
    name: "critical-batch",
    operands: "[run]",
    about: "how large a batch may be before it needs more examples, by branches from a run's checkpoints",
    load: async () => (await import("./criticalBatchProgram.ts")).criticalBatch(),
  },
  {
    name: "recommend",
    operands: "[run]",
    about:
      "which batch, accumulation, learning rate and β₂ to take, by pilots, and what they save; or not to accumulate",
    load: async () => (await import("./recommendProgram.ts")).recommend(),
  },
  {
    name: "lr-exponent",
    about: "how the best learning rate follows the batch: short trainings at several batches, rates and seeds",
    load: async () => (await import("./lrExponentProgram.ts")).lrExponent(),
  },
  {
    name: "worker",
    about: "trains the trials that studies put into a queue, on any machine that shares their store",
    load: async () => (await import("./workerProgram.ts")).worker(),
  },
  {
    name: "sweep",
    isGroup: true,
    about: "try many settings, each with several seeds: which is best, with its interval; list, show, stop, resume",
    load: async () => (await import("./sweepProgram.ts")).sweep(),
  },
  {
    name: "profile",
    about: "time per update and per epoch, and peak memory, against batch size; what an update costs",
    load: async () => (await studies()).profile(),
  },
  {
    name: "analyze",
    operands: "[run]",
    about: "what the batch gradients of a run's checkpoints say: noise scale, cosines, t-SNE, trend",
    load: async () => (await import("./analyzeProgram.ts")).analyze(),
  },
  {
    name: "diagnose",
    operands: "[run]",
    about: "why training fails: model, optimisation, overfitting or mismatch, with evidence and what to try",
    load: async () => (await import("./diagnoseProgram.ts")).diagnose(),
  },
  {
    name: "attach",
    operands: "<folder>",
    about: "the noise scale of a training loop of another program, PyTorch's for example, while it runs",
    load: async () => (await import("./attachProgram.ts")).attach(),
  },
  {
    name: "landscape",
    operands: "[run]",
    about: "flat or sharp: how far the loss rises around a checkpoint, its critical learning rate, and a slice of it",
    load: async () => (await import("./landscapeProgram.ts")).landscape(),
  },
  {
    name: "inspect-data",
    about: "labels to doubt, outliers and duplicates, by models that have not seen what they judge",
    load: async () => (await import("./inspectProgram.ts")).inspectDataProgram(),
  },
  {
    name: "evaluate",
    operands: "[run]",
    about: "how a run's model, or an .onnx file, fares on other data: accuracy or errors with their intervals",
    load: async () => (await import("./trainedPrograms.ts")).evaluate(),
  },
  {
    name: "predict",
    operands: "[run]",
    about: "what a run's model, or an .onnx file, says of new examples, as .csv or .npz",
    load: async () => (await import("./trainedPrograms.ts")).predict(),
  },
  {
    name: "verify",
    about: "prove on your model and data that the accumulated gradient equals the large batch's",
    load: async () => (await import("./verifyProgram.ts")).verify(),
  },
  {
    name: "gradients",
    about: "loss and gradients of an .onnx model on one batch, written as .safetensors or .npz",
    load: async () => (await import("./gradientsProgram.ts")).gradients(),
  },
  {
    name: "compile",
    about: "write the gradient and update graphs as .onnx files for any ONNX runtime",
    load: async () => (await import("./compileProgram.ts")).compile(),
  },
  {
    name: "models",
    operands: "[name]",
    about: "the models by name, with parameters and operations; the layers of one",
    load: async () => (await import("./modelsProgram.ts")).models(),
  },
  {
    name: "report",
    operands: "[run]",
    about: "a run as one HTML file: numbers, figures, what they say, and how to do it again",
    load: async () => (await store()).report(),
  },
  {
    name: "studies",
    isGroup: true,
    about: "list studies with what they say, show one",
    load: async () => (await import("./studiesProgram.ts")).studies(),
  },
  {
    name: "runs",
    isGroup: true,
    about: "list runs, show one, remove, tidy up, export",
    load: async () => (await store()).runs(aboutExport),
  },
  {
    name: "export",
    operands: "[run]",
    about: aboutExport,
    load: async () => (await store()).exportRun(),
  },
  {
    name: "doctor",
    about: "versions and engines on this machine; paste it into bug reports",
    load: async () => (await import("./doctorProgram.ts")).doctor(),
  },
];

/** The command with its options. */
export async function declared({ about, load }: CommandRow): Promise<Command> {
  return ((await load()) as Command).description(about);
}
