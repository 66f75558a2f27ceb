/** What is asked on a terminal, in English. Numbers come in as text, already rounded. */
export const promptsEnglish = {
  data: "Which data?",
  dataFor: (command: string) => `Which data for ${command}?`,
  subset: "The whole data or a subset?",
  set: "Which set of the folder?",
  whole: "the whole data",
  all: "all subsets, one run each",
  model: "Which model?",
  noModel: "no model takes these data; choose other data",
  parameters: (count: string, about: string) => `${count} parameters, ${about}`,
  modelFile: "a model from a file",
  onnxFile: "Which .onnx file?",
  batch: "Which file holds the batch (.npz, .npy or .safetensors)?",
  out: "Where to write it?",
  format: "Which format?",
  formats: {
    onnx: "the model, for inference",
    tensorboard: "the metrics, for TensorBoard",
    csv: "the metrics, as a table",
    parquet: "the metrics, as a table",
  },
  batchSize: "How many examples in a micro-batch?",
  gradientAccumulationSteps: "How many micro-batches to accumulate in an update?",
  epochs: "How many epochs?",
  learningRate: "Which learning rate?",
  checkpointEvery: "Epochs between checkpoints?",
  run: "Which run?",
  trained: "Which run or .onnx file?",
  checkpoint: "Which checkpoint?",
  allCheckpoints: "all",
  bestCheckpoint: "the best",
  epoch: (epoch: number) => `epoch ${epoch}`,
  step: (step: number, epochs: number) => `step ${step}, after ${epochs} whole epochs`,
  atStep: (step: number) => `step ${step}`,
  own: "here, in this folder",
  file: "a file or folder of that name",
  newRow: (typed: string) => `take ${typed}`,
  install: (name: string) => `needs: npm install ${name}`,
  sets: (path: string, count: number) => `${path} holds ${count} sets.`,
  opened: ({ name, train, validation, classes, names }: OpenedText) =>
    `${name}: ${train} examples to train and ${validation} to validate` +
    `${classes === null ? "" : `; ${classes} classes: ${names}`}.`,
  whole1: "a whole number of at least 1, please",
  wholes1: "whole numbers of at least 1, please, with commas between several",
  above0: "a number above 0, please",
  name: "a name, please",
  taken: "this exists already; another name, please",
  repeat: "the same without questions:",
  remove: (names: string) => `Remove ${names} with all files?`,
  yes: "yes",
  no: "no",
  cancelled: "cancelled",
  keys: {
    filter: "filter:",
    list: "arrow keys: choose | letters: filter | Enter: take | Esc: cancel",
    text: "Enter: take | Esc: cancel",
    none: "nothing is like that; Backspace takes letters away",
    above: (count: number) => `... ${count} above`,
    below: (count: number) => `... ${count} below`,
    preset: (value: string) => `${value} (unless you type another)`,
  },
};

interface OpenedText extends Record<"name" | "train" | "validation" | "names", string> {
  /** Null where numbers are predicted. */
  readonly classes: number | null;
}

export type PromptsText = typeof promptsEnglish;
