import { describe, expect, test } from "vitest";
import { displayWidth } from "../../report/terminal/displayWidth.ts";
import { textIn } from "../../text/text.ts";
import {
  chooseProgress,
  createProgress,
  describeEpoch,
  formatDuration,
  formatProgress,
  type ProgressState,
  trainingNotes,
} from "./progress.ts";

const words = textIn("en").terminal.progress;
const unknown = { learningRate: Number.NaN };

const start: ProgressState = {
  description: "Epoch 1/10",
  done: 0,
  total: 1492,
  startedAt: 0,
  rate: null,
  notes: [],
};

test("the line that the accumulation guide promises, to the letter", () => {
  const state: ProgressState = {
    description: describeEpoch({ epoch: 1, epochs: 10, accumulationSteps: 2 }, words),
    done: 1492,
    total: 1492,
    startedAt: 5000,
    rate: 3.7,
    notes: trainingNotes({ loss: 0.34561, accuracy: 0.85234, accumulated: 2, accumulationSteps: 2, ...unknown }, words),
  };
  expect(formatProgress(state, 5000 + 623_000)).toBe(
    "Epoch 1/10 [GA:2]: 100%|██████████| 1492/1492 [10:23<00:00, 2.39it/s, Loss=0.3456, Acc=85.23%, GA=2/2]",
  );
});

describe("formatProgress", () => {
  test.each<[Partial<ProgressState>, number, string]>([
    [{}, 0, "Epoch 1/10:   0%|          | 0/1492 [00:00<?, ?it/s]"],
    [{}, 4.2, "Epoch 1/10:   0%|          | 0/1492 [00:04<?, ?it/s]"],
    [{ done: 1, rate: 4 }, 1, "Epoch 1/10:   0%|          | 1/1492 [00:01<06:12, 4.00it/s]"],
    [{ done: 19, rate: 4 }, 5, "Epoch 1/10:   1%|▏         | 19/1492 [00:05<06:08, 4.00it/s]"],
    [{ done: 746, rate: 0.5 }, 1500, "Epoch 1/10:  50%|█████     | 746/1492 [25:00<24:52, 2.00s/it]"],
    [{ done: 800, rate: 1 }, 800, "Epoch 1/10:  53%|█████▎    | 800/1492 [13:20<11:32, 1.00it/s]"],
    [{ done: 1491, rate: 0.1 }, 7384, "Epoch 1/10:  99%|█████████▉| 1491/1492 [2:03:04<00:10, 10.00s/it]"],
    [{ done: 1492 }, 746, "Epoch 1/10: 100%|██████████| 1492/1492 [12:26<00:00, 2.00it/s]"],
    [{ done: 1492, rate: 5 }, 0, "Epoch 1/10: 100%|██████████| 1492/1492 [00:00<00:00, 5.00it/s]"],
    [{ done: 0, total: 0 }, 3, "Epoch 1/10: 100%|██████████| 0/0 [00:03<00:00, ?it/s]"],
  ])("%j after %d s", (change, seconds, line) => {
    expect(formatProgress({ ...start, ...change }, seconds * 1000)).toBe(line);
  });

  test("each eighth of a cell has its block", () => {
    const bars = Array.from({ length: 9 }, (_, k) => formatProgress({ ...start, total: 80, done: 24 + k }, 0));
    expect(bars.map((line) => line.slice(17, 27))).toEqual(
      ["███", "███▏", "███▎", "███▍", "███▌", "███▋", "███▊", "███▉", "████"].map((filled) => filled.padEnd(10)),
    );
  });
});

test.each([
  [0, "00:00"],
  [59.99, "00:59"],
  [3599, "59:59"],
  [3600, "1:00:00"],
  [360_000, "100:00:00"],
])("%d s is %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test("a line that ends before its speed was measured shows the mean", () => {
  const written: string[] = [];
  let now = 0;
  const progress = createProgress("lines", { write: (text) => written.push(text) }, () => now);
  progress.start("Epoch 1", 40);
  now = 4000;
  progress.update(20);
  progress.finish();
  expect(written).toEqual(["Epoch 1:  50%|█████     | 20/40 [00:04<00:04, 5.00it/s]\n"]);
});

