import type { InspectionSummary } from "../store/inspection.ts";
import type { InspectionVerdict } from "../store/verdicts.ts";

type Summary = Pick<
  InspectionSummary,
  | "examples"
  | "judged"
  | "evident"
  | "labelIssues"
  | "estimatedNoise"
  | "conflictingLabels"
  | "noticeableErrors"
  | "acrossSplit"
  | "heldOutAccuracy"
>;

/** Models that contradict so many more labels than seem wrong miss errors, and doubt right ones. */
const WEAK = 0.05;

/** Where doubted labels can be looked at, if anywhere, and the command that makes such a page. */
interface Look {
  readonly page: string | null;
  readonly command: string;
}

/** What to do with the labels, then with examples that are there more than once. */
export function inspectionVerdicts(summary: Summary, look: Look): InspectionVerdict[] {
  const { conflictingLabels, acrossSplit } = summary;
  return [
    labelVerdict(summary, look),
    ...(conflictingLabels > 0 ? [{ kind: "contraryDuplicates", groups: conflictingLabels } as const] : []),
    ...(acrossSplit > 0 ? [{ kind: "sharedExamples", groups: acrossSplit } as const] : []),
  ];
}

function labelVerdict(summary: Summary, look: Look): InspectionVerdict {
  const { judged, evident, labelIssues: doubted, estimatedNoise, examples } = summary;
  if (judged === 0) return { kind: "labelsUnjudged", examples };
  const contradicted = 1 - summary.heldOutAccuracy;
  const models = contradicted - estimatedNoise >= WEAK ? { contradicted } : {};
  if (!evident) {
    const noticeable = summary.noticeableErrors === null ? null : summary.noticeableErrors / judged;
    return { kind: "noLabelDoubted", judged, noticeable, ...models };
  }
  if (doubted === 0) return { kind: "labelsNoisy", judged, estimatedNoise, ...models };
  return { kind: "labelsDoubted", doubted, judged, estimatedNoise, ...models, ...look };
}
