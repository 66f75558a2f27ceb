import { setTimeout as delay } from "node:timers/promises";
import { type ForeignFollower, type ForeignRun, followForeignRun } from "../../session/foreignRun.ts";
import { batchRegime } from "../../statistics/batchRegime.ts";
import { foreignRemedies } from "../../store/foreignGaps.ts";
import { finePercent } from "../../text/format.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { print, printJson, sayInPlace } from "../terminal/print.ts";

/** Options of `attach` as commander gives them. */
export interface AttachFlags {
  readonly once?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Between two readings, in milliseconds: as often as the writer appends. */
const PAUSE = 1000;

/** The command `attach`: what the training loop of another program says of itself, now or until it ends. */
export async function runAttach(folder: string, flags: AttachFlags): Promise<void> {
  const follower = followForeignRun(folder);
  // Before anything is waited for: a folder that is none is an error at once.
  const first = follower.read();
  const run = flags.once || first?.ended ? first : await following(follower, folder);
  if (flags.json) printJson(documentOf(folder, run));
  else print(...(run === null ? [words().waiting(folder)] : linesOf(run)));
}

const words = () => textIn(languageOf(process.env)).attach;

/** Until the loop ends; a signal ends it as it ends any program that has nothing to save. */
async function following(follower: ForeignFollower, folder: string): Promise<ForeignRun | null> {
  for (let run = follower.read(); ; run = follower.read()) {
    sayInPlace(run === null ? words().waiting(folder) : linesOf(run).slice(0, 2).join("  "));
    if (run?.ended) return run;
    await delay(PAUSE);
  }
}

function regimeOf({ batchSize, noiseScale }: ForeignRun) {
  const { value, lower, upper, resolved } = noiseScale;
  return batchSize === null || !resolved ? null : batchRegime(batchSize, { value, lower, upper });
}

function documentOf(folder: string, run: ForeignRun | null) {
  if (run === null) return { run: folder, steps: 0, noiseScale: null, regime: null, missing: [] };
  const { header, steps, noiseScale, batchSize, measured, last, evaluation, processes, ended } = run;
  return {
    run: run.folder,
    steps,
    lastStep: last?.step ?? null,
    batchSize,
    noiseScale: { ...noiseScale, unit: header.unit, steps: measured, parameterShare: shareOf(run) },
    regime: regimeOf(run)?.regime ?? null,
    loss: last?.loss ?? null,
    learningRate: last?.learningRate ?? null,
    validationLoss: evaluation?.validationLoss ?? null,
    optimizer: header.optimizer ?? null,
    processes,
    ended,
    missing: run.missing.map((gap) => ({ what: gap, add: foreignRemedies[gap] })),
  };
}

/** Of the parameters, what the noise was seen in. */
const shareOf = ({ header, last }: ForeignRun) =>
  last?.exampleSquaredNorms === undefined ? 1 : (header.exampleNormShare ?? 1);

function linesOf(run: ForeignRun): string[] {
  const text = words();
  const { header, last, batchSize, noiseScale, measured, evaluation, processes } = run;
  const { unit } = header;
  const found = regimeOf(run);
  const isBounded = Number.isFinite(noiseScale.lower) && noiseScale.lower > 0;
  const answer = found
    ? text.answer[found.regime](batchSize!, unit, found.ratio)
    : isBounded
      ? text.open(noiseScale.lower, unit)
      : text.unseen;
  const share = shareOf(run);
  const scale = [
    ...(measured > 0 ? [text.noiseScale(noiseScale, unit, measured)] : []),
    ...(share < 1 ? [text.share(finePercent(share))] : []),
  ];
  const facts = [
    ...(last ? [text.steps(run.steps, last.step)] : []),
    ...(last?.loss === undefined ? [] : [text.loss(last.loss)]),
    ...(last?.learningRate === undefined ? [] : [text.rate(last.learningRate)]),
    ...(evaluation ? [text.validation(evaluation.validationLoss)] : []),
    ...(run.ended ? [text.ended] : []),
  ];
  return [
    answer,
    ...(scale.length > 0 ? [text.list(scale)] : []),
    text.list(facts),
    ...(processes > 1 ? [text.processes(processes)] : []),
    ...(run.missing.length > 0 ? [text.missing] : []),
    ...run.missing.map((gap) => `  ${text.gap(text.gaps[gap], foreignRemedies[gap])}`),
  ];
}
