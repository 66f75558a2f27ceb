import { existsSync } from "node:fs";
import { resolveConfiguration } from "../../session/configuration.ts";
import { followsNoise } from "../../session/options/batchSchedule.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import { locateFiles, readRunConfiguration } from "../../session/runConfiguration.ts";
import { openRun, type Run } from "../../store/runs.ts";
import { openStudyNamed, readStudy, type Study, studyPath } from "../../store/studies/study.ts";
import { readTrials } from "../../store/studies/trials.ts";
import { NotFoundError, option, UsageError } from "../../tensor/errors.ts";
import { didYouMean } from "../../tensor/suggest.ts";
import { armOf } from "../studies/arms.ts";
import { trialDefaults } from "../studies/identity.ts";
import { armsWithRates, isTuned, readTuning } from "../studies/tuning.ts";
import { BASE, kindOfSide, type SideKind } from "./sideKind.ts";

/** One of the two that are judged, with the configuration that is trained. */
export interface Side {
  readonly kind: SideKind;
  /** In tables and figures. */
  readonly name: string;
  readonly configuration: TrainConfiguration;
}

export interface SideMeans {
  readonly directory: string;
  /** Options of `train` beside the sides, as text. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads a side. Throws `UsageError` for options beside a run or an arm, which have their own, for a run that still
 * trains and for what an option cannot be, and `NotFoundError` for what is not there.
 */
export function readSide(text: string, means: SideMeans): Side {
  if (text.trim() === "")
    throw new UsageError(
      'judge: expected two sides, got "" as one; write options as key=value, base, a file, study/arm or a run',
    );
  const kind = kindOfSide(text);
  const side = { options: ofOptions, file: ofFile, arm: ofArm, run: ofRun }[kind](text.trim(), means);
  return { ...side, kind };
}

type Read = Omit<Side, "kind">;

function ofOptions(text: string, { flags, environment }: SideMeans): Read {
  const given = text === BASE ? "" : text;
  try {
    return { name: text.split(/\s+/).join(","), configuration: armOf(flags, given, environment) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`side "${text}": ${error.message}`);
  }
}

function ofFile(text: string, { flags, environment }: SideMeans): Read {
  if (flags.config !== undefined)
    throw new UsageError(
      `${option("config")}: expected none beside the file ${text}, got another; leave one of them out`,
    );
  const { set = [], ...options } = flags;
  const configuration = resolveConfiguration(
    { ...options, config: text, set: [...trialDefaults, ...(set as string[])] },
    environment,
  );
  return { name: text.split(/[/\\]/).at(-1)!, configuration };
}

function refuseFlags(what: string, { flags }: SideMeans): void {
  const [stray] = Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (stray !== undefined)
    throw new UsageError(
      `${option(stray)}: expected no options of train beside ${what}, whose own are trained, got some; leave them out, or write both sides as options`,
    );
}

/** Of how it is shown, which an arm does not keep. */
const unkept = { seed: 0, dir: "batchscope", description: "", tags: [], tensorboard: false, json: false } as const;

function ofArm(text: string, means: SideMeans): Read {
  const { directory } = means;
  const [study, ...rest] = text.split("/");
  const [id, name] = [study!, rest.join("/")];
  refuseFlags(`the arm ${text}`, means);
  if (existsSync(text) && readStudy(studyPath(directory, id)) === null)
    throw new UsageError(
      `judge: expected an arm as study/arm, got ${text}, which is a path and no study; write ./${text} for a run, or name the study`,
    );
  const found = openStudyNamed(directory, id);
  const names = found.file.specification.arms.map((arm) => arm.name);
  const arm = armsKnown(directory, found).find((one) => one.name === name);
  if (arm === undefined)
    throw new NotFoundError(
      `judge: expected an arm of the study ${id}, got ${JSON.stringify(name)}${didYouMean(name, names) || `; choose one of ${names.join(", ")}`}`,
    );
  if (arm.configuration.learningRate === undefined)
    throw new UsageError(
      `judge: expected an arm whose learning rate is known, got ${text}, which is not tuned to its end; let compare finish first`,
    );
  return {
    name: text,
    configuration: { ...unkept, progress: "none", ...arm.configuration } as unknown as TrainConfiguration,
  };
}

/** Each with the rate that it was given, where it is known. */
function armsKnown(directory: string, { path, file: { specification } }: Study) {
  const tuned = readTuning(directory, specification, readTrials({ path }, false));
  return armsWithRates(specification, tuned).map((arm) =>
    isTuned(arm.name, tuned) ? arm : { ...arm, configuration: { ...arm.configuration, learningRate: undefined } },
  );
}

function ofRun(text: string, means: SideMeans): Read {
  refuseFlags(`the run ${text}`, means);
  const run = openRun(means.directory, text);
  const { record, status } = run;
  if (status === "running")
    throw new UsageError(`judge: expected a run that has ended, got ${record.id}, which still trains; wait for it`);
  return { name: record.id, configuration: ofItsOwn(run) };
}

function ofItsOwn(run: Run): TrainConfiguration {
  const configuration = locateFiles(run, readRunConfiguration(run));
  const { swapEpochs, swapWorkers, noiseScale, accumulationSchedule } = configuration;
  if (swapEpochs !== undefined || swapWorkers !== undefined)
    throw new UsageError(
      `judge: expected a run of one training, got ${run.record.id}, whose copies are averaged; judge its options without them`,
    );
  // Measured, it changes no bit and takes time; but some plans of accumulation follow it.
  const measured = followsNoise(accumulationSchedule) ? noiseScale : "off";
  return { ...configuration, noiseScale: measured, keepCheckpoints: 1, trialOf: undefined };
}
