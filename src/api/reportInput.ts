import { basename } from "node:path";
import { definitionsOfRun } from "../experiment/criticalBatch/definitions.ts";
import type { ReportInput } from "../report/page/html.ts";
import { readingOf } from "../report/terminal/answerLines.ts";
import { formatCommand } from "../session/command.ts";
import { resolveAccumulation } from "../session/options/accumulation.ts";
import type { AnalysisFile } from "../store/schema.ts";
import { firstUpdateSize, scaledRate } from "../store/updateSize.ts";
import type { Text } from "../text/text.ts";
import { answerOf, findingsIn, type Reported } from "./reported.ts";

/** All that a report tells of a run, in the words of one language. */
export function reportInput(reported: Reported, analysis: AnalysisFile | null, text: Text): ReportInput {
  const { run, path, configuration, summary, trained, records, landscape } = reported;
  const { batchSize, steps, effectiveBatchSize } = resolveAccumulation(configuration);
  const { model, data, optimizer, learningRate, seed, schedule } = configuration;
  const analyzed = analysis && (analysis.command ?? formatCommand("analyze", { run: run.id, checkpoint: "all" }));
  return {
    run,
    analysis,
    records: { ...records, effectiveBatchSize: firstUpdateSize({ ...configuration }) ?? effectiveBatchSize },
    landscape,
    summary,
    definitions: analysis === null ? [] : definitionsOfRun({ path }, analysis),
    answer: answerOf(reported, analysis),
    reading: readingOf(findingsIn(analysis), text),
    text,
    config: {
      model,
      data: analysis?.data ?? basename(data),
      optimizer,
      learningRate: scaledRate({ ...configuration }) ?? learningRate,
      schedule: schedule === "constant" ? undefined : schedule,
      seed,
      microBatch: batchSize,
      accumulation: steps,
      effectiveBatchSize,
      commands: [
        ...(trained ? [trained] : []),
        ...(analyzed ? [analyzed] : []),
        formatCommand(`report ${run.id}`, { lang: text.language }),
      ],
    },
  };
}
