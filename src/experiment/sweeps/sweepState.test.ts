import { expect, test } from "vitest";
import type { TrialRecord } from "../../store/studies/trials.ts";
import { random } from "../../tensor/random.ts";
import type { SweepSetting } from "./planSweep.ts";
import {
  countTrainings,
  type NextTrial,
  newState,
  nextTrial,
  restart,
  type SweepState,
  start,
  take,
} from "./sweepState.ts";

/** What a trial comes to, planted: its loss falls with the rung to what its setting is worth. */
interface Planted {
  readonly settings: number;
  readonly seeds: number;
  /** Rungs below the end of training, and η. */
  readonly rungs: number;
  readonly reduction: number;
  readonly jobs: number;
  /** Of the order in which running trials end, and of what they come to. */
  readonly luck: number;
  readonly diverging: number;
}

/** Sweeps of all sizes, each with a number to cut its log by. */
const sweeps: readonly (Planted & { readonly cut: number })[] = Array.from({ length: 120 }, (_, luck) => {
  const { integer } = random(luck);
  const from = (least: number, most: number) => least + integer(most - least + 1);
  return {
    settings: from(2, 30),
    seeds: from(1, 3),
    rungs: from(0, 3),
    reduction: from(2, 4),
    jobs: from(1, 5),
    luck,
    diverging: from(0, 3),
    cut: integer(1e6),
  };
});

const keyOf = (setting: number, seed: number) => `t${setting}-${seed}`;

function settingsOf({ settings, seeds }: Planted): SweepSetting[] {
  return Array.from({ length: settings }, (_, number) => ({
    number,
    name: `s${number}`,
    values: {},
    trials: Array.from({ length: seeds }, (_, seed) => ({
      key: keyOf(number, seed),
      arm: `s${number}`,
      seed,
      stage: "sweep",
      configuration: {},
      fingerprints: {},
    })),
  }));
}

const fresh = (plan: Planted): SweepState =>
  newState(settingsOf(plan), {
    metric: "validation-loss",
    halving:
      plan.rungs === 0
        ? null
        : { reduction: plan.reduction, rungs: Array.from({ length: plan.rungs }, (_, i) => 10 * 3 ** i) },
  });

type Line = Omit<TrialRecord, "at">;
const line = ({ trial, rung, attempt }: NextTrial, rest: Partial<Line>): Line => {
  const { key, arm, seed, stage } = trial;
  return { trial: key, arm, seed, stage, attempt, rung, run: `run-${key}`, reason: null, state: "running", ...rest };
};

/** How the attempt ends: the first `diverging` settings diverge at the second rung they see, or at once. */
function endOf(plan: Planted, next: NextTrial): Line {
  const setting = Number(next.trial.arm.slice(1));
  const loss = setting + next.trial.seed / 10 + 100 / (1 + next.rung);
  const result = { loss, accuracy: null, examples: next.trial.until ?? 1000, seconds: 1 };
  if (setting < plan.diverging && next.rung === Math.min(1, plan.rungs))
    return line(next, { state: "diverged", result });
  return next.trial.until === undefined
    ? line(next, { state: "done", result })
    : line(next, { state: "stopped", early: "rung", result });
}

/** Runs the sweep with so many slots, whose trials end in an order of luck; gives its log. */
function run(plan: Planted, before: readonly Line[] = []): { log: Line[]; state: SweepState; idle: number } {
  const state = fresh(plan);
  for (const one of before) take(state, one);
  restart(state);
  const log = [...before];
  const { integer } = random(plan.luck);
  const running: NextTrial[] = [];
  let idle = 0;
  const write = (one: Line) => {
    log.push(one);
    take(state, one);
  };
  for (;;) {
    const next = running.length < plan.jobs ? nextTrial(state, 1) : null;
    if (next) {
      running.push(next);
      write(line(next, {}));
      continue;
    }
    if (running.length === 0) return { log, state, idle };
    if (running.length < plan.jobs) idle++;
    const [ended] = running.splice(integer(running.length), 1);
    write(endOf(plan, ended!));
  }
}

const endsOf = (log: readonly Line[]) => log.filter(({ state }) => state !== "running");

test("every trial of every setting ends, and none reaches the end of a rung twice", () => {
  for (const plan of sweeps) {
    const { log, state } = run(plan);
    const ends = endsOf(log).map(({ trial, rung }) => `${trial} ${rung}`);
    expect(new Set(ends).size).toBe(ends.length);
    for (const { state: is, finished } of state.trials.values()) expect(is === "diverged" || finished > 0).toBe(true);
    expect(countTrainings(state).ended).toBe(ends.length);
    if (plan.rungs === 0) expect(ends).toHaveLength(plan.settings * plan.seeds);
  }
});

test("a setting is promoted only from among the best 1/η of those that have reached its rung", () => {
  for (const plan of sweeps) {
    const { log } = run(plan);
    const state = fresh(plan);
    for (const one of log) {
      const setting = Number(one.arm.slice(1));
      const rung = one.rung!;
      if (one.state === "running" && rung > Math.max(0, state.rungOf[setting]!)) {
        const below = state.ended[rung - 1]!;
        const better = (a: number, b: number) => a - b || 0;
        const kept = Math.floor(below.length / plan.reduction);
        const best = below.filter(({ value }) => Number.isFinite(value)).map(({ value }) => value);
        const own = below.find(({ trial }) => trial === String(setting))!.value;
        expect(best.toSorted(better).slice(0, kept)).toContain(own);
      }
      take(state, one);
    }
  }
});

