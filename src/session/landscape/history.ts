import type { Objective } from "../../analysis/curvature/objective.ts";
import type { Model } from "../../model/model.ts";
import { listCheckpoints } from "../../store/checkpoints.ts";
import type { Budget, Meter } from "./parts.ts";
import { type Subject, vectorOf } from "./subject.ts";

/** The gradient over the same examples at another place of the training. */
export interface GradientPlace {
  /** Optimizer steps; 0 before training. */
  readonly step: number;
  readonly loss: number;
  readonly gradientNorm: number;
}

/** Checkpoints that are looked at, beside the beginning. */
const MOST = 8;
/** Until this share of the time others are looked at. */
const SHARE = 0.2;

interface HistoryMeans {
  readonly meter: Meter;
  readonly budget: Budget;
  readonly openAt: (model: Model) => Promise<Objective>;
}

/**
 * The gradient norm before training and at up to eight other checkpoints, over the examples of `objective`. Where a
 * network keeps running statistics each place has its own, so that `openAt` opens it anew.
 */
export async function gradientHistory(
  { beginning, trained, model }: Subject,
  objective: Objective,
  { meter, budget, openAt }: HistoryMeans,
): Promise<GradientPlace[]> {
  const others = trained ? listCheckpoints(trained.run).filter(({ step }) => step !== trained.place?.step) : [];
  const count = Math.min(MOST, others.length);
  const chosen = Array.from({ length: count }, (_, i) => others[Math.floor((i * others.length) / count)]!);
  const places: (readonly [number, () => Model])[] = [
    ...(beginning ? [[0, () => beginning] as const] : []),
    ...chosen.map((checkpoint) => [checkpoint.step, () => trained!.modelOf(checkpoint)] as const),
  ];
  meter.start("history", places.length);
  const history: GradientPlace[] = [];
  for (const [step, modelAt] of places) {
    if (budget.isOver(SHARE)) break;
    const other = modelAt();
    const own = model.state.length === 0 ? objective : await openAt(other);
    try {
      const { loss, gradient } = await own.gradientAt(vectorOf(other));
      history.push({ step, loss, gradientNorm: norm(gradient) });
    } finally {
      if (own !== objective) own.release();
    }
  }
  return history;
}

function norm(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
}
