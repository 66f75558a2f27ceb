import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { batchscope, document, scratch } from "./harness.ts";
import { tryHere } from "./inProcess.ts";

const scene = scratch();
afterAll(() => rmSync(scene, { recursive: true }));

/** A run that has every record. */
let whole = "";
beforeAll(async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i % 7},${(i * 5) % 11},${i % 2 === 0 ? "calm" : "fault"}`);
  writeFileSync(join(scene, "t.csv"), `a,b,kind\n${rows.join("\n")}\n`);
  const argv = "train --model mlp --data t.csv --target kind --epochs 2 --checkpoint-every 1 --progress none --json";
  whole = document(await batchscope(argv.split(" "), { cwd: scene })).path;
});

/** In the order in which they are looked at. */
const records = [
  ...["config.yaml", "summary.json", "environment.json", "checkpoints/best.json", "checkpoints/last.json"],
  ...["data.json", "evaluation/epoch_1.json", "evaluation/epoch_2.json"],
];

const commands: readonly (readonly [line: string, needed: readonly string[]])[] = [
  ["analyze RUN --rows 4 --checkpoint 1", ["config.yaml", "summary.json", "environment.json"]],
  [
    "analyze RUN --rows 4 --checkpoint best",
    ["config.yaml", "summary.json", "environment.json", "checkpoints/best.json"],
  ],
  ["report RUN", ["config.yaml", "summary.json"]],
  ["runs show RUN", ["config.yaml", "summary.json", "checkpoints/best.json", "checkpoints/last.json"]],
  ["export RUN --format csv", []],
  ["export RUN --format onnx", ["config.yaml", "environment.json", "checkpoints/best.json"]],
  ["export RUN --format onnx --checkpoint last", ["config.yaml", "environment.json"]],
];

const damages = ["[]", '{"schemaVersion":1'];

describe.each(commands)("%s", (line, needed) => {
  const act = (run: string) => tryHere(...line.split(" ").map((word) => (word === "RUN" ? run : word)));
  /** A copy of the run with damaged records. */
  const damaged = (name: string, files: readonly string[], damage: string) => {
    const run = join(scene, `${line.replaceAll(/\W/g, "-")} ${name.replaceAll("/", "-")} ${damages.indexOf(damage)}`);
    cpSync(whole, run, { recursive: true });
    for (const file of files) writeFileSync(join(run, file), damage);
    return run;
  };

  test.each(needed)("refuses a run whose %s is damaged, and names it before it does anything", async (record) => {
    for (const damage of damages) {
      const run = damaged(record, [record], damage);
      const before = readdirSync(run, { recursive: true });
      const { code, text, said } = await act(run);
      expect([code, said]).toEqual([1, ""]);
      expect(text).toMatch(new RegExp(`^batchscope: error: ${join(run, record)}:[^\n]* expected [^\n]+, got[^\n]+$`));
      expect(readdirSync(run, { recursive: true })).toEqual(before);
    }
  });

  test("goes on where those are damaged that it does not need, a line for each", async () => {
    const others = records.filter((record) => !needed.includes(record));
    // Each of the two ways for half of the commands.
    const run = damaged("others", others, damages[commands.findIndex(([one]) => one === line) % 2]!);
    const { code, text, said } = await act(run);
    expect([code, text]).toEqual([0, ""]);
    const told = said.split("\n").filter((one) => one.startsWith("passed over: "));
    expect(told).toEqual(
      others.map((record) =>
        expect.stringMatching(new RegExp(`^passed over: ${join(run, record)}: expected .+, got.+; `)),
      ),
    );
  });
});

test("a run without environment.json is analyzed and gone on with, and a line says what is not known", async () => {
  const run = join(scene, "without");
  cpSync(whole, run, { recursive: true });
  rmSync(join(run, "environment.json"));
  const line = `${join(run, "environment.json")}: expected what the run began with, got no file; data and versions are taken as they are now`;
  const before = process.cwd();
  process.chdir(scene);
  try {
    expect((await tryHere("analyze", run, "--rows", "4", "--checkpoint", "1")).said).toContain(`${line}\n`);
    const { code, text, said } = await tryHere("train", "--resume", run, "--epochs", "3");
    expect([code, text]).toEqual([0, ""]);
    expect(said).toContain(`${line}\n`);
  } finally {
    process.chdir(before);
  }
  expect(readFileSync(join(run, "log.txt"), "utf8")).toContain(line);
});
