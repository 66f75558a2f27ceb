import type { FoundExponent, TriedBatch } from "../../experiment/rateExponent/run.ts";
import { lossMean } from "../../experiment/studies/seedMean.ts";
import { alignedLines, labelledLines, separated } from "../../report/terminal/aligned.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { fittedRate, lowestRate } from "../../statistics/learningRateExponent.ts";
import type { StudyVerdict } from "../../store/verdicts.ts";
import { significant, whole, withInterval } from "../../text/format.ts";
import type { Text } from "../../text/text.ts";
import { meanText } from "./showComparison.ts";

/** What `lr-exponent` prints beside the files. */
export interface ShownExponent {
  readonly answer: readonly StudyVerdict[];
  readonly page: string | null;
  readonly exponentFile: string | null;
  /** A training that uses it. */
  readonly command: string | null;
}

/** What `lr-exponent` prints: the answer, the best rate of each batch, what rules give, and where all lies. */
export function lrExponentLines(found: FoundExponent, shown: ShownExponent, text: Text): string[] {
  const { rateExponent: words } = text;
  const rules = ruleRows(found, text);
  return separated([
    answerLines(shown.answer, text),
    [words.batches, ...alignedLines(batchRows(found, text), (column) => column === 6)],
    rules.length === 0 ? [] : [words.rules, ...alignedLines(rules)],
    labelledLines(
      (
        [
          [words.report, shown.page],
          [words.exponentFile, shown.exponentFile],
          [words.use, shown.command],
        ] as const
      ).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
    ),
  ]);
}

/** A row for each batch size, the head first. */
export function batchRows({ batches, fit }: FoundExponent, { rateExponent: words }: Text): string[][] {
  const { columns } = words;
  const head = [
    columns.batchSize,
    columns.best,
    columns.fitted,
    columns.loss,
    columns.at,
    columns.rates,
    columns.state,
  ];
  const rows = batches.map(({ batchSize, curve }) => {
    const own = fit?.batches.find((one) => one.batchSize === batchSize);
    const lowest = lowestRate(curve.rates);
    const fitted = fit && fittedRate(fit, batchSize);
    return [
      whole(batchSize),
      own?.learningRate ? withInterval(own.learningRate) : "–",
      fitted === null ? "–" : significant(fitted),
      lowest === null ? "–" : significant(lowest.loss),
      lowest === null ? "–" : significant(curve.rates[lowest.place]!.learningRate),
      whole(curve.rates.length),
      own ? words.states[own.state] : "",
    ];
  });
  return [head, ...rows];
}

/** What the measured power and fixed rules give each batch from the smallest one's best rate; none without a fit. */
export function ruleRows({ fit }: FoundExponent, { rateExponent: { ruleColumns } }: Text): string[][] {
  const first = fit?.batches.find(({ learningRate }) => learningRate !== null);
  if (fit === null || fit.exponent === null || first === undefined) return [];
  const { batchSize, measured, sqrt, linear, none } = ruleColumns;
  const rows = fit.batches.map((one) => {
    const by = (exponent: number) =>
      significant(first.learningRate!.value * (one.batchSize / first.batchSize) ** exponent);
    return [whole(one.batchSize), significant(fittedRate(fit, one.batchSize)!), by(0.5), by(1), by(0)];
  });
  return [[batchSize, measured, sqrt, linear, none], ...rows];
}

/** The mean loss at each rate of a batch, the head first. */
export function lossRows({ curve, study }: TriedBatch, { rateExponent: words }: Text): string[][] {
  const { learningRate, loss, seeds } = words.lossColumns;
  const kind = study.file.specification.arms[0]!.configuration.loss;
  const rows = curve.rates.map((rate) => {
    const diverged = rate.losses.filter((one) => one === null).length;
    return [
      significant(rate.learningRate),
      meanText(lossMean(rate.losses, kind)),
      diverged > 0 ? words.diverged(diverged, rate.losses.length) : whole(rate.losses.length),
    ];
  });
  return [[learningRate, loss, seeds], ...rows];
}
