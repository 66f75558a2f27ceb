import { layerShares } from "../../statistics/layers.ts";
import { subjectOf } from "../../store/place.ts";
import type { CheckpointAnalysis, LayerAnalysis } from "../../store/schema.ts";
import { type TerminalText, terminalEnglish } from "../../text/en/terminal.ts";
import { intervalText, percentOrDash, significant, whole } from "../../text/format.ts";
import type { Text } from "../../text/text.ts";
import { escapeHtml } from "../page/escape.ts";
import { htmlTable } from "../page/htmlTable.ts";
import { foldedLines } from "./folded.ts";

/** The noise of each layer as lines of monospaced text. */
export function layerTable(
  layers: readonly LayerAnalysis[],
  { layers: text }: TerminalText = terminalEnglish,
  columns?: number,
): string[] {
  return foldedLines(table(layers, text), columns);
}

/** The same as a part of a page, under a heading; nothing where layers were not told apart. */
export function layerHtml({ layers, ...checkpoint }: CheckpointAnalysis, { charts, terminal }: Text): string {
  if (!layers) return "";
  const [head, ...rows] = table(layers, terminal.layers);
  const columns = head!.map((name) => ({ name, unit: "" }));
  return `<h3>${escapeHtml(charts.layers.title(subjectOf(checkpoint)))}</h3>\n${htmlTable(columns, rows)}`;
}

/**
 * Shares that cannot be told are dashes. The signal-to-noise ratio of coordinates has a column where it was measured.
 */
function table(layers: readonly LayerAnalysis[], text: TerminalText["layers"]): string[][] {
  const { signal, noise } = layerShares(layers);
  const isMeasured = layers.some(({ signalToNoise }) => signalToNoise);
  const rows = layers.map((layer, i) => [
    layer.name,
    whole(layer.parameters),
    significant(layer.squaredGradientNorm),
    percentOrDash(signal[i]),
    significant(layer.traceCovariance),
    percentOrDash(noise[i]),
    intervalText(layer.noiseScale),
    ...(isMeasured ? [ratio(layer)] : []),
  ]);
  const head = [text.layer, text.parameters, "|G|²", text.share, "tr Σ", text.share, text.noiseScale];
  return [isMeasured ? [...head, "GSNR"] : head, ...rows];
}

function ratio({ signalToNoise }: LayerAnalysis): string {
  return signalToNoise && !Number.isNaN(signalToNoise.mean) ? significant(signalToNoise.mean) : "–";
}
