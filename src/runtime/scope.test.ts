import { expect, test } from "vitest";
import { counting } from "../../test/countingEngine.ts";
import { addInput, addOutput, newGraph } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import { zeros } from "../tensor/tensor.ts";
import { nativeEngine } from "./native.ts";
import { engineScope, withSessions } from "./scope.ts";

const graph = newGraph("exp");
addOutput(graph, "y", builder(graph).exp(addInput(graph, "x", "float32", [2])));
const memory = { x: zeros("float32", [2]), y: zeros("float32", [2]) };

test("a scope releases what was compiled through it and not released", async () => {
  const engine = counting(nativeEngine());
  const scope = engineScope(engine);
  const [first] = [await scope.load(graph), await scope.load(graph)];
  first.release();
  first.release();
  expect(engine.open()).toBe(1);
  scope.release();
  expect(engine.open()).toBe(0);
});

test("what is still being compiled when a scope ends is released once it is compiled, and cannot be run", async () => {
  const engine = counting(nativeEngine());
  const scope = engineScope(engine);
  const loading = scope.load(graph);
  scope.release();
  const session = await loading;
  expect(engine.open()).toBe(0);
  expect(() => session.bind(memory)).toThrow("a released session");
});

test("a session outlives neither work that succeeds nor work that fails", async () => {
  const engine = counting(nativeEngine());
  await withSessions(engine, async (sessions) => (await sessions.load(graph)).bind(memory).run());
  expect(engine.open()).toBe(0);
  const failing = withSessions(engine, async (sessions) => (await sessions.load(graph)).bind({}).run());
  await expect(failing).rejects.toThrow("bind: expected");
  expect([engine.loads(), engine.open()]).toEqual([2, 0]);
});
