import { describe, expect, test } from "vitest";
import { InterruptedError, ReportedError } from "../session/ends.ts";
import {
  DataError,
  DivergedError,
  EngineUnavailableError,
  NotFoundError,
  ShapeError,
  UnsupportedError,
  UsageError,
} from "../tensor/errors.ts";
import { Command } from "./commander.ts";
import { errorText, exitCodeOf, reportError } from "./exit.ts";

test.each([
  [new UsageError("x"), 2],
  [new ShapeError("x"), 1],
  [new DataError("x"), 1],
  [new UnsupportedError("x"), 1],
  [new DivergedError("x"), 3],
  [new NotFoundError("x"), 4],
  [new EngineUnavailableError("x"), 5],
  [new InterruptedError("SIGINT"), 130],
  [new InterruptedError("SIGTERM"), 143],
  [new ReportedError(3, null), 3],
  [new TypeError("x"), 1],
  ["a string", 1],
])("%s exits %i", (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

/** The error commander throws for these arguments. */
function commanderError(...argv: string[]): unknown {
  const program = new Command("batchscope").version("1.2.3").exitOverride().allowExcessArguments(false);
  program.configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
  program.option("--model <name>").action(() => {});
  try {
    program.parse(argv, { from: "user" });
  } catch (error) {
    return error;
  }
  throw new Error(`commander accepted ${argv.join(" ")}`);
}

describe("commander", () => {
  test.each([
    [["--version"], 0, ""],
    [["--help"], 0, ""],
    [["--modle", "x"], 2, "batchscope: error: unknown option '--modle' (Did you mean --model?)"],
    [["--model"], 2, "batchscope: error: option '--model <name>' argument missing"],
  ])("%j exits %i", (argv, code, text) => {
    const error = commanderError(...argv);
    expect(exitCodeOf(error)).toBe(code);
    expect(errorText(error, false)).toBe(text);
  });
});

test("an error of ours is one line with its own words, another names its kind", () => {
  expect(errorText(new UsageError("--epochs: expected an integer ≥ 1, got 0;\n  pass one"), false)).toBe(
    "batchscope: error: --epochs: expected an integer ≥ 1, got 0; pass one",
  );
  expect(errorText(new TypeError("x is undefined"), false)).toBe(
    "batchscope: error: internal: TypeError: x is undefined; set BATCHSCOPE_DEBUG=1 for the stack",
  );
  const cause = Object.assign(new Error("ENOSPC: no space left"), { syscall: "write" });
  expect(errorText(cause, false)).toBe("batchscope: error: ENOSPC: no space left");
  expect(errorText(new Error("createRun: expected a directory that can be written", { cause }), false)).toBe(
    "batchscope: error: expected a directory that can be written",
  );
});

test("the stack is printed only for debugging, and nothing for an interruption", () => {
  const written: string[] = [];
  const stderr = { write: (text: string) => written.push(text) };
  expect(reportError(new DataError("broken"), stderr, true)).toBe(1);
  expect(reportError(new InterruptedError("SIGINT"), stderr, true)).toBe(130);
  expect(written).toHaveLength(1);
  expect(written[0]).toMatch(/^batchscope: error: DataError: broken\n {4}at .*exit\.test\.ts/);
});

test("what another process has reported is not said twice, but a signal that ended it is", () => {
  expect(errorText(new ReportedError(3, null), false)).toBe("");
  expect(errorText(new ReportedError(137, "SIGKILL"), false)).toBe(
    "batchscope: error: train: expected a run to end by itself, got SIGKILL; look for want of memory",
  );
});
