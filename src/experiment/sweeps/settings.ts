import type { SweepParameter, SweepSpecification } from "../../store/studies/sweep.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { kebab } from "../../tensor/kebab.ts";
import { type Random, random } from "../../tensor/random.ts";

/** Values of the options that vary, by option. */
export type SettingValues = Readonly<Record<string, unknown>>;

/** Points of a grid that are put into an order. */
const MOST_POINTS = 100_000;
/** Settings of a sweep. */
const MOST_SETTINGS = 10_000;
/** Draws for a setting that was not drawn before. */
const DRAWS = 1000;
/** Significant digits of a number that is drawn. */
const DIGITS = 4;

/** Points of the grid, 1 where there is none. Throws `UsageError` for too many. */
export function gridSize(parameters: readonly SweepParameter[]): number {
  const size = parameters.reduce((all, one) => all * (one.kind === "grid" ? one.values.length : 1), 1);
  if (size <= MOST_POINTS) return size;
  throw new UsageError(
    `${option("grid")}: expected at most ${MOST_POINTS} points, got ${size}; give ${option("random")} ranges instead`,
  );
}

/** Settings where no number is asked for: the points of a grid; null where values are drawn. */
export function usualTrials(parameters: readonly SweepParameter[]): number | null {
  return parameters.every(({ kind }) => kind === "grid") ? gridSize(parameters) : null;
}

/**
 * The first `trials` settings. Each depends on the specification alone, so that more of them begin with the same ones:
 * the points of the grid in an order of the sweep's seed, over and over where values are drawn beside them; no setting
 * comes twice. Throws `UsageError` for fewer than two, and for more than there are.
 */
export function settingsOf(
  { parameters, sweepSeed }: Pick<SweepSpecification, "parameters" | "sweepSeed">,
  trials: number,
): SettingValues[] {
  const points = gridSize(parameters);
  const order = random(sweepSeed, 1).permutation(points);
  const draws = random(sweepSeed, 2);
  const known = new Set<string>();
  const settings: SettingValues[] = [];
  const most = usualTrials(parameters);
  if (trials > MOST_SETTINGS) refuse(`at most ${MOST_SETTINGS} settings`, trials);
  if (most !== null && trials > most) refuse(`at most the ${most} settings of the grid`, trials);
  while (settings.length < trials) {
    const point = order[settings.length % points]!;
    const found = newSetting(() => settingAt(parameters, point, draws), known);
    if (found === null) return refuse(`at most the ${settings.length} different settings that were drawn`, trials);
    settings.push(found);
  }
  if (settings.length < 2)
    throw new UsageError(
      `sweep: expected two settings or more, got ${settings.length === 0 ? "none" : nameOf(settings[0]!)}; give more values, or use train`,
    );
  return settings;
}

function refuse(expected: string, got: number): never {
  throw new UsageError(
    `${option("trials")}: expected ${expected}, got ${got}; lower it, or give more values or ranges`,
  );
}

function newSetting(draw: () => SettingValues, known: Set<string>): SettingValues | null {
  for (let tried = 0; tried < DRAWS; tried++) {
    const values = draw();
    const text = JSON.stringify(values);
    if (known.has(text)) continue;
    known.add(text);
    return values;
  }
  return null;
}

/** At a point of the grid, counted with the first list as the slowest. */
function settingAt(parameters: readonly SweepParameter[], point: number, draws: Random): SettingValues {
  const values: Record<string, unknown> = {};
  let rest = point;
  for (const one of parameters.toReversed()) {
    if (one.kind !== "grid") continue;
    values[one.option] = one.values[rest % one.values.length];
    rest = Math.floor(rest / one.values.length);
  }
  for (const one of parameters) if (one.kind !== "grid") values[one.option] = drawn(one, draws);
  return Object.fromEntries(parameters.map(({ option: name }) => [name, values[name]]));
}

function drawn(parameter: Exclude<SweepParameter, { kind: "grid" }>, { uniform, integer }: Random): unknown {
  if (parameter.kind === "choice") return parameter.values[integer(parameter.values.length)];
  const { from, to, log, integer: isWhole } = parameter;
  const share = uniform();
  // A whole number stands for all that is rounded down to it.
  const end = isWhole ? to + 1 : to;
  const value = log ? from * (end / from) ** share : from + (end - from) * share;
  const rounded = isWhole ? Math.floor(value) : Number(value.toPrecision(DIGITS));
  return Math.min(to, Math.max(from, rounded));
}

/** `learning-rate=0.003,batch-size=16` */
export function nameOf(values: SettingValues): string {
  return Object.entries(values)
    .map(([key, value]) => `${kebab(key)}=${[value].flat().join("+")}`)
    .join(",");
}
