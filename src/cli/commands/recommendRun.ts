import { definitionsOfRun } from "../../experiment/criticalBatch/definitions.ts";
import { expectedOf } from "../../experiment/recommend/fromRun.ts";
import type { RecommendPlan } from "../../experiment/recommend/plan.ts";
import { separated } from "../../report/terminal/aligned.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { definitionLines } from "../../report/terminal/definitionTable.ts";
import { analysisIn } from "../../store/analysis.ts";
import type { Run } from "../../store/runs.ts";
import type { StudyVerdict } from "../../store/verdicts.ts";
import { textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { print, printJson } from "../terminal/print.ts";

/** `recommend RUN` without pilots: what the run alone says, with wider ends. Writes nothing. */
export function sayOfRun(run: Run, plan: RecommendPlan, json: boolean): void {
  const { reasons, ...expected } = expectedOf(run, plan);
  const { goal, present } = plan;
  const { effectiveBatchSize, learningRate, lower, upper, rateLower, rateUpper } = expected;
  const isPresent = effectiveBatchSize === present.effectiveBatchSize;
  const answer: StudyVerdict[] = [{ kind: "settingExpected", ...expected, goal, isPresent }];
  const definitions = definitionsOfRun(run, analysisIn(run));
  const text = textIn(languageOf(process.env));
  if (!json) {
    const why = reasons.map((one) => `- ${said(one, text.recommend.reasons)}`);
    const table = definitionLines(definitions, text);
    print(...separated([answerLines(answer, text), table, [text.recommend.reasoning, ...why]]));
    return;
  }
  const english = textIn("en").recommend.reasons;
  printJson({
    answer,
    ...{ run: run.record.id, goal, complete: false },
    advice: {
      ...{ batchSize: effectiveBatchSize / plan.devices, accumulationSteps: 1, effectiveBatchSize, learningRate },
      ...{ beta2: present.beta2, accumulate: false, effectiveBatchSizeLower: lower, effectiveBatchSizeUpper: upper },
      ...{ learningRateLower: rateLower, learningRateUpper: rateUpper },
    },
    alternatives: [],
    rules: [],
    definitions,
    reasons: reasons.map((one) => ({ ...one, text: said(one, english) })),
  });
}
