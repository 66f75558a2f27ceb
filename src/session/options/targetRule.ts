import type { TargetRule } from "../../data/targets.ts";
import { losses } from "../../model/loss.ts";
import { outputsOfFile } from "../../training/openModel.ts";
import { type LossFlags, namedLoss } from "./loss.ts";

/** What the loss and the model that are asked for make of targets. Throws `UsageError` for a loss that is none. */
export function targetRuleOf(
  configuration: Pick<LossFlags, "loss" | "lossPreset" | "ignoreIndex"> & {
    readonly model: string;
    readonly output?: string | undefined;
  },
): TargetRule {
  const { model, output, ignoreIndex } = configuration;
  const loss = namedLoss(configuration);
  return {
    ignoreIndex,
    aim: loss && (losses[loss].aim ?? undefined),
    ...(model.endsWith(".onnx") && { outputs: () => outputsOfFile(model, output) }),
  };
}
