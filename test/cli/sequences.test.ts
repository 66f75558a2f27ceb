import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { batchscope, runsIn, scratch } from "./harness.ts";

const scene = scratch();
afterAll(() => rmSync(scene, { recursive: true }));
const sentences = Array.from({ length: 400 }, (_, i) => `The whale number ${i} swims past the ship.\n`).join("");
writeFileSync(join(scene, "tale.txt"), sentences);
writeFileSync(join(scene, "tiny.txt"), "Call me Ishmael.");
writeFileSync(join(scene, "latin1.txt"), Uint8Array.of(0x4b, 0xe4, 0x73, 0x65));
mkdirSync(join(scene, "tales"));
for (const name of ["train", "test"]) writeFileSync(join(scene, "tales", `${name}.txt`), sentences);

const run = (line: string, env: Record<string, string> = {}) => batchscope(line.split(" "), { cwd: scene, env });

/**
 * The guide's command lines behind `python run.py`, as printed. Those that name no model and no data left both to its
 * defaults.
 */
const recommended =
  "--model DualGAFNet --data DualGAF --batch_size 4 --gradient_accumulation_steps 2 --loss_preset hvac_similar_optimized";
const guide: readonly [line: string, window: string, epochs: number][] = [
  [`${recommended} --train_epochs 10`, "4 × 2", 10],
  [
    "--model DualGAFNet --data DualGAF --batch_size 4 --enable_auto_gradient_accumulation --loss_preset hvac_similar_optimized --train_epochs 10",
    "4 × 2",
    10,
  ],
  [
    "--model DualGAFNet --data DualGAF --batch_size 8 --gradient_accumulation_steps 1 --loss_preset hvac_similar_optimized --train_epochs 10",
    "8 × 1",
    10,
  ],
  [`${recommended} --train_epochs 20 --patience 5`, "4 × 2", 20],
  ["--batch_size 4 --gradient_accumulation_steps 2 --train_epochs 5", "4 × 2", 5],
  ["--batch_size 4 --gradient_accumulation_steps 2 --train_epochs 30 --patience 8", "4 × 2", 30],
  ["--batch_size 4 --gradient_accumulation_steps 1 --des no_accumulation", "4 × 1", 30],
  ["--batch_size 4 --gradient_accumulation_steps 2 --des with_accumulation", "4 × 2", 30],
  ["--gradient_accumulation_steps 2 --disable_parallel False", "4 × 2", 30],
  ["--gradient_accumulation_steps 2", "4 × 2", 30],
  ["--batch_size 4 --gradient_accumulation_steps 1 --train_epochs 2 --des baseline", "4 × 1", 2],
  ["--batch_size 4 --gradient_accumulation_steps 2 --train_epochs 2 --des accumulation", "4 × 2", 2],
  ["--gradient_accumulation_steps 2 --loss_preset hvac_similar_optimized", "4 × 2", 30],
  ["--gradient_accumulation_steps 2 --loss_preset hvac_similar_optimized --train_epochs 30 --patience 5", "4 × 2", 30],
  ["--gradient_accumulation_steps 2 --use_statistical_features --stat_type comprehensive", "4 × 2", 30],
  [`${recommended} --train_epochs 20`, "4 × 2", 20],
];

/** As few windows as will do. */
const little = "--steps 2 --window-stride 64 --field-size 8 --limit-examples 16 --json";
const defaults = { BATCHSCOPE_MODEL: "DualGAFNet", BATCHSCOPE_DATA: "DualGAF" };

describe("the accumulation guide", () => {
  test.each(guide)("train %s", async (line, window) => {
    const { code, stdout, stderr } = await run(`train ${line} ${little}`, line.includes("--model") ? {} : defaults);
    expect(code, stderr).toBe(0);
    const [batch, steps] = window.split(" × ").map(Number);
    expect(stderr).toContain(
      steps === 1 ? `No gradient accumulation: batch size ${batch}` : `effective batch size: ${batch! * steps!}`,
    );
    const { status, summary } = JSON.parse(stdout);
    expect([status, summary.steps]).toEqual(["finished", 2]);
  });

  test("a piped log has one line for each thing that happens, and no control characters", async () => {
    const { code, stdout, stderr } = await run(
      `train --gradient_accumulation_steps 2 ${little.replace(" --json", "")}`,
      defaults,
    );
    expect(code).toBe(0);
    expect(["\r", "\u001b"].filter((control) => `${stdout}${stderr}`.includes(control))).toEqual([]);
    expect(stdout).toMatch(/anomaly/);
  });
});

