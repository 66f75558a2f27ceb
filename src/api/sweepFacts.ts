import type { RanSweep } from "../experiment/sweeps/runSweep.ts";
import { type SweepResult, sweepResult } from "../experiment/sweeps/sweepResult.ts";
import type { SweepAnswer, SweepFinding } from "../store/studies/sweepFindings.ts";

/** What a sweep says, as data. */
export interface SweepFacts {
  readonly result: SweepResult;
  readonly answer: SweepAnswer;
  readonly findings: readonly SweepFinding[];
}

export function sweepFacts({ file, state }: Pick<RanSweep, "file" | "state">): SweepFacts {
  const result = sweepResult(file, state);
  return { result, answer: sweepAnswer(file, result), findings: findingsOf(file, result) };
}

type File = RanSweep["file"];

const counted = ({ settings }: SweepResult, state: string) => settings.filter((one) => one.state === state).length;

export function sweepAnswer({ specification: { metric } }: File, result: SweepResult): SweepAnswer {
  const { best, settings } = result;
  if (best === null) {
    const [diverged, failed] = [counted(result, "diverged"), counted(result, "failed")];
    return { kind: "sweepWithoutBest", settings: settings.length, diverged, failed };
  }
  const of = { metric, setting: best.setting.name, value: best.value, settings: best.settings };
  const { lower, upper, alike } = best;
  if (lower === null || upper === null) return { kind: "sweepUntested", ...of };
  return { kind: "sweepBest", ...of, lower, upper, alike: alike ?? 0, seeds: best.setting.trials.length };
}

function findingsOf(file: File, result: SweepResult): SweepFinding[] {
  const { best, settings } = result;
  const { specification } = file;
  const { metric, halving } = specification;
  const [diverged, failed] = [counted(result, "diverged"), counted(result, "failed")];
  const [waiting, stopped] = [counted(result, "waiting") + counted(result, "running"), counted(result, "stopped")];
  const seeds = file.seeds.length;
  const reason = settings.find((one) => one.state === "failed")?.reason ?? "";
  const all = settings.length;
  const isCorrected = best !== null && best.selectionBias !== null && best.settings > 1;
  return [
    ...(waiting > 0 ? [{ kind: "unfinished", ended: all - waiting, settings: all } as const] : []),
    ...(failed > 0 ? [{ kind: "settingsFailed", failed, reason } as const] : []),
    ...edgesOf(file, result),
    ...(isCorrected
      ? [
          {
            kind: "corrected",
            metric,
            mean: best.mean,
            bias: best.selectionBias!,
            settings: best.settings,
            seeds,
          } as const,
        ]
      : []),
    ...(best !== null && (best.alike ?? 0) > 0 ? [{ kind: "moreSeeds", alike: best.alike!, seeds } as const] : []),
    ...halfOf(file, result),
    ...(stopped > 0
      ? [{ kind: "stoppedEarly", way: halving ? "halving" : "median", stopped, settings: all } as const]
      : []),
    ...(diverged > 0 ? [{ kind: "settingsDiverged", diverged, settings: all } as const] : []),
    { kind: "budget", budget: specification.budget },
  ];
}

/** Numbers at an end of their list or range, where a better one may lie beyond. */
function edgesOf({ specification }: File, { best }: SweepResult): SweepFinding[] {
  if (best === null) return [];
  return specification.parameters.flatMap((parameter): SweepFinding[] => {
    const value = best.setting.values[parameter.option];
    if (parameter.kind === "range" || typeof value !== "number") return [];
    const values = parameter.values.filter((one) => typeof one === "number");
    if (values.length < 3 || values.length < parameter.values.length) return [];
    const edge = value === Math.min(...values) ? "smallest" : value === Math.max(...values) ? "largest" : null;
    return edge === null ? [] : [{ kind: "bestAtEdge", option: parameter.option, value, edge }];
  });
}

/** Whether the search was long enough: the curve half way, up to where it says something. */
function halfOf({ specification: { metric } }: File, { curve, curveExamples }: SweepResult): SweepFinding[] {
  const all = curve.at(-1)?.trials ?? 0;
  const point = curve.find((one) => one.trials === Math.floor(all / 2));
  if (all < 8 || !point || point.expectedBest === null) return [];
  const { trials, expectedBest, lower, upper } = point;
  return [
    { kind: "halfOfThem", metric, settings: trials, expected: expectedBest, lower, upper, examples: curveExamples },
  ];
}
