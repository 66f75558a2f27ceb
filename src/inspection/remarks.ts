import type { Dataset } from "../data/dataset.ts";
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

/** What a reader must know to judge the findings; `text/zh/remarks.ts` has them in Chinese. */
export function remarksOf({ data, model, together, untraced, summary }: Remarked): string[] {
  const { start, series } = data.columns ?? {};
  const absent = data.classes - new Set(data.labels).size;
  const unjudged = summary.examples - summary.judged;
  return [
    ...(start && series && !together
      ? ["examples are windows that may overlap: a model may have trained on the neighbours of what it judges"]
      : []),
    ...(model.endsWith(".onnx")
      ? [
          `every fold starts from the weights of ${model}: if they were trained on these data, no example is unseen and wrong labels look right`,
        ]
      : []),
    ...(untraced === undefined ? [] : [`self-influence was not measured: ${untraced}`]),
    ...(absent > 0 ? [`${absent} of the ${data.classes} classes have no example among those inspected`] : []),
    ...(unjudged > 0
      ? [`labels not judged, as their models saw fewer than ${LEAST_SEEN} other examples of the class: ${unjudged}`]
      : []),
    ...weakness(summary),
  ];
}

/** Models that do not know the classes well find few of the errors between classes that they take for each other. */
function weakness({ heldOutAccuracy, estimatedNoise }: Remarked["summary"]): string[] {
  if (!(1 - heldOutAccuracy - estimatedNoise >= WEAK)) return [];
  return [
    `the models disagree with ${(100 * (1 - heldOutAccuracy)).toFixed(0)} % of the labels that they have not seen, more than seem to be wrong: of labels of classes that they take for each other they doubt few, and miss errors; more --epochs or another --model may find more`,
  ];
}
