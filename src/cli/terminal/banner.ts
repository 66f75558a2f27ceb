import { type Language, textIn } from "../../text/text.ts";

/** How the examples of one update are cut into micro-batches; what `resolveAccumulation` gives. */
export interface BannerAccumulation {
  readonly batchSize: number;
  readonly steps: number;
  /** Examples of the last micro-batch when it is smaller than `batchSize`, else 0. */
  readonly remainder: number;
  readonly effectiveBatchSize: number;
}

/** The lines that say how gradients are accumulated, before training starts; one plain line when they are not. */
export function accumulationBanner(accumulation: BannerAccumulation, language: Language): string {
  const { batchSize, steps, remainder, effectiveBatchSize } = accumulation;
  const text = textIn(language).terminal.banner;
  if (steps === 1) return text.none(batchSize);
  const last = remainder === 0 ? "" : ` = ${steps - 1} × ${batchSize} + ${remainder}`;
  return [text.steps(steps), `   ${text.actual(batchSize)}`, `   ${text.effective(effectiveBatchSize)}${last}`].join(
    "\n",
  );
}
