import { placeOf } from "../../store/place.ts";
import type { CheckpointAnalysis, LayerAnalysis } from "../../store/schema.ts";
import { type TerminalText, terminalEnglish } from "../../text/en/terminal.ts";
import { intervalText, percent, significant, whole } from "../../text/format.ts";
import type { Text } from "../../text/text.ts";
import { escapeHtml } from "../page/escape.ts";
import { htmlTable } from "../page/htmlTable.ts";
import { alignedLines } from "./aligned.ts";

/** The noise of each layer as lines of monospaced text. */
export function layerTable(
  layers: readonly LayerAnalysis[],
  { layers: text }: TerminalText = terminalEnglish,
): string[] {
  return alignedLines(table(layers, text));
}

/** The same as a part of a page, under a heading; nothing where layers were not told apart. */
export function layerHtml({ layers, ...checkpoint }: CheckpointAnalysis, { charts, terminal }: Text): string {
  if (!layers) return "";
  const [head, ...rows] = table(layers, terminal.layers);
  const columns = head!.map((name) => ({ name, unit: "" }));
  return `<h3>${escapeHtml(charts.layers.title(placeOf(checkpoint)))}</h3>\n${htmlTable(columns, rows)}`;
}

/**
 * Shares are of the sums over all layers; that of |G|² may be negative, as its estimate may be. The signal-to-noise
 * ratio of coordinates has a column where it was measured.
 */
function table(layers: readonly LayerAnalysis[], text: TerminalText["layers"]): string[][] {
  const total = (of: (layer: LayerAnalysis) => number) => layers.reduce((sum, layer) => sum + of(layer), 0);
  const [signal, noise] = [total((layer) => layer.squaredGradientNorm), total((layer) => layer.traceCovariance)];
  const isMeasured = layers.some(({ signalToNoise }) => signalToNoise);
  const rows = layers.map((layer) => [
    layer.name,
    whole(layer.parameters),
    significant(layer.squaredGradientNorm),
    signal > 0 ? percent(layer.squaredGradientNorm / signal) : "–",
    significant(layer.traceCovariance),
    noise > 0 ? percent(layer.traceCovariance / noise) : "–",
    intervalText(layer.noiseScale),
    ...(isMeasured ? [ratio(layer)] : []),
  ]);
  const head = [text.layer, text.parameters, "|G|²", text.share, "tr Σ", text.share, text.noiseScale];
  return [isMeasured ? [...head, "GSNR"] : head, ...rows];
}

function ratio({ signalToNoise }: LayerAnalysis): string {
  return signalToNoise && !Number.isNaN(signalToNoise.mean) ? significant(signalToNoise.mean) : "–";
}
