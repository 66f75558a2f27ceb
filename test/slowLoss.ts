import type { Loss } from "../src/model/loss.ts";

/**
 * Σ w·ℓ and Σ w of a loss by loops over its rows of `width` outputs, written from the definitions: the second
 * implementation.
 */
export function slowLoss(loss: Loss, outputs: number[], targets: readonly number[], width: number) {
  const rows = Array.from({ length: outputs.length / width }, (_, i) => outputs.slice(i * width, (i + 1) * width));
  let [sum, weight] = [0, 0];
  rows.forEach((row, i) => {
    const own = loss.name === "cross_entropy" || loss.name === "focal" ? [targets[i]!] : targets.slice(i * width);
    const added = slowRow(loss, row, own);
    sum += added[0];
    weight += added[1];
  });
  return { loss: sum, weight };
}

function slowRow({ name, options }: Loss, row: readonly number[], target: readonly number[]): [number, number] {
  if (name === "cross_entropy") return slowCrossEntropy(row, target[0]!, options);
  if (name === "focal") return slowFocal(row, target[0]!, options);
  if (name === "kl_divergence") {
    const p = softmax(row);
    return [row.reduce((sum, _, c) => sum + (target[c]! > 0 ? target[c]! * Math.log(target[c]! / p[c]!) : 0), 0), 1];
  }
  const elements = row.map((x, c) => slowElement(name, options, x, target[c]!, c));
  return [elements.reduce((sum, [l]) => sum + l, 0), elements.reduce((sum, [, w]) => sum + w, 0)];
}

function softmax(row: readonly number[]): number[] {
  const sum = row.reduce((total, x) => total + Math.exp(x), 0);
  return row.map((x) => Math.exp(x) / sum);
}

function slowCrossEntropy(row: readonly number[], y: number, options: Loss["options"]): [number, number] {
  const { classWeights = row.map(() => 1), labelSmoothing = 0, ignoreIndex = -100 } = options;
  if (y === ignoreIndex) return [0, 0];
  const smoothed = softmax(row).reduce((sum, p, c) => {
    const goal = (c === y ? 1 - labelSmoothing : 0) + labelSmoothing / row.length;
    return sum - goal * classWeights[c]! * Math.log(p);
  }, 0);
  return [smoothed, classWeights[y]!];
}

function slowFocal(row: readonly number[], y: number, options: Loss["options"]): [number, number] {
  const { focalAlpha, focalGamma = 2, focalNormalizer, ignoreIndex = -100 } = options;
  if (y === ignoreIndex) return [0, 0];
  const p = softmax(row)[y]!;
  const alpha = focalAlpha?.length === 1 ? (y === 1 ? focalAlpha[0]! : 1 - focalAlpha[0]!) : (focalAlpha?.[y] ?? 1);
  const weight = focalNormalizer === "positives" ? (y > 0 ? 1 : 0) : 1;
  return [-alpha * (1 - p) ** focalGamma * Math.log(p), weight];
}

function slowElement(name: string, options: Loss["options"], x: number, t: number, c: number): [number, number] {
  const at = (list: readonly number[] | undefined, fallback: number) =>
    list ? list[list.length === 1 ? 0 : c]! : fallback;
  const [p, d] = [1 / (1 + Math.exp(-x)), Math.abs(x - t)];
  if (name === "bce_with_logits") {
    const own = at(options.positiveWeight, 1) * t * Math.log(p) + (1 - t) * Math.log(1 - p);
    return [-at(options.classWeights, 1) * own, 1];
  }
  if (name === "sigmoid_focal") {
    const alpha = at(options.focalAlpha, 0.25);
    const right = p * t + (1 - p) * (1 - t);
    const balance = alpha * t + (1 - alpha) * (1 - t);
    const entropy = -(t * Math.log(p) + (1 - t) * Math.log(1 - p));
    const weight = options.focalNormalizer === "positives" ? (t > 0.5 ? 1 : 0) : 1;
    return [balance * (1 - right) ** (options.focalGamma ?? 2) * entropy, weight];
  }
  const { huberDelta = 1, smoothL1Beta: beta = 1 } = options;
  if (name === "mse") return [d * d, 1];
  if (name === "l1") return [d, 1];
  if (name === "huber") return [d < huberDelta ? (d * d) / 2 : huberDelta * (d - huberDelta / 2), 1];
  if (name === "smooth_l1") return [d < beta ? (d * d) / (2 * beta) : d - beta / 2, 1];
  return [x, 1];
}