test("without accumulation or accuracy neither is mentioned", () => {
  expect(describeEpoch({ epoch: 3, epochs: 30, accumulationSteps: 1 }, words)).toBe("Epoch 3/30");
  expect(
    trainingNotes({ loss: Number.NaN, accuracy: undefined, accumulated: 1, accumulationSteps: 1, ...unknown }, words),
  ).toEqual(["Loss=NaN"]);
});

test("learning rate and noise scale are shown where they are known", () => {
  const noiseScale = {
    value: 12345,
    lower: 9000,
    upper: 20000,
    resolved: true,
    level: 0.95,
    unit: "examples",
  } as const;
  const now = { loss: 1, accuracy: 0.5, accumulated: 1, accumulationSteps: 4, learningRate: 0.0015, noiseScale };
  expect(trainingNotes(now, words)).toEqual(["Loss=1.0000", "Acc=50.00%", "GA=1/4", "LR=1.50e-3", "GNS=12300"]);
  const last = (change: object) => trainingNotes({ ...now, noiseScale: { ...noiseScale, ...change } }, words).at(-1);
  // A value that nothing bounds is not shown as one.
  expect(last({ value: 3.69, lower: 1.2712, upper: Number.POSITIVE_INFINITY, resolved: false })).toBe("GNS≥1.27");
  for (const lower of [0, Number.POSITIVE_INFINITY])
    expect(last({ value: Number.NaN, lower, resolved: false })).toBe("LR=1.50e-3");
});

test.each([
  ["auto", true, "xterm", "bar"],
  ["auto", true, "dumb", "lines"],
  ["auto", false, "xterm", "lines"],
  ["bar", false, "dumb", "bar"],
  ["none", true, "xterm", "none"],
] as const)("--progress %s with a terminal %s of kind %s is %s", (mode, isTTY, terminal, chosen) => {
  expect(chooseProgress(mode, isTTY, terminal)).toBe(chosen);
});

/** A progress line with its clock in our hand and what it wrote. */
function planted(mode: "bar" | "lines" | "none", columns?: number) {
  const written: string[] = [];
  const time = { now: 0 };
  const stream = { write: (text: string) => written.push(text), ...(columns && { columns }) };
  return { written, time, progress: createProgress(mode, stream, () => time.now) };
}

test("a bar is redrawn at most ten times a second, first and last state included", () => {
  const { written, time, progress } = planted("bar", 200);
  progress.start("run", 1000);
  for (let done = 1; done <= 1000; done++) {
    time.now = done * 2.5; // 400 items a second
    progress.update(done);
  }
  progress.finish();
  expect(written[0]).toBe("\rrun:   0%|          | 0/1000 [00:00<?, ?it/s]\x1b[K");
  expect(written[1]).toBe("\rrun:   4%|▍         | 40/1000 [00:00<00:02, 400.00it/s]\x1b[K");
  expect(written.at(-2)).toBe("\rrun: 100%|██████████| 1000/1000 [00:02<00:00, 400.00it/s]\x1b[K");
  expect(written.at(-1)).toBe("\n");
  expect(written).toHaveLength(1 + 25 + 2);
});

test("the rate follows a change of speed with weight 0.3", () => {
  const { written, time, progress } = planted("bar", 200);
  progress.start("run", 1000);
  time.now = 1000;
  progress.update(10);
  time.now = 2000;
  progress.update(30); // 20 items in this second: (0.7·0.3·10 + 0.3·20) / (0.7·0.3 + 0.3) = 15.88
  expect(written.at(-1)).toContain("30/1000 [00:02<01:01, 15.88it/s]");
});

test("a line too long for the terminal is cut in columns, not in characters", () => {
  const { written, progress } = planted("bar", 19);
  progress.start("梯度累积梯度累积", 10);
  const line = written[0]!.replace("\r", "").replace("\x1b[K", "");
  expect(line).toBe("梯度累积梯度累积:…");
  expect(displayWidth(line)).toBe(18);
});

