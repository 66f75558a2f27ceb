import type { MeasureEvent } from "../../session/measure.ts";
import type { Text } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { inFlags } from "../inFlags.ts";
import { chooseProgress, createProgress, type ProgressStream } from "./progress.ts";

/**
 * Shows a measurement of checkpoints: one bar for all of it; where lines cannot be rewritten, one of them every ten
 * seconds.
 */
export function showMeasurement(stream: ProgressStream, { commands, remarks }: Pick<Text, "commands" | "remarks">) {
  const mode = chooseProgress("auto", stream.isTTY === true, process.env.TERM) as "bar" | "lines";
  const progress = createProgress(mode, stream, () => performance.now());
  const text = commands.analysis;
  let done = 0;
  return {
    listen(event: MeasureEvent) {
      if (event.kind === "changed") progress.log(text.dataChanged(event.run));
      else if (event.kind === "warning") progress.log(inFlags(said(event.warning, remarks)));
      else if (event.kind === "smaller") progress.log(text.smaller(event));
      else if (event.kind === "measured") progress.log(text.measured(event));
      else if (event.kind === "begin") progress.start("analyze", event.examples);
      else {
        done += event.examples;
        progress.update(done);
      }
    },
    finish: () => {
      if (mode === "bar") progress.finish();
    },
  };
}
