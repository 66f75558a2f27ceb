import { FLAT_SHARES } from "../../advice/landscapeVerdict.ts";
import { landscapeAnswer } from "../../api/landscapeDocument.ts";
import type { CriticalReason } from "../../curvature/criticalPoint.ts";
import { alignedLines, labelledLines, separated } from "../../report/terminal/aligned.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { foldedLines } from "../../report/terminal/folded.ts";
import type { Landscape } from "../../session/landscape/measure.ts";
import { percent, significant, whole, withInterval } from "../../text/format.ts";
import type { Text } from "../../text/text.ts";

/** What stands beside the measurement. */
export interface ShownLandscape {
  readonly files: readonly string[];
  readonly verbose: boolean;
  /** Of the terminal; undefined of a pipe. */
  readonly columns: number | undefined;
}

/** What `landscape` prints: the answer, the figures, the numbers, and the reasons where they are asked for. */
export function landscapeLines(found: Landscape, { files, verbose, columns }: ShownLandscape, text: Text): string[] {
  const { landscape: words, answers } = text;
  const reasons = reasonLines(found, text);
  const rows = numberRows(found, text);
  return separated([
    answerLines(landscapeAnswer(found), text),
    files.map((file) => `${words.figure}  ${file}`),
    [placeLine(found, text), ...(rows.length > 0 ? labelledLines(rows) : [])],
    flatnessTable(found, text),
    found.groups ? foldedLines(groupRows(found, text), columns) : [],
    found.omitted.map(({ part, reason }) => words.leftOut(words.omitted[part], words.because[reason])),
    verbose ? reasons : reasons.length > 0 ? [answers.folded(reasons.length)] : [],
  ]);
}

function placeLine({ place, parameters, examples, loss }: Landscape, { landscape: words }: Text): string {
  return place ? words.place(place.epoch, place.step, examples, loss) : words.bare(parameters, examples, loss);
}

type Row = readonly [name: string, value: string];

/** Names with numbers. */
export function numberRows(found: Landscape, text: Text): Row[] {
  const { landscape: words } = text;
  const { trace, density, preconditioned } = found;
  return [
    ...pointRows(found, text),
    ...(trace ? [[words.trace, withInterval(trace)] as const] : []),
    ...(density ? [[words.negativeShare, shareText(density.negativeShare)] as const] : []),
    ...criticalRows(found, text),
    ...(preconditioned
      ? ([
          [words.adam(preconditioned.optimizer), withInterval(preconditioned.largest)],
          [words.adamRate, significant(preconditioned.criticalRate)],
        ] as const)
      : []),
  ];
}

const shareText = ({ value, lower, upper }: { value: number; lower: number; upper: number }) =>
  `${percent(value)} [${percent(lower)}, ${percent(upper)}]`;

function pointRows({ point, parameters }: Landscape, { landscape: words }: Text): Row[] {
  if (point === null) return [];
  const { spectrum, gradientNorm, escape: way } = point;
  const { largest, smallest, negative, positive, complete } = spectrum;
  const left = way?.lowers ? words.fell(way.from, way.to, way.distance) : words.stays;
  return [
    [words.gradientNorm, significant(gradientNorm)],
    ...largest.map((one, i): Row => [words.largest(i + 1), withInterval(one)]),
    ...smallest.map((one, i): Row => [words.smallest(i + 1), withInterval(one)]),
    [words.signs, words.signCount(negative, positive, parameters, complete !== null)],
    ...(way ? [[words.escape, left] as const] : []),
  ];
}

function criticalRows({ critical }: Landscape, { landscape: words }: Text): Row[] {
  if (critical === null) return [];
  const { kind, value, lower, upper, tried, alpha } = critical;
  return [
    ...(kind === "found"
      ? [[words.next, words.criticalSharpness(value, lower, upper, tried.length + 1)] as const]
      : []),
    ...(Number.isNaN(alpha) ? [] : [[words.alpha, significant(alpha)] as const]),
  ];
}

function flatnessTable({ flatness }: Landscape, { landscape: words }: Text): string[] {
  if (flatness === null) return [];
  const { sharpness, twin } = flatness;
  const names = Object.keys(words.measures) as (keyof typeof words.measures)[];
  const row = (name: keyof typeof words.measures) => [
    words.measures[name],
    significant(sharpness[name]),
    ...(twin ? [significant(twin.sharpness[name])] : []),
    name === "asam" ? words.no : words.yes,
  ];
  return alignedLines([[words.measure, words.here, ...(twin ? [words.twin] : []), words.scale], ...names.map(row)]);
}

/** A row for each layer or block, the head first. */
export function groupRows({ groups, groupKind }: Landscape, { landscape: { columns } }: Text): string[][] {
  const head = [
    columns[groupKind ?? "layer"],
    columns.size,
    columns.gradient,
    columns.largest,
    columns.smallest,
    columns.trace,
  ];
  const rows = (groups ?? []).map(({ name, size, gradientNorm, largest, smallest, trace }) => [
    ...[name, whole(size), significant(gradientNorm)],
    ...[largest, smallest, trace].map(withInterval),
  ]);
  return [head, ...rows];
}

/** What the answer rests on, sentence by sentence. */
export function reasonLines(found: Landscape, text: Text): string[] {
  const { landscape: words } = text;
  const { point, second, flatness, critical, lossBefore, loss } = found;
  const learned = lossBefore === null ? 0 : lossBefore - loss;
  return [
    ...(point?.verdict.reasons ?? []).map((reason) => reasonText(reason, text)),
    ...(point ? [words.certified] : []),
    ...(second.kind === "differences" ? [words.differences(second.operator, second.error)] : []),
    ...(flatness && learned > 0 ? [words.flatRule(flatness.sharpness.asam / learned, FLAT_SHARES)] : []),
    ...(flatness ? [...twinNotes(found, words), words.lowerBound] : []),
    ...(critical && !Number.isNaN(critical.alpha) ? [words.alphaNote] : []),
  ];
}

function twinNotes({ flatness, omitted }: Landscape, words: Text["landscape"]): string[] {
  const twin = flatness?.twin;
  if (twin) return [words.twinNote(twin.pairs, twin.factor)];
  return omitted.some(({ part }) => part === "twin") ? [] : [words.noTwin];
}

function reasonText(reason: CriticalReason, { landscape: { reasons } }: Text): string {
  switch (reason.kind) {
    case "gradient":
      return reasons.gradient(reason);
    case "gain":
      return reasons.gain(reason);
    case "signs":
      return reasons.signs(reason);
    case "flat":
      return reasons.flat(reason);
    case "open":
      return reasons.open(reason);
    case "kinked":
      return reasons.kinked(reason);
  }
}
