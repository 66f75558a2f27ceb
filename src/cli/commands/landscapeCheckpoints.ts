import { join } from "node:path";
import { isStable } from "../../advice/landscapeVerdict.ts";
import { landscapeAnswer, landscapeDocument, landscapePlace } from "../../api/landscapeDocument.ts";
import { readReported } from "../../api/reported.ts";
import { reportInput } from "../../api/reportInput.ts";
import { trainingCurves } from "../../report/charts/trainingCurves.ts";
import { chartPng } from "../../report/png.ts";
import { chartSvg } from "../../report/svg.ts";
import { separated } from "../../report/terminal/aligned.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { foldedLines } from "../../report/terminal/folded.ts";
import type { Landscape } from "../../session/landscape/measure.ts";
import type { LandscapePart } from "../../session/landscape/parts.ts";
import { selectCheckpoints } from "../../store/checkpoints.ts";
import { writeAtomically } from "../../store/document.ts";
import { keepLandscape } from "../../store/landscape.ts";
import type { Run } from "../../store/runs.ts";
import { UsageError } from "../../tensor/errors.ts";
import { significant, whole } from "../../text/format.ts";
import { type Text, textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { pictureText } from "../terminal/pictureText.ts";
import { print, printJson } from "../terminal/print.ts";
import type { LandscapeAsked, LandscapeFlags } from "./landscapeFlags.ts";

/** What is measured at every checkpoint unless told otherwise. */
const PARTS: readonly LandscapePart[] = ["verdict", "sharpness", "critical"];

/** Measures one checkpoint; `name` stands before its progress. */
type Measure = (asked: LandscapeAsked, flags: LandscapeFlags, name: string) => Promise<Landscape>;

/** `landscape --checkpoint all`: a row for each checkpoint, and training with its curvature in one figure. */
export async function everyCheckpoint(
  run: Run,
  { asked, flags }: { readonly asked: LandscapeAsked; readonly flags: LandscapeFlags },
  measure: Measure,
): Promise<void> {
  const parts = flags.only === undefined ? PARTS : asked.parts;
  if (parts.includes("slice") || parts.includes("density"))
    throw new UsageError(
      "--only: expected numbers of every checkpoint, as verdict, trace, sharpness or critical, got a figure of one; choose a single --checkpoint for it",
    );
  const checkpoints = selectCheckpoints(run, "all");
  const seconds = asked.seconds && asked.seconds / checkpoints.length;
  const found: Landscape[] = [];
  for (const [i, { step }] of checkpoints.entries()) {
    const one = { ...flags, checkpoint: `step:${step}` };
    found.push(await measure({ ...asked, parts, seconds }, one, `${i + 1}/${checkpoints.length} `));
    keepLandscape(run, landscapePlace(found.at(-1)!, asked.seed));
  }
  const text = textIn(languageOf(process.env));
  const files = await writeFigure(run);
  const answer = landscapeAnswer(found.at(-1)!);
  if (flags.json) return printJson({ run: run.record.id, answer, checkpoints: found.map(landscapeDocument), files });
  const { columns, isTTY } = process.stdout;
  print(
    ...separated([
      answerLines(answer, text),
      files.map((file) => `${text.landscape.figure}  ${file}`),
      foldedLines(rowsOf(found, text), isTTY ? columns : undefined, (column) => column === VERDICT),
    ]),
  );
}

async function writeFigure(run: Run): Promise<string[]> {
  const words = pictureText(languageOf(process.env));
  const { records } = reportInput(readReported(run), null, words);
  const chart = trainingCurves(records, words.charts);
  const name = join(run.path, "plots", "loss_checkpoints");
  writeAtomically(`${name}.png`, await chartPng(chart));
  writeAtomically(`${name}.svg`, chartSvg(chart, "light"));
  return [`${name}.png`, `${name}.svg`];
}

/** Of the verdict's column, whose cells are words. */
const VERDICT = 5;

/** A row for each checkpoint, the head first; "–" for what was not measured. */
function rowsOf(found: readonly Landscape[], { landscape: { overTime: words } }: Text): string[][] {
  const head = [words.step, words.loss, words.gradient, words.largest, words.smallest, words.verdict, words.asam];
  const rows = found.map(({ place, loss, point, flatness, critical }) => [
    whole(place!.step),
    significant(loss),
    point ? significant(point.gradientNorm) : "–",
    point ? significant(point.spectrum.largest[0]!.value) : "–",
    point ? significant(point.spectrum.smallest[0]!.value) : "–",
    point ? words.kinds[point.verdict.kind] : "–",
    flatness ? significant(flatness.sharpness.asam) : "–",
    critical?.kind === "found" ? significant(critical.value) : "–",
    critical ? (isStable(critical) ? words.yes : words.no) : "–",
  ]);
  return [[...head, words.critical, words.stable], ...rows];
}
