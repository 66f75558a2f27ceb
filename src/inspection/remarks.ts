import type { Dataset } from "../data/dataset.ts";
import type { InspectionRemark } from "../store/findings.ts";
import type { InspectionSummary } from "../store/inspection.ts";
import { LEAST_SEEN } from "./labels.ts";

/** Share of unseen labels that a model contradicts beyond those that are estimated to be wrong. */
const WEAK = 0.05;

export interface Remarked {
  readonly data: Dataset;
  readonly model: string;
  /** Whether rows of one value share a fold. */
  readonly together: boolean;
  /** Why there is no self-influence. */
  readonly untraced: string | undefined;
  readonly summary: Pick<InspectionSummary, "examples" | "judged" | "heldOutAccuracy" | "estimatedNoise">;
}

/** What a reader must know to judge the findings. */
export function remarksOf({ data, model, together, untraced, summary }: Remarked): InspectionRemark[] {
  const { start, series } = data.columns ?? {};
  const absent = data.classes - new Set(data.labels).size;
  const unjudged = summary.examples - summary.judged;
  const contradicted = 1 - summary.heldOutAccuracy;
  const remarks: (InspectionRemark | false)[] = [
    start !== undefined && series !== undefined && !together && { kind: "overlappingWindows" },
    model.endsWith(".onnx") && { kind: "trainedBefore", model },
    untraced !== undefined && { kind: "untraced", why: untraced },
    absent > 0 && { kind: "absentClasses", absent, classes: data.classes },
    unjudged > 0 && { kind: "unjudged", labels: unjudged, leastSeen: LEAST_SEEN },
    // Models that do not know the classes well find few of the errors between classes that they take for each other.
    contradicted - summary.estimatedNoise >= WEAK && { kind: "weakModels", contradicted },
  ];
  return remarks.filter((remark) => remark !== false);
}
