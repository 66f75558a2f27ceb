import type { StudyEvent } from "../../experiment/studies/schedule.ts";
import type { Text } from "../../text/text.ts";
import { inFlags } from "../inFlags.ts";
import { say } from "./print.ts";
import { chooseProgress, createProgress, type ProgressStream } from "./progress.ts";

/** Shows how far a study is: a bar over its trials, with the time that is left, and a line for each that fails. */
export function showStudy(stream: ProgressStream, { comparison: words }: Pick<Text, "comparison">) {
  const mode = chooseProgress("auto", stream.isTTY === true, process.env.TERM) as "bar" | "lines";
  const progress = createProgress(mode, stream, () => performance.now());
  const running = new Set<string>();
  let [done, begun] = [0, false];
  const log = (line: string) => (begun ? progress.log(inFlags(line)) : say(line));
  return {
    listen(event: StudyEvent) {
      if (event.kind === "begin") {
        done = event.ended;
        begun = event.ended < event.trials;
        if (begun) progress.start(words.progress, event.trials, event.ended);
        return;
      }
      const { arm, seed } = event.trial;
      const name = words.started({ arm, seed, attempt: event.attempt });
      if (event.kind === "started") running.add(name);
      else {
        running.delete(name);
        const { state, reason, early } = event.end;
        if (state !== "done" && early === undefined)
          log(words.ended({ arm, seed, state, reason: reason ?? "", again: event.again }));
        if (!event.again) done++;
      }
      progress.update(done, [...running]);
    },
    /** A line above the bar, where there is one. */
    log,
    finish: () => {
      if (begun) progress.finish();
      begun = false;
    },
  };
}