test.each([
  [99, "Epoch 1/2:  49%|████▉     | 40/81 [00:01<00:01, 40.00it/s, Loss=0.5593, Acc=79.19%, LR=1.00e-3]"],
  [91, "Epoch 1/2:  49%|██▉   | 40/81 [00:01<00:01, 40.00it/s, Loss=0.5593, Acc=79.19%, LR=1.00e-3]"],
  [80, "Epoch 1/2:  49%|███▍   | 40/81 [00:01<00:01, 40.00it/s, Loss=0.5593, Acc=79.19%]"],
  [63, "Epoch 1/2:  49%|▉ | 40/81 [00:01<00:01, 40.00it/s, Loss=0.5593]"],
  [60, "Epoch 1/2:  49% 40/81 [00:01<00:01, Loss=0.5593]"],
  [39, "Epoch 1/2:  49% 40/81 [Loss=0.5593]"],
  [30, "Epoch 1/2:  49% 40/81"],
  [10, "Epoch 1/2…"],
])("on %d columns a line keeps what matters most", (columns, line) => {
  const notes = ["Loss=0.5593", "Acc=79.19%", "LR=1.00e-3"];
  const state = { ...start, description: "Epoch 1/2", done: 40, total: 81, rate: 40, notes };
  expect(formatProgress(state, 1000, columns)).toBe(line);
  expect(displayWidth(line)).toBeLessThanOrEqual(columns);
});

test("what was done before it started is not counted as its speed", () => {
  const { written, time, progress } = planted("lines");
  progress.start("Epoch 3/9", 100, 90);
  time.now = 2000;
  progress.update(100);
  progress.finish();
  expect(written).toEqual(["Epoch 3/9: 100%|██████████| 100/100 [00:02<00:00, 5.00it/s]\n"]);
});

test("plain lines come every ten seconds and at the end", () => {
  const { written, time, progress } = planted("lines");
  progress.start("Epoch 1/1", 250);
  for (let done = 1; done <= 250; done++) {
    time.now = done * 100;
    progress.update(done, ["Loss=1.0000"]);
  }
  progress.finish();
  expect(written).toEqual([
    "Epoch 1/1:  40%|████      | 100/250 [00:10<00:15, 10.00it/s, Loss=1.0000]\n",
    "Epoch 1/1:  80%|████████  | 200/250 [00:20<00:05, 10.00it/s, Loss=1.0000]\n",
    "Epoch 1/1: 100%|██████████| 250/250 [00:25<00:00, 10.00it/s, Loss=1.0000]\n",
  ]);
});

test("a message moves the bar down; a new start ends the line before", () => {
  const { written, progress } = planted("bar", 80);
  progress.start("a", 2);
  progress.log("saved");
  progress.start("b", 2);
  progress.finish();
  progress.finish();
  progress.log("done");
  const a = "\ra:   0%|          | 0/2 [00:00<?, ?it/s]\x1b[K";
  const b = "\rb:   0%|          | 0/2 [00:00<?, ?it/s]\x1b[K";
  expect(written).toEqual([a, "\r\x1b[Ksaved\n", a, a, "\n", b, b, "\n", "done\n"]);
});

test("nothing but messages where no progress is wanted", () => {
  const { written, time, progress } = planted("none");
  progress.start("a", 2);
  time.now = 20_000;
  progress.update(1);
  progress.log("saved");
  progress.finish();
  expect(written).toEqual(["saved\n"]);
});

test("a line is told in Chinese, with the same abbreviations", () => {
  const chinese = textIn("zh").terminal.progress;
  const now = { loss: 1, accuracy: 0.5, accumulated: 1, accumulationSteps: 4, learningRate: 0.0015 };
  expect(describeEpoch({ epoch: 3, epochs: 30, accumulationSteps: 4 }, chinese)).toBe("轮次 3/30 [GA:4]");
  expect(trainingNotes(now, chinese)).toEqual(["损失=1.0000", "准确率=50.00%", "GA=1/4", "LR=1.50e-3"]);
});
