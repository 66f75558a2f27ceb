import type { GradientStatistics } from "../../statistics/table.ts";
import type { SketchBound } from "../../store/schema.ts";
import type { TerminalText } from "../../text/en/terminal.ts";
import { expectedCosineOf, intervalText, significant, whole } from "../../text/format.ts";

type Fact = readonly [name: string, value: string];

/** How many gradients of how many examples. */
export function gradientHead(
  { rows, batchSize, datasetSize }: GradientStatistics,
  { gradients: text }: TerminalText,
): string {
  return text.head({
    rows,
    batchSize: whole(batchSize),
    datasetSize: datasetSize === null ? null : whole(datasetSize),
  });
}

/** The numbers of gradients that another program saved, by their names. */
export function gradientFacts(
  s: GradientStatistics,
  sketch: SketchBound | null,
  { gradients: text }: TerminalText,
): Fact[] {
  const { noiseRatio, noiseScale, datasetNoiseScale, batchSize } = s;
  const unbiased = noiseScale.resolved
    ? significant(noiseRatio.population)
    : `≥ ${significant(noiseScale.lower / batchSize)}`;
  return [
    [text.noiseScale, text.examples(intervalText(noiseScale))],
    ...(datasetNoiseScale ? ([[text.datasetNoiseScale, text.examples(intervalText(datasetNoiseScale))]] as const) : []),
    [text.noiseRatio(whole(noiseRatio.batchSize)), text.ratios(significant(noiseRatio.plugIn), unbiased)],
    ...signalFact(s, text),
    [text.noise, significant(s.traceCovariance)],
    ["|G|²", text.signals(significant(s.squaredGradientNorm), significant(s.squaredNormOfMean))],
    [text.meanCosine, text.cosines(significant(s.meanCosine), expectedCosineOf(s).text)],
    [text.opposed, text.pair(...s.mostOpposedPair)],
    ...(sketch
      ? ([[text.sketch, text.sketched(whole(sketch.dimensions), significant(sketch.cosineError))]] as const)
      : []),
  ];
}

function signalFact({ batchSignalToNoise, batchSize }: GradientStatistics, text: TerminalText["gradients"]): Fact[] {
  if (!batchSignalToNoise || !Number.isFinite(batchSignalToNoise.lower)) return [];
  const { value, lower, upper } = batchSignalToNoise;
  const range = `[${significant(lower)}, ${significant(upper)}]`;
  return [[text.signalToNoise(whole(batchSize)), `${significant(value)} ${range}`]];
}
