/**
 * Dynamic loss scaling as in torch.amp.GradScaler (torch/amp/grad_scaler.py, `_amp_update_scale_`), with its defaults:
 * float16 has no gradients below 6e-8, so the loss is multiplied by a scale before the backward pass and the gradients
 * are divided by it after.
 */
export interface LossScale {
  readonly scale: number;
  /** Steps with finite gradients since the scale last changed. */
  readonly cleanSteps: number;
}

export const initialLossScale: LossScale = { scale: 2 ** 16, cleanSteps: 0 };

const GROWTH = 2;
const BACKOFF = 0.5;
const GROWTH_INTERVAL = 2000;

/**
 * The scale after an optimizer step (once per window, never inside one): halved where a gradient was infinite or NaN,
 * and the step is skipped; doubled after 2000 clean steps in a row unless float32 has no such number.
 */
export function nextLossScale({ scale, cleanSteps }: LossScale, finite: boolean): LossScale {
  if (!finite) return { scale: Math.fround(scale * BACKOFF), cleanSteps: 0 };
  if (cleanSteps + 1 < GROWTH_INTERVAL) return { scale, cleanSteps: cleanSteps + 1 };
  const grown = Math.fround(scale * GROWTH);
  return { scale: Number.isFinite(grown) ? grown : scale, cleanSteps: 0 };
}