test("a slot is idle only where nothing is left to start", () => {
  for (const plan of sweeps) {
    const state = fresh(plan);
    const { log } = run(plan);
    let running = 0;
    for (const [i, one] of log.entries()) {
      take(state, one);
      running += one.state === "running" ? 1 : -1;
      const next = log[i + 1];
      // Whatever ends, the slot is given away at once.
      if (next && next.state !== "running" && running < plan.jobs) expect(nextTrial(state, 1)).toBeNull();
    }
  }
});

test("with one slot, a sweep that is cut at any line of its log and gone on with ends the same", () => {
  for (const asked of sweeps) {
    const { cut } = asked;
    const plan = { ...asked, jobs: 1 };
    const whole = run(plan);
    const before = whole.log.slice(0, cut % (whole.log.length + 1));
    const again = run(plan, before);
    const told = (log: readonly Line[]) => endsOf(log).map(({ trial, rung, state }) => `${trial} ${rung} ${state}`);
    expect(told(again.log)).toEqual(told(whole.log));
    expect(again.state.ended).toEqual(whole.state.ended);
  }
});

test("with several slots, a sweep that is cut anywhere ends every trial once too", () => {
  for (const plan of sweeps) {
    const { log } = run(plan);
    const { log: again, state } = run(plan, log.slice(0, plan.cut % (log.length + 1)));
    const ends = endsOf(again).map(({ trial, rung }) => `${trial} ${rung}`);
    expect(new Set(ends).size).toBe(ends.length);
    for (const { state: is, finished } of state.trials.values()) expect(is === "diverged" || finished > 0).toBe(true);
  }
});

const small: Planted = { settings: 9, seeds: 2, rungs: 2, reduction: 3, jobs: 2, luck: 1, diverging: 0 };

test("the best of nine is trained to the end, each time up to its rung", () => {
  const { log } = run(small);
  const finished = endsOf(log).filter(({ state }) => state === "done");
  expect(finished.map(({ trial }) => trial)).toEqual(expect.arrayContaining(["t0-0", "t0-1"]));
  const state = fresh(small);
  const untils = new Map<number, Set<number | undefined>>([0, 1, 2].map((rung) => [rung, new Set()]));
  for (const one of log) {
    const next = one.state === "running" ? nextTrial(state, 1) : null;
    if (next) untils.get(next.rung)!.add(next.trial.until);
    take(state, one);
  }
  expect([...untils.values()].map((some) => [...some])).toEqual([[10], [30], [undefined]]);
});

test("what is given to a slot is given to no other, before its beginning is written down", () => {
  const state = fresh({ ...small, seeds: 1 });
  const given = Array.from({ length: 9 }, () => {
    const next = nextTrial(state, 1)!;
    start(state, next);
    return next.trial.key;
  });
  expect(given).toEqual(Array.from({ length: 9 }, (_, i) => keyOf(i, 0)));
  expect(nextTrial(state, 1)).toBeNull();
});

test("more settings and seeds only add to what was there", () => {
  const plan = { ...small, rungs: 0 };
  const { log } = run(plan);
  const more = run({ ...plan, settings: 11, seeds: 3 }, log);
  const added = more.log.slice(log.length).filter(({ state }) => state === "done");
  expect(added.map(({ trial }) => trial).toSorted()).toEqual(
    [
      ...Array.from({ length: 9 }, (_, i) => keyOf(i, 2)),
      ...[9, 10].flatMap((i) => [0, 1, 2].map((s) => keyOf(i, s))),
    ].toSorted(),
  );
});

test("a failed trial is tried again after the others, and so often", () => {
  const plan = { ...small, settings: 2, seeds: 1, rungs: 0 };
  const state = fresh(plan);
  const started: string[] = [];
  for (let next = nextTrial(state, 1); next; next = nextTrial(state, 1)) {
    started.push(`${next.trial.key} ${next.attempt}`);
    take(state, line(next, {}));
    take(state, next.trial.arm === "s0" ? line(next, { state: "failed" }) : endOf(plan, next));
  }
  expect(started).toEqual(["t0-0 1", "t1-0 1", "t0-0 2"]);
  restart(state);
  expect(nextTrial(state, 1)).toMatchObject({ attempt: 3 });
});

test("where one seed is stopped as worse than the median, the others of its setting are not begun", () => {
  const plan = { ...small, settings: 2, seeds: 2, rungs: 0 };
  const state = fresh(plan);
  const first = nextTrial(state, 1)!;
  take(state, line(first, {}));
  take(state, line(first, { state: "stopped", early: "median" }));
  expect(nextTrial(state, 1)).toMatchObject({ trial: { key: "t1-0" } });
});

test("a trial whose run was removed begins anew", () => {
  const plan = { ...small, settings: 2, seeds: 1, rungs: 0 };
  const { state } = run(plan);
  expect(nextTrial(state, 1)).toBeNull();
  const first: NextTrial = { trial: state.settings[0]!.trials[0]!, rung: 0, attempt: 1 };
  take(state, line(first, { state: "stopped", run: null }));
  expect(nextTrial(state, 1)).toMatchObject({ trial: { key: "t0-0" }, attempt: 2 });
});
