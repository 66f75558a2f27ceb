import { describe, expect, test } from "vitest";
import { UsageError } from "../../tensor/errors.ts";
import { refusalOfQuestions, requireTerminal } from "../terminal/requireTerminal.ts";
import { lacking } from "./needs.ts";
import { stepsOf } from "./steps.ts";

describe("what a command lacks", () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ["train", {}, ["model", "data"]],
    ["train", { data: "iris" }, ["model"]],
    ["train", { resume: "latest" }, []],
    ["lr-find", { model: "mlp" }, ["data"]],
    ["compare", {}, ["model", "data"]],
    ["compare", { protocol: "source-003" }, []],
    ["compare", { arm: ["a: model=mlp", "b: model=linear"] }, ["data"]],
    ["compare", { vary: ["model=mlp,linear"] }, ["data"]],
    ["sweep run", { grid: ["learning-rate=1,2"], data: "iris" }, ["model"]],
    ["profile", {}, ["model", "data"]],
    ["judge", {}, ["a", "b", "metric", "minimumEffect"]],
    ["judge", { a: "base", againstItself: true, metric: "seconds", minimumEffect: "1" }, ["model", "data"]],
    ["judge", { a: "x/y", b: "latest" }, ["metric", "minimumEffect"]],
    ["judge", { a: "model=mlp", b: "x/y", metric: "seconds", minimumEffect: "1" }, ["data"]],
    ["batch-size-find", { trial: "4" }, []],
    ["critical-batch", {}, ["run"]],
    ["critical-batch", { model: "mlp" }, ["data"]],
    ["critical-batch", { run: "latest" }, []],
    ["critical-batch", { study: "batches" }, []],
    ["analyze", {}, ["run"]],
    ["analyze", { gradients: "G.npz" }, []],
    ["analyze", { gram: "gram.npy" }, []],
    ["inspect-data", { model: "mlp" }, ["data"]],
    ["evaluate", { run: "latest" }, []],
    ["evaluate", { run: "m.onnx" }, ["data"]],
    ["predict", { run: "m.onnx" }, ["data", "out"]],
    ["verify", {}, ["model", "data"]],
    ["gradients", {}, ["model", "batch"]],
    ["compile", { model: "m.onnx" }, ["out"]],
    ["compile", { model: "lenet", out: "step" }, ["data"]],
    ["export", {}, ["run", "format"]],
    ["runs show", {}, ["run"]],
    ["runs list", {}, []],
    ["doctor", {}, []],
  ])("%s %j: %j", (command, known, expected) => {
    expect(lacking(command, known)).toEqual(expected);
  });

  test.each(Object.entries(stepsOf))("%s asks for all that it needs", (command, steps) => {
    const fields = steps.flatMap((step) => step.fields);
    for (const known of [{}, { run: "m.onnx" }, { model: "mlp" }, { model: "m.onnx" }])
      expect(fields).toEqual(expect.arrayContaining([...lacking(command, known)]));
  });
});

describe("without a person to ask", () => {
  const on = { stdin: { isTTY: true }, stdout: { isTTY: true }, stderr: { isTTY: true } };

  test.each([[{}], [{ CI: "" }], [{ CI: "false" }], [{ BATCHSCOPE_NO_INPUT: "0" }]])("asks with %j", (environment) => {
    expect(refusalOfQuestions(on, environment)).toBeNull();
  });

  test.each([
    [{ ...on, stdin: {} }, {}, "there is no terminal to ask on"],
    [{ ...on, stdout: {} }, {}, "there is no terminal to ask on"],
    [{ ...on, stderr: {} }, {}, "there is no terminal to ask on"],
    [on, { CI: "true" }, "CI forbids questions"],
    [on, { BATCHSCOPE_NO_INPUT: "1" }, "BATCHSCOPE_NO_INPUT forbids questions"],
    [on, { TERM: "dumb" }, "TERM=dumb draws no questions"],
  ])("refuses with %j %j", (streams, environment, reason) => {
    expect(refusalOfQuestions(streams, environment)).toBe(reason);
  });

  test.each([
    [["--data"], "expected --data, got nothing, and X; pass it"],
    [["RUN"], "expected RUN, got nothing, and X; give for example latest"],
    [
      ["--metric", "--minimum-effect"],
      "expected --metric and --minimum-effect, got neither, and X; give for example --metric validation-loss --minimum-effect 0.01",
    ],
    [["--model", "--data"], "expected --model and --data, got neither, and X; pass them"],
    [["--model", "--data", "--out"], "expected --model, --data and --out, got none of them, and X; pass them"],
  ])("names %j", (missing, message) => {
    expect(() => requireTerminal("train", missing, "X")).toThrow(new UsageError(`train: ${message}`));
    expect(() => requireTerminal("train", missing, null)).not.toThrow();
  });
});
