import type { Language } from "../../text/text.ts";

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
  const last = remainder === 0 ? "" : ` = ${steps - 1} × ${batchSize} + ${remainder}`;
  if (language === "zh") {
    if (steps === 1) return `未启用梯度累积: batch_size ${batchSize}`;
    return [
      `🔄 梯度累积配置: 每${steps}轮累积一次梯度`,
      `   实际batch_size: ${batchSize}`,
      `   有效batch_size: ${effectiveBatchSize}${last}`,
    ].join("\n");
  }
  if (steps === 1) return `No gradient accumulation: batch size ${batchSize}`;
  return [
    `🔄 Gradient accumulation: one update every ${steps} micro-batches`,
    `   actual batch size: ${batchSize}`,
    `   effective batch size: ${effectiveBatchSize}${last}`,
  ].join("\n");
}
