/** Trains one cell of the atlas into a folder of runs, and says what came of it. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { trainToRun } from "../../src/api/trainToRun.ts";
import { encodeNpz } from "../../src/data/files/npz.ts";
import type { Engine } from "../../src/runtime/engine.ts";
import { DivergedError } from "../../src/tensor/errors.ts";
import { tensor } from "../../src/tensor/tensor.ts";
import { networkFile } from "./network.ts";
import type { Examples, Part, Setup } from "./setup.ts";

/** Writes model and data, and trains; the folder of the run, seen from `directory`. What diverges has one too. */
export async function trainCell(setup: Setup, name: string, directory: string, engine: Engine): Promise<string> {
  const [model, data] = ["models", "data"].map((folder) => join(directory, folder, name)) as [string, string];
  for (const path of [model, data]) mkdirSync(join(path, ".."), { recursive: true });
  const { named } = setup.network;
  if (named === null) writeFileSync(`${model}.onnx`, networkFile(setup, 7 + (setup.options.seed ?? 0)));
  writeFileSync(`${data}.npz`, encodeNpz(arraysOf(setup.examples)));
  const dir = join(directory, "stores", name);
  rmSync(dir, { recursive: true, force: true });
  const options = {
    ...setup.options,
    checkpointEvery: 2,
    model: named ?? `${model}.onnx`,
    data: `${data}.npz`,
    dir,
    name,
  };
  try {
    await trainToRun(options, { engine });
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
  }
  const [run] = readdirSync(join(dir, "runs"));
  return join("stores", name, "runs", run!);
}

function arraysOf({ shape, classes, train, validation }: Examples) {
  const x = (part: Part) => tensor("float32", [part.y.length, ...shape], part.x);
  const y = (part: Part) =>
    classes > 0
      ? tensor(
          "int64",
          [part.y.length],
          BigInt64Array.from(part.y, (label) => BigInt(label)),
        )
      : tensor("float32", [part.y.length, 1], part.y);
  return new Map([
    ["x_train", x(train)],
    ["y_train", y(train)],
    ["x_test", x(validation)],
    ["y_test", y(validation)],
  ]);
}
