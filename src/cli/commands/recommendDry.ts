import { expectedEffort } from "../../experiment/profileProbe.ts";
import { inOwnProcesses } from "../../experiment/profileProcesses.ts";
import { costPlan } from "../../experiment/recommend/cost.ts";
import type { RecommendPlan } from "../../experiment/recommend/plan.ts";
import { PILOTS } from "../../experiment/recommend/run.ts";
import { waitingText } from "../../text/duration.ts";
import { whole } from "../../text/format.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { print, printJson } from "../terminal/print.ts";

/** `--dry-run`: among which batches about how many pilots would be trained, and how long all takes at most. */
export async function dryRecommend(plan: RecommendPlan, json: boolean): Promise<void> {
  const { configuration, plan: sizes } = await costPlan(plan);
  const own = { configuration, limitBytes: sizes.limitBytes, signal: new AbortController().signal };
  const measuring = await inOwnProcesses(own, (processes) => expectedEffort(sizes, processes));
  const seconds = measuring.seconds + plan.seconds;
  const { batchSizes, updates, id } = plan;
  if (json)
    return printJson({
      ...{ study: id, pilots: PILOTS, batchSizes, updates },
      ...{ measuringSeconds: Number(measuring.seconds.toPrecision(2)), seconds: Number(seconds.toPrecision(2)) },
    });
  const { recommend: words } = textIn(languageOf(process.env));
  print(words.plan(PILOTS, updates, batchSizes.map(whole).join(", ")), words.estimate(waitingText(seconds)));
}
