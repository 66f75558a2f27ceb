import { Command } from "../commander.ts";
import { declareTrainOptions } from "./flags.ts";

const examples = `
Examples:
  batchscope train --model lenet --data mnist --batch-size 16 --gradient-accumulation-steps 2 --epochs 5
  batchscope train --model mlp --data mnist --batch-size 4 --enable-auto-gradient-accumulation
  batchscope train --model lenet --data mnist --batch-size 24 --target-batch-size 64   (24 + 24 + 16 per update)
  batchscope train --model lenet --data mnist --subset all      one run for each subset
  batchscope train --model mlp --data flowers.csv --target species --split-by garden
  batchscope train --model resnet --data photos/ --image-size 32 --augment crop,flip
  batchscope train -c batchscope/runs/<id>/config.yaml          the same run again
  batchscope train --resume latest                              go on where the newest run stopped`;

/** The command `train`. */
export function train() {
  const command = new Command("train");
  declareTrainOptions(command as unknown as Command);
  return command.addHelpText("after", examples).action(async (options) => {
    const flags = options as Record<string, unknown>;
    if (flags.resume !== undefined) return (await import("../commands/resume.ts")).runResume(flags);
    return (await import("../commands/train.ts")).runTrain(flags);
  });
}
