import { expect, test } from "vitest";
import { type Monitor, monitored, newMonitor, outOfPatience } from "./monitor.ts";

/** The states after evaluations with these values of the monitored metric. */
function watch(monitor: Monitor, values: readonly number[]) {
  let state = newMonitor;
  return values.map((value, i) => {
    const metrics = monitor.metric === "loss" ? { loss: value, accuracy: 0.5 } : { loss: 1, accuracy: value };
    state = monitored(state, monitor, metrics, { epoch: i + 1, step: 10 * (i + 1) });
    return { best: state.best?.epoch ?? 0, bad: state.badEvaluations, stops: outOfPatience(state, monitor) };
  });
}

const stopsAt = (monitor: Monitor, values: readonly number[]) =>
  watch(monitor, values).findIndex(({ stops }) => stops) + 1;

test.each<[string, Monitor, readonly number[], number]>([
  ["without patience never", { metric: "loss" }, [1, 2, 3, 4, 5], 0],
  ["after so many evaluations in a row", { metric: "loss", patience: 2 }, [3, 2, 2.5, 2.5, 1], 4],
  ["an improvement starts the count anew", { metric: "loss", patience: 2 }, [3, 3, 2, 2, 2], 5],
  ["an accuracy is to rise", { metric: "accuracy", patience: 1 }, [0.2, 0.3, 0.4, 0.4], 4],
  ["small steps add up", { metric: "loss", patience: 2, minimumDelta: 0.3 }, [1, 0.8, 0.6, 0.5, 0.4], 5],
  ["steps too small do not count", { metric: "loss", patience: 3, minimumDelta: 0.3 }, [1, 0.9, 0.8, 0.75], 4],
  ["no number improves nothing", { metric: "loss", patience: 2 }, [Number.NaN, Number.NaN, 1], 2],
])("stopping: %s", (_, monitor, values, expected) => {
  expect(stopsAt(monitor, values)).toBe(expected);
});

test("the best is the best of all, however small the gain", () => {
  const best = (monitor: Monitor, values: readonly number[]) => watch(monitor, values).map((state) => state.best);
  expect(best({ metric: "loss", minimumDelta: 1 }, [3, 2.9, 2.95, 2.8])).toEqual([1, 2, 2, 4]);
  expect(best({ metric: "accuracy" }, [0.5, 0.5, 0.6, Number.NaN])).toEqual([1, 1, 3, 3]);
  expect(best({ metric: "loss" }, [Number.NaN, 2])).toEqual([0, 2]);
});
