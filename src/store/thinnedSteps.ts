import type { StepRecord } from "./schema.ts";

/**
 * Takes steps one by one and keeps at most about `most` of them, in order: all where there are no more, else of each
 * stretch the lowest and the highest loss; always the first and the last.
 */
export function thinnedSteps(most = 2 ** 17): { add(step: StepRecord): void; steps(): StepRecord[] } {
  let kept: StepRecord[] = [];
  let stretch: StepRecord[] = [];
  // Steps for each two that are kept.
  let size = 2;
  let [first, last]: (StepRecord | undefined)[] = [];
  const close = () => {
    kept.push(...(size === 2 ? stretch : extremes(stretch)));
    stretch = [];
  };
  return {
    add(step) {
      first ??= step;
      last = step;
      stretch.push(step);
      if (stretch.length < size) return;
      close();
      if (kept.length <= most) return;
      kept = Array.from({ length: Math.ceil(kept.length / 4) }, (_, i) =>
        extremes(kept.slice(4 * i, 4 * i + 4)),
      ).flat();
      size *= 2;
    },
    steps: () => {
      const all = [...kept, ...(size === 2 ? stretch : extremes(stretch))];
      const ends = [first, last].filter((step) => step !== undefined && !all.includes(step)) as StepRecord[];
      return ends.length === 0 ? all : [...ends, ...all].sort((a, b) => a.step - b.step);
    },
  };
}

/** The lowest and the highest loss in their order; what is not finite stands for itself. */
function extremes(steps: readonly StepRecord[]): StepRecord[] {
  if (steps.length <= 2) return [...steps];
  let [low, high] = [0, 0];
  for (const [i, { loss }] of steps.entries()) {
    if (!(loss >= steps[low]!.loss)) low = i;
    if (loss > steps[high]!.loss) high = i;
  }
  return [...new Set([low, high].sort((a, b) => a - b))].map((i) => steps[i]!);
}
