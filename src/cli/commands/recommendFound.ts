import type { FoundRecommendation } from "../../experiment/recommend/run.ts";
import type { BatchDefinition } from "../../store/batchDefinitions.ts";
import type { RecommendReason } from "../../store/recommendReasons.ts";
import type { StudyVerdict } from "../../store/verdicts.ts";

/** What pilots came to, with what is said of it. */
export interface Advice {
  readonly found: FoundRecommendation;
  readonly answer: readonly StudyVerdict[];
  readonly reasons: readonly RecommendReason[];
  readonly definitions: readonly BatchDefinition[];
  /** Options of the present setting, as they were given. */
  readonly given: Readonly<Record<string, unknown>>;
}
