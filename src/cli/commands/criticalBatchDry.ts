import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ParentPlan, PLACES } from "../../experiment/criticalBatch/parent.ts";
import type { BranchPlan, BranchRequest } from "../../experiment/criticalBatch/plan.ts";
import { probeArm } from "../../experiment/studies/probe.ts";
import type { StudyBudget } from "../../store/studies/study.ts";
import { waitingText } from "../../text/duration.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { print, printJson } from "../terminal/print.ts";

interface Shown {
  readonly jobs: number;
  readonly json: boolean;
}

/** `--dry-run`: how many branches, and from a probe of each batch size how long they take. */
export function dryBranches(plans: readonly BranchPlan[], { jobs, json }: Shown): Promise<void> {
  return inFolder(async (folder) => {
    const { plan, examples } = plans[0]!;
    let seconds = 0;
    for (const arm of plan.arms) seconds += (await probeArm(plan.specification, arm, folder)).seconds;
    seconds *= (plans.length * plan.seeds.length) / jobs;
    const branches = plans.length * plan.arms.length * plan.seeds.length;
    if (json) return printJson({ branches, examples, checkpoints: plans.length, seconds: rounded(seconds) });
    const { criticalBatch: words } = textIn(languageOf(process.env));
    print(words.plan(branches, examples, plans.length), words.estimate(waitingText(seconds)));
  });
}

/** The same where the run is to be trained first: how long that takes too, all by probes of its own batch size. */
export function dryParent(parent: ParentPlan, { seeds }: BranchRequest, { jobs, json }: Shown): Promise<void> {
  return inFolder(async (folder) => {
    const { arm, updates, checkpointSteps, factors, branchExamples: examples } = parent;
    const probe = async (budget: StudyBudget) =>
      (await probeArm({ budget, evaluateExamples: null }, arm, folder)).seconds;
    const before = await probe({ kind: "updates", value: updates });
    const checkpoints = PLACES;
    const branches = checkpoints * factors.length * seeds.length;
    const seconds = ((await probe({ kind: "examples", value: examples })) * branches) / jobs;
    if (json)
      return printJson({
        parent: { updates, checkpointSteps, seconds: rounded(before) },
        ...{ branches, examples, checkpoints, seconds: rounded(seconds) },
      });
    const { criticalBatch: words } = textIn(languageOf(process.env));
    print(
      words.planOfParent(updates, arm.accumulation.effectiveBatchSize, checkpointSteps),
      words.estimateOfParent(waitingText(before)),
      words.plan(branches, examples, checkpoints),
      words.estimate(waitingText(seconds)),
    );
  });
}

const rounded = (seconds: number) => Number(seconds.toPrecision(2));

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "batchscope-probe-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
