/** What a number of a log is of. */
export type LogField =
  | "step"
  | "epoch"
  | "loss"
  | "epochLoss"
  | "validationLoss"
  | "accuracy"
  | "validationAccuracy"
  | "gradientNorm"
  | "learningRate";

/** `trainLoss`, `train/loss`, `Train Loss` as "train loss". */
const words = (name: string) =>
  name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .join(" ");

const TEST = /\b(val|valid|validation|test|eval|evaluation|dev)\b/;

/** The first that a name matches; of several columns of a kind the first is taken. */
const rules: readonly (readonly [LogField, (name: string) => boolean])[] = [
  ["step", (name) => /^(global |train |trainer )*(step|iter|iteration|update|batch idx)s?$/.test(name)],
  ["epoch", (name) => /^(train )?epochs?$/.test(name)],
  ["learningRate", (name) => /\b(lr|learning rate)\b/.test(name)],
  ["gradientNorm", (name) => /\bgrad(ient)?s?( l2)?( global)? ?norm\b|\bgradnorm\b/.test(name)],
  ["validationLoss", (name) => TEST.test(name) && isLoss(name)],
  ["validationAccuracy", (name) => TEST.test(name) && isAccuracy(name)],
  ["epochLoss", (name) => /^(train )?epoch( train)? loss$|^epoch train loss$|^train loss epoch$/.test(name)],
  ["loss", (name) => !/\bscale\b/.test(name) && isLoss(name)],
  ["accuracy", isAccuracy],
];

function isLoss(name: string): boolean {
  return /\b(loss|nll|cross entropy|mse)\b/.test(name);
}

function isAccuracy(name: string): boolean {
  return /\b(acc|accuracy)\b/.test(name);
}

/** What the name of a number in a log says that it is; null where it says nothing that a diagnosis uses. */
export function fieldOf(name: string): LogField | null {
  const plain = words(name);
  return rules.find(([, holds]) => holds(plain))?.[0] ?? null;
}
