import { PassThrough, Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { InterruptedError } from "../../session/ends.ts";
import { NotFoundError, UsageError } from "../../tensor/errors.ts";
import { askAnalyze, askTrain, requireTerminal, type Terminal } from "./prompts.ts";

const UP = "\x1b[A";
const DOWN = "\x1b[B";
const ENTER = "\r";
const CTRL_C = "\x03";

/** A terminal whose user waits for each question and then presses its keys. */
function typing(script: readonly (readonly [question: string, ...keys: string[]])[], language: "en" | "zh" = "en") {
  const input = new PassThrough();
  const steps = [...script];
  let unread = "";
  let shown = "";
  const output = new Writable({
    write(chunk, _encoding, done) {
      unread += chunk;
      shown += chunk;
      const [question, ...keys] = steps[0] ?? [];
      if (question !== undefined && unread.includes(question)) {
        steps.shift();
        unread = "";
        // One key at a time, after the prompt has set up its listener.
        const press = () => {
          const key = keys.shift();
          if (key === undefined) return;
          input.write(key);
          setImmediate(press);
        };
        setImmediate(press);
      }
      done();
    },
  });
  const terminal: Terminal = { input, output, language };
  return { terminal, shown: () => shown };
}

const choices = {
  models: [
    { name: "mlp", about: "two layers" },
    { name: "lenet", about: "convolutions" },
  ],
  data: [
    { name: "mnist", about: "digits", subsets: ["0-1", "2-3"] },
    { name: "letters", about: "letters", subsets: [] },
  ],
};

describe("train", () => {
  test("asks model, data, subset, epochs and interval, with 30 and 5 ready, and prints the command", async () => {
    const { terminal, shown } = typing([
      ["Which model?", DOWN, ENTER],
      ["Which data?", ENTER],
      ["subset?", ENTER],
      ["How many epochs?", ENTER],
      ["between checkpoints?", ENTER],
    ]);
    expect(await askTrain(choices, {}, terminal)).toEqual({
      model: "lenet",
      data: "mnist",
      epochs: 30,
      checkpointEvery: 5,
    });
    expect(shown()).toMatch(/\nbatchscope train --model lenet --data mnist --epochs 30 --checkpoint-every 5\n$/);
  });

  test.each([
    [[DOWN, ENTER], "0-1"],
    [[UP, ENTER], "all"],
  ])("offers one subset or all of them: %j", async (keys, subset) => {
    const { terminal } = typing([["subset?", ...keys]]);
    const given = { model: "mlp", data: "mnist", epochs: 1, checkpointEvery: 1 };
    expect(await askTrain(choices, given, terminal)).toEqual({ ...given, subset });
  });

  test.each([
    ["GPT2:nano", undefined, "Which data?", { model: "GPT2:nano", data: "book" }],
    [undefined, "book", "Which model?", { model: "gpt2", data: "book" }],
  ])("offers only what goes with %s and %s", async (model, data, question, answers) => {
    const narrowed = {
      models: [...choices.models, { name: "gpt2", about: "texts" }],
      data: [
        { name: "digits", about: "images", subsets: [], models: ["mlp", "lenet"] },
        { name: "book", about: "a text", subsets: [], models: ["gpt2"] },
      ],
    };
    const { terminal } = typing([[question, ENTER]]);
    const given = { ...(model && { model }), ...(data && { data }), epochs: 1, checkpointEvery: 1 };
    expect(await askTrain(narrowed, given, terminal)).toEqual({ ...answers, epochs: 1, checkpointEvery: 1 });
  });

  test("asks nothing that is given or does not exist", async () => {
    const { terminal } = typing([["Which model?", ENTER]]);
    const given = { data: "letters", epochs: 2, checkpointEvery: 1 };
    expect(await askTrain(choices, given, terminal)).toEqual({ model: "mlp", ...given });
  });

  test("insists on a whole number", async () => {
    const { terminal, shown } = typing([
      ["How many epochs?", "\x7f", "\x7f", "0", ENTER],
      ["a whole number of at least 1, please", "\x7f", "1", "2", ENTER],
    ]);
    const given = { model: "mlp", data: "letters", checkpointEvery: 1 };
    expect(await askTrain(choices, given, terminal)).toEqual({ ...given, epochs: 12 });
    expect(shown()).toContain("--epochs 12");
  });

  test("Ctrl-C ends it as the signal would", async () => {
    const { terminal, shown } = typing([["选择模型", CTRL_C]], "zh");
    await expect(askTrain(choices, {}, terminal)).rejects.toThrow(InterruptedError);
    expect(shown()).toContain("已取消");
  });
});

describe("analyze", () => {
  const runs = [
    { name: "20261121-a", about: "mnist", checkpoints: [5, 10] },
    { name: "20261121-b", about: "mnist", checkpoints: [] },
  ];

  test.each([
    [[ENTER], "all"],
    [[DOWN, DOWN, ENTER], "10"],
  ])("asks for the run and one checkpoint or all: %j", async (keys, checkpoint) => {
    const { terminal, shown } = typing([
      ["Which run?", ENTER],
      ["Which checkpoint?", ...keys],
    ]);
    expect(await askAnalyze({ runs, directory: "batchscope" }, {}, terminal)).toEqual({
      run: "20261121-a",
      checkpoint,
    });
    expect(shown()).toContain(`batchscope analyze --run 20261121-a --checkpoint ${checkpoint}`);
  });

  test("says where it looked when there is nothing", async () => {
    const { terminal } = typing([["Which run?", DOWN, ENTER]]);
    await expect(askAnalyze({ runs: [], directory: "/data/batchscope" }, {}, terminal)).rejects.toThrow(
      new NotFoundError("analyze: expected a run in /data/batchscope, got none; make one with batchscope train"),
    );
    await expect(askAnalyze({ runs, directory: "." }, {}, terminal)).rejects.toThrow(
      /^analyze: .* of the run 20261121-b, got none/,
    );
  });
});

describe("without a person to ask", () => {
  const tty = { stdin: { isTTY: true }, stdout: { isTTY: true } };
  const missing = ["--model", "--data"];

  test.each([[{}], [{ CI: "" }], [{ CI: "false" }], [{ BATCHSCOPE_NO_INPUT: "0" }]])("asks with %j", (environment) => {
    expect(() => requireTerminal("train", missing, tty, environment)).not.toThrow();
  });

  test.each([
    [{ stdin: {}, stdout: { isTTY: true } }, {}, "without a terminal to ask on"],
    [{ stdin: { isTTY: true }, stdout: {} }, {}, "without a terminal to ask on"],
    [tty, { CI: "true" }, "and CI forbids questions"],
    [tty, { BATCHSCOPE_NO_INPUT: "1" }, "and BATCHSCOPE_NO_INPUT forbids questions"],
  ])("refuses with %j %j", (streams, environment, reason) => {
    expect(() => requireTerminal("train", missing, streams, environment)).toThrow(
      new UsageError(`train: expected --model and --data, got neither flag nor answer ${reason}; pass it`),
    );
  });
});
