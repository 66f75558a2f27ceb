import { significant } from "../advice/format.ts";
import { learningRateGrid, type SweepKind, sweepKinds, sweepLearningRates } from "../experiment/learningRateRange.ts";
import { learningRateRange } from "../report/learningRateRange.ts";
import { chartPng } from "../report/png.ts";
import { chartSvg } from "../report/svg.ts";
import {
  type LearningRateSuggestion,
  type LearningRateSweep,
  type SweepReading,
  suggestLearningRate,
} from "../statistics/learningRateSweep.ts";
import { writeAtomically } from "../store/document.ts";
import { encodeJson } from "../store/json.ts";
import { UsageError } from "../tensor/errors.ts";
import { resolveConfiguration } from "./configuration.ts";
import { openChosenEngine } from "./engine.ts";
import { InterruptedError } from "./exit.ts";
import { wholeNumber } from "./numbers.ts";
import type { TrainConfiguration } from "./options.ts";
import { onSignals } from "./signals.ts";
import { prepareTraining } from "./train.ts";

/** Options of `lr-find` as commander gives them, beside those of `train`. */
export interface RangeFlags {
  readonly from: string;
  readonly to: string;
  readonly rates: string;
  readonly sweep: string;
  readonly repeats: string;
  readonly plot?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The command `lr-find`: range tests over several seeds, and what they suggest. Writes nothing but the pictures asked for. */
export async function runLrFind(flags: RangeFlags & Readonly<Record<string, unknown>>): Promise<void> {
  const { from, to, rates, sweep, repeats, plot, json, ...others } = flags;
  const kind = sweepKinds.find((one) => one === sweep);
  if (!kind)
    throw new UsageError(`--sweep: expected one of ${sweepKinds.join(", ")}, got "${sweep}"; choose one of them`);
  const learningRates = learningRateGrid(kind, Number(from), Number(to), wholeNumber("--rates", rates, 2));
  const count = wholeNumber("--repeats", repeats, 3);
  const configuration = resolveConfiguration(others, process.env);
  const sweeps = await sweepAll(configuration, learningRates, count);
  const found = suggestLearningRate(sweeps);
  const name = `${configuration.model} on ${configuration.data}, ${configuration.optimizer}`;
  const files = plot === undefined ? [] : await draw(plot, name, sweeps, found);
  process.stdout.write(
    json
      ? `${encodeJson(document(kind, learningRates, sweeps, found, files), 2)}\n`
      : `${[...words(found, sweeps), ...files.map((file) => `picture  ${file}`)].join("\n")}\n`,
  );
}

async function sweepAll(configuration: TrainConfiguration, learningRates: readonly number[], repeats: number) {
  const engine = await openChosenEngine(process.env, configuration.device);
  const signals = onSignals();
  const sweeps: LearningRateSweep[] = [];
  try {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const seed = configuration.seed + repeat;
      const { options: training, remarks, accumulation } = await prepareTraining({ ...configuration, seed });
      if (repeat === 0) {
        const window = accumulation.window.join(" + ");
        for (const line of [...remarks, `updates of ${window} examples`]) process.stderr.write(`${line}\n`);
      }
      const sweep = await sweepLearningRates(engine, { training, learningRates }, signals.aborted);
      const interruption = signals.received();
      if (interruption) throw new InterruptedError(interruption);
      sweeps.push(sweep);
      process.stderr.write(
        `seed ${seed}: ${sweep.losses.length} rates, ${ends[sweep.end]} (${repeat + 1}/${repeats})\n`,
      );
    }
  } finally {
    signals.stopListening();
  }
  return sweeps;
}

const ends = {
  rates: "none of them diverged",
  rose: "then the loss had risen to four times its lowest",
  "not finite": "then the loss was no finite number",
};

async function draw(
  plot: string,
  name: string,
  sweeps: readonly LearningRateSweep[],
  found: LearningRateSuggestion,
): Promise<string[]> {
  const chart = learningRateRange(name, sweeps, found);
  const stem = plot.replace(/\.(png|svg)$/i, "");
  writeAtomically(`${stem}.png`, await chartPng(chart));
  writeAtomically(`${stem}.svg`, chartSvg(chart, "light"));
  return [`${stem}.png`, `${stem}.svg`];
}

function document(
  kind: SweepKind,
  learningRates: readonly number[],
  sweeps: readonly LearningRateSweep[],
  found: LearningRateSuggestion,
  pictures: readonly string[],
) {
  return {
    ...found,
    grid: { sweep: kind, from: learningRates[0], to: learningRates.at(-1), rates: learningRates.length },
    sweeps: sweeps.map((sweep, i) => ({ ...sweep, ...found.sweeps[i]! })),
    pictures,
  };
}

function words(
  { suggestion, why, tenthOfMinimum, largestStable, sweeps: readings }: LearningRateSuggestion,
  sweeps: readonly LearningRateSweep[],
): string[] {
  const orNone = (value: number | null) => (value === null ? "–" : significant(value));
  const row = (reading: SweepReading, { end, losses }: LearningRateSweep) => [
    String(reading.seed),
    String(losses.length),
    orNone(reading.steepest?.learningRate ?? null),
    orNone(reading.steepest?.slope ?? null),
    orNone(reading.minimum?.learningRate ?? null),
    orNone(reading.largestStable),
    end,
    reading.problem ?? "",
  ];
  const table = [
    ["seed", "rates", "steepest at", "loss per decade", "lowest at", "largest stable", "ended by", ""],
    ...readings.map((reading, i) => row(reading, sweeps[i]!)),
  ];
  const widths = table[0]!.map((_, c) => Math.max(...table.map((cells) => cells[c]!.length)));
  const lines = table.map((cells) =>
    cells
      .map((cell, c) => (c < 6 ? cell.padStart(widths[c]!) : cell))
      .join("  ")
      .trimEnd(),
  );
  const range =
    suggestion && `${significant(suggestion.lower)} to ${significant(suggestion.upper)} over ${readings.length} seeds`;
  return [
    ...lines,
    "",
    suggestion ? `suggested learning rate  ${significant(suggestion.value)} (${range}): ${why}` : why,
    `lowest ÷ 10              ${orNone(tenthOfMinimum)}`,
    `largest stable           ${largestStable === null ? "not reached" : significant(largestStable)}`,
  ];
}
