import { isPresent } from "../../advice/recommendVerdict.ts";
import { formatCommand } from "../../session/command.ts";
import { windowOf } from "../../statistics/recommend/machine.ts";
import { plain } from "../../text/verdictParts.ts";
import { printedCommand } from "../printedCommands.ts";
import { decidedByStudies } from "../programs/studyFlags.ts";
import type { Advice } from "./recommendFound.ts";

/** Options that the advice is about. */
const advised = [
  ...["batchSize", "gradientAccumulationSteps", "enableAutoGradientAccumulation", "targetBatchSize"],
  ...["learningRate", "beta2"],
];

/** A difference of so much of the loss is told by the check. */
const EFFECT = 0.01;

/** The commands that train the advised setting, and judge it against the present one where it is another. */
export function recommendCommands({ found, given }: Pick<Advice, "found" | "given">): {
  readonly train: string;
  readonly judge: string | null;
} {
  const { plan, machine, target } = found;
  const { advice } = found.recommendation;
  const { batchSize, accumulationSteps } = windowOf(advice.effectiveBatchSize, { ...machine, devices: 1 });
  const own = {
    ...{ batchSize, gradientAccumulationSteps: accumulationSteps, learningRate: plain(advice.learningRate) },
    ...(advice.beta2 !== null && advice.beta2 !== plan.present.beta2 && { beta2: plain(advice.beta2) }),
  };
  const kept = Object.entries(given).filter(([name]) => !advised.includes(name));
  const train = formatCommand("train", { ...Object.fromEntries(kept), ...own } as never);
  if (isPresent(found)) return { train: command(train), judge: null };
  const side = Object.entries(own).map(([name, value]) => `${kebabOf(name)}=${value}`);
  const studied = Object.entries(given).filter(([name]) => !(decidedByStudies as readonly string[]).includes(name));
  const budget = plan.schedule === null ? { budget: budgetOf(found) } : {};
  const asked = { metric: "validation-loss", minimumEffect: plain(EFFECT * Math.abs(target)), ...budget };
  const judge = formatCommand(`judge "${side.join(" ")}" base`, { ...Object.fromEntries(studied), ...asked } as never);
  return { train: command(train), judge: command(judge) };
}

const command = (line: string) => printedCommand(line.replace(/^\S+ /, ""));
const kebabOf = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** As much of the goal for both as the advice takes to the target. */
function budgetOf({ plan: { goal }, recommendation: { advice } }: Advice["found"]): string {
  if (goal === "time") return `seconds=${plain(advice.seconds.value)}`;
  return `${goal}=${Math.ceil(advice[goal].value)}`;
}
