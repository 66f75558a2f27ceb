import { existsSync } from "node:fs";
import { join } from "node:path";
import type { SweepFacts } from "../../api/sweepFacts.ts";
import type { RanSweep } from "../../experiment/sweeps/runSweep.ts";
import type { SettingResult } from "../../experiment/sweeps/sweepResult.ts";
import { labelledLines, separated } from "../../report/terminal/aligned.ts";
import type { SweepMetric } from "../../store/studies/sweep.ts";
import { kebab } from "../../tensor/kebab.ts";
import { percent, significant, whole } from "../../text/format.ts";
import type { Text } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { meanText } from "./showComparison.ts";
import { tableLines } from "./tableLines.ts";

/** Settings of the first table. */
const SHOWN = 12;

/** What `sweep` prints: the answer, the table of the best settings, and what follows. */
export function sweepLines(ran: Pick<RanSweep, "path" | "file">, facts: SweepFacts, text: Text): string[] {
  const { sweep: words } = text;
  const { settings } = facts.result;
  const rows = settingRows(ran.file, facts, text);
  const report = join(ran.path, "report.html");
  const left = settings.length - SHOWN;
  return separated([
    [said(facts.answer, words.answers)],
    tableLines(rows.slice(0, SHOWN + 1)),
    [...(left > 0 ? [words.more(left, ran.file.id)] : []), ...(hasMarks(facts) ? [words.mark] : [])],
    facts.findings.map((found) => said(found, words.findings)),
    labelledLines([
      [text.comparison.study, ran.path],
      ...(existsSync(report) ? [[text.comparison.report, report] as const] : []),
    ]),
  ]);
}

export const hasMarks = ({ result }: SweepFacts) => result.settings.some(({ mayBeBest }) => mayBeBest === true);

/** How a value of the metric is written. */
export const formatOf = (metric: SweepMetric) => (metric === "validation-loss" ? significant : percent);

/** The table of settings from best to worst, its head first. */
export function settingRows(file: RanSweep["file"], { result }: SweepFacts, { sweep: words }: Text): string[][] {
  const { metric, parameters } = file.specification;
  const show = formatOf(metric);
  const options = parameters.map(({ option }) => option);
  const head = [
    ...options.map((option) => kebab(option)),
    words.metrics[metric],
    words.columns.seeds,
    words.columns.state,
  ];
  const rows = result.settings.map((one) => [
    ...options.map((option) => valueText(one.values[option])),
    `${one.mayBeBest ? "* " : ""}${measured(one, show, words)}`,
    whole(one.trials.filter(({ state }) => state === "done").length),
    words.states[one.state],
  ]);
  return [head, ...rows];
}

/** A number with the digits that it was given. */
export function valueText(value: unknown): string {
  if (typeof value !== "number") return [value].flat().join("+");
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
}

function measured(one: SettingResult, show: (value: number) => string, words: Text["sweep"]): string {
  if (one.state === "done") return meanText(one.value, show);
  if (one.stoppedAt === null) return "–";
  return words.after(show(one.stoppedAt.value.value), whole(one.stoppedAt.examples));
}
