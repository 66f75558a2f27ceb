import { join, resolve } from "node:path";
import type { Chart } from "../../report/charts/chart.ts";
import { hessianSpectrum } from "../../report/charts/hessianSpectrum.ts";
import { lossSlice } from "../../report/charts/lossSlice.ts";
import { taylorLine } from "../../report/charts/taylorLine.ts";
import { chartPng } from "../../report/png.ts";
import { chartSvg } from "../../report/svg.ts";
import type { Landscape } from "../../session/landscape/measure.ts";
import { writeAtomically } from "../../store/document.ts";
import { placeName } from "../../store/place.ts";
import type { Run } from "../../store/runs.ts";
import type { LandscapeText } from "../../text/en/landscape.ts";
import { languageOf } from "../language.ts";
import { writeNewFolder } from "../outputs.ts";
import { pictureText } from "../terminal/pictureText.ts";

/** Every figure of what was measured, the most telling first, by the name of its file. */
export function landscapeFigures(
  { slice, point, density }: Landscape,
  words: LandscapeText["chart"],
): readonly (readonly [name: string, chart: Chart])[] {
  const eigenvalues = point ? [...point.spectrum.largest, ...point.spectrum.smallest] : [];
  return [
    ...(slice ? [[`loss_${slice.kind}`, lossSlice(slice, words)] as const] : []),
    ...(point?.taylor ? [["loss_taylor", taylorLine(point.taylor, words)] as const] : []),
    ...(density ? [["loss_spectrum", hessianSpectrum({ density, eigenvalues }, words)] as const] : []),
  ];
}

/** Draws them as PNG and SVG into a new folder, or into the run's `plots`; without both nowhere. Gives their paths. */
export async function writeLandscape(run: Run | null, found: Landscape, out: string | undefined): Promise<string[]> {
  if (run === null && out === undefined) return [];
  const { chart: words } = pictureText(languageOf(process.env)).landscape;
  const files = new Map<string, string | Uint8Array>();
  const place = found.place ? `_${placeName({ ...found.place, insideEpoch: undefined })}` : "";
  for (const [name, chart] of landscapeFigures(found, words)) {
    files.set(`${name}${place}.png`, await chartPng(chart));
    files.set(`${name}${place}.svg`, chartSvg(chart, "light"));
  }
  const folder = out === undefined ? join(run!.path, "plots") : resolve(out);
  if (out !== undefined) writeNewFolder(folder, files);
  else for (const [name, contents] of files) writeAtomically(join(folder, name), contents);
  return [...files.keys()].map((name) => join(folder, name));
}
