import { describe, expect, test } from "vitest";
import { clouds } from "../../test/training.ts";
import { mlp } from "../model/mlp.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { random } from "../tensor/random.ts";
import { type Rounds, type Stretch, timeUpdates, timingOf } from "./updateTimes.ts";

const stretch = (wall: number, share = 1, updates = 1): Stretch => ({ wall, processor: share * wall, updates });
const one = { threads: 1, onProcessor: true };

describe("times", () => {
  test("are medians, with the lowest and highest round", () => {
    const rounds: Rounds = [
      [stretch(4, 1, 2), stretch(3), stretch(9)],
      [stretch(4), stretch(5), stretch(6)],
    ];
    expect(timingOf([rounds], one)).toEqual({
      ...{ clock: "wall", disturbedShare: 0, leftOut: true },
      byRound: [[3, 5]],
      secondsPerUpdate: [{ value: 4.5, lower: 3, upper: 5 }],
    });
  });

  test("leave out what was disturbed", () => {
    const rounds: Rounds = [[stretch(4), stretch(40, 0.1)], [stretch(50, 0.5)], [stretch(6, 0.95)]];
    const { secondsPerUpdate, disturbedShare, clock } = timingOf([rounds], one);
    expect([secondsPerUpdate, disturbedShare, clock]).toEqual([[{ value: 5, lower: 4, upper: 6 }], 0.5, "wall"]);
  });

  test("are the processor's where hardly anything of some window was undisturbed", () => {
    const quiet: Rounds = [[stretch(1), stretch(1)]];
    const busy: Rounds = [[stretch(8, 0.25), stretch(12, 0.25)], [stretch(9, 0.5)]];
    const { secondsPerUpdate, clock, leftOut } = timingOf([quiet, busy], one);
    expect([clock, leftOut]).toEqual(["processor", false]);
    expect(secondsPerUpdate).toEqual([
      { value: 1, lower: 1, upper: 1 },
      { value: 3, lower: 2.5, upper: 4.5 },
    ]);
  });

  test("of several threads are held against the largest share, and stay on the wall", () => {
    const rounds: Rounds = [[stretch(4, 1.8), stretch(40, 0.9), stretch(5, 1.75)]];
    const several = { threads: 2, onProcessor: true };
    expect(timingOf([rounds], several)).toMatchObject({ clock: "wall", secondsPerUpdate: [{ value: 4.5 }] });
    const mostly: Rounds = [[stretch(1, 2), ...Array.from({ length: 9 }, () => stretch(4, 1))]];
    expect(timingOf([mostly], several)).toMatchObject({
      clock: "wall",
      leftOut: false,
      secondsPerUpdate: [{ value: 4 }],
    });
  });

  test("of another device are taken as they are", () => {
    const rounds: Rounds = [[stretch(4, 0.1), stretch(6, 0.1)]];
    expect(timingOf([rounds], { threads: 1, onProcessor: false })).toMatchObject({
      disturbedShare: 0,
      secondsPerUpdate: [{ value: 5 }],
    });
  });
});

test("updates are timed over epochs, in full windows alone", async () => {
  const options = {
    model: mlp({ shape: [5], classes: 3 }, random(5)),
    train: clouds(23),
    validation: clouds(10, [5], 3, 2),
    optimizer: sgd(),
    learningRate: 1e30,
    window: [4, 4, 2],
    epochs: 1,
    steps: 1,
    checkpointEvery: 5,
    dropout: 0.4,
    seed: 3,
    threads: 1,
    logEvery: 1,
  };
  const effort = { warmUp: 1, stretches: 3, seconds: 1000, stretchSeconds: 1e-9 };
  const stretches = await timeUpdates(nativeEngine(), options, effort);
  expect(stretches.map(({ updates }) => updates)).toEqual([1, 1, 1]);
  for (const { wall, processor } of stretches) expect([wall > 0, processor >= 0]).toEqual([true, true]);
});