describe("texts", () => {
  const nano = "train --model gpt2:nano --tokenizer bytes --batch-size 2 --sequence-length 16 --json";

  test("four configurations of accumulation are one command, at equal updates", async () => {
    const { code, stdout, stderr } = await run(
      `${nano} --data tale.txt --gradient-accumulation-steps 1,4,8,16 --steps 3 --dir four`,
    );
    expect(code, stderr).toBe(0);
    const runs = JSON.parse(stdout);
    expect(runs.map(({ summary }: { summary: { steps: number } }) => summary.steps)).toEqual([3, 3, 3, 3]);
    const names = runsIn(join(scene, "four")).map((id) => /(\d+x\d+)-[0-9a-f]{4}$/.exec(id)![1]);
    expect(new Set(names)).toEqual(new Set(["2x1", "2x4", "2x8", "2x16"]));
    // Of one process the peak memory never falls: each run has its own.
    const processes = runs.map(
      ({ path }: { path: string }) => JSON.parse(readFileSync(`${path}/run.json`, "utf8")).pid,
    );
    expect(new Set(processes).size).toBe(4);
  });

  test("a list is checked to its end before the first run begins", async () => {
    const { code, stdout, stderr } = await run(
      `${nano} --data tale.txt --gradient-accumulation-steps 1,100000 --steps 2 --dir checked`,
    );
    expect({ code, stdout, runs: runsIn(join(scene, "checked")) }).toEqual({ code: 2, stdout: "", runs: [] });
    expect(stderr).toMatch(/^batchscope: error: [^\n]+\n$/);
  });

  test("a list ends with the code of the run that fails, which alone says why", async () => {
    const { code, stderr } = await run(
      `${nano} --data tale.txt --gradient-accumulation-steps 1,2 --learning-rate 1e30 --steps 20 --des far --dir far`,
    );
    expect([code, stderr.match(/batchscope: error:/g)?.length, runsIn(join(scene, "far")).length]).toEqual([3, 1, 1]);
  });

  test.each(["--data tale.txt --text-examples lines", "--data tales", "--data tale.txt --text-examples documents"])(
    "train %s",
    async (data) => {
      const { code, stdout, stderr } = await run(`${nano} ${data} --gradient-accumulation-steps 4 --steps 2`);
      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout).summary.steps).toBe(2);
    },
  );
});

test.each<[line: string, code: number, message: string | RegExp]>([
  [
    "--model gpt2:nano --data tiny.txt",
    1,
    /^tiny\.txt: expected a text of at least 129 tokens, got \d+; use a longer text or lower --sequence-length$/,
  ],
  ["--model gpt2:nano --data latin1.txt", 1, "latin1.txt: expected text in UTF-8, got other bytes; convert the file"],
  [
    "--model gpt2:nano --data tale.txt --tokenizer byte",
    2,
    '--tokenizer: expected one of gpt2, bytes, got "byte"; did you mean "bytes"?',
  ],
  [
    "--model gpt2:nano --data tale.txt --sequence-length 200",
    2,
    /^gpt2: expected texts of 1 to 128 tokens, got examples \[200\]/,
  ],
  [
    "--model gpt2:nano --data tale.txt --window-length 8",
    2,
    /^tale\.txt: expected no options of series for such data, got some; leave out --window-length/,
  ],
  [
    "--model mlp --data tale.txt",
    2,
    "mlp: expected images, series or tables of numbers, got tale.txt, texts of 128 tokens; use gpt2:nano",
  ],
  [
    "--model DualGAFNet --data DualGAF --use_statistical_features --stat_type full",
    2,
    '--stat-type: expected one of basic, comprehensive, variation, got "full"; change it or leave it out',
  ],
  [
    "--model DualGAFNet --data DualGAF --stat_type basic",
    2,
    "--stat-type: expected --use-statistical-features beside it, got none; pass it or leave basic out",
  ],
  [
    "--model DualGAFNet --data DualGAF --field-size 64",
    1,
    /^--field-size: expected between 1 and 32 segments of a series of 32 values, got 64/,
  ],
  [
    "--model DualGAFNet --data DualGAF --window-label majority --window-length 1000",
    1,
    /^DualGAF: expected training windows of every class, got none of "anomaly"; change --window-length/,
  ],
  [
    "--model lstm --data sensors --use-statistical-features",
    2,
    /^lstm: expected a model that reads "features" float32\[N, 16\] and "x" float32\[N, 2, 32\] for the data sensors, got one that reads "x"/,
  ],
  [
    "--model DualGAFNet --data DualGAF --subset 1-to-3",
    2,
    'DualGAF: expected one of 1-to-4, 4-to-1, got the subset "1-to-3"; did you mean "1-to-4"?',
  ],
  ["--model lstm --data sensors --init-from w.safetensors", 4, /^w\.safetensors: expected .*; /],
])("train %s is refused", async (line, code, message) => {
  const outcome = await run(`train ${line}`);
  expect({ code: outcome.code, lines: outcome.stderr.trim().split("\n").length }).toEqual({ code, lines: 1 });
  const text = outcome.stderr.trim().replace(/^batchscope: error: /, "");
  if (typeof message === "string") expect(text).toBe(message);
  else expect(text).toMatch(message);
});
