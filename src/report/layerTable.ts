import { intervalText, percent, significant, whole } from "../advice/format.ts";
import { type TerminalText, terminalEnglish } from "../advice/text/terminalEnglish.ts";
import type { LayerAnalysis } from "../store/schema.ts";
import { alignedLines } from "./aligned.ts";

/**
 * The noise of each layer as lines of monospaced text. Shares are of the sums over all layers; that of |G|² may be negative, as its
 * estimate may be.
 */
export function layerTable(
  layers: readonly LayerAnalysis[],
  { layers: text }: TerminalText = terminalEnglish,
): string[] {
  const total = (of: (layer: LayerAnalysis) => number) => layers.reduce((sum, layer) => sum + of(layer), 0);
  const [signal, noise] = [total((layer) => layer.squaredGradientNorm), total((layer) => layer.traceCovariance)];
  const rows = layers.map((layer) => [
    layer.name,
    whole(layer.parameters),
    significant(layer.squaredGradientNorm),
    signal > 0 ? percent(layer.squaredGradientNorm / signal) : "–",
    significant(layer.traceCovariance),
    noise > 0 ? percent(layer.traceCovariance / noise) : "–",
    intervalText(layer.noiseScale),
  ]);
  const head = [text.layer, text.parameters, "|G|²", text.share, "tr Σ", text.share, text.noiseScale];
  return alignedLines([head, ...rows]);
}
